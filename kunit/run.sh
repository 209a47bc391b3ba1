#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# run.sh
# Builds a kernel with the project and its KUnit suites inside and runs them in
# QEMU through the kernel's own kunit.py. From the environment: FILTER, which to
# run as kunit.py takes it, 'nmr_race' or '*.nmr_race_04*'; STEP, below; and what
# lib.sh names. Fails on any test that fails, a crash, a time-out, no test at all, and
# on anything in the kernel's log that does not belong there.
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)
. "$project/scripts/common.sh"
. "$project/kunit/lib.sh"

kunit_prepare ''
accelerator='tcg,thread=multi'
if [ -w /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo; then
	accelerator=kvm
fi

# QEMU takes interrupts between the blocks that it translates, of many
# instructions; STEP=1 lets it take them between any two, for what races with
# an interrupt.
step=
if [ "${STEP:-}" ]; then
	if qemu-system-x86_64 -help | grep -q -e '^-singlestep'; then
		step=-singlestep
	else
		accelerator=$accelerator,one-insn-per-tb=on
	fi
fi

# Every step recorded: what a tracepoint reads has to be there, too.
trace=
if [ "$san" = kasan ]; then
	trace=trace_event=nmr
	set -- --kunitconfig="$here/configs/trace.config" "$@"
fi

# What is to be done when the suites are over, which kunit.py does not wait for:
# look for leaks, and let a thread print the end of the log.
case $san in
kasan | rt)
	NMR_INITRAMFS=$build/initramfs
	export NMR_INITRAMFS
	"$vm/initramfs.sh" "$NMR_INITRAMFS" "$here/guest-done.sh"
	set -- --qemu_config="$here/qemu.py" \
		--kunitconfig="$here/configs/init.config" "$@"
	;;
esac

# tsc=unstable: without a clock of which the kernel speaks once it has got to know
# it, which may be in the middle of what kunit.py reads.
# A pipe has only its last command's status.
rm -f "$build/failed" "$build/test.log"
{
	kunit_py run "$here/.kunitconfig" "$@" --jobs="$(nproc)" --timeout="$seconds" \
		--qemu_args="-smp 2 -accel $accelerator $step" \
		--kernel_args="tsc=unstable $trace" ${FILTER:+"$FILTER"} 2>&1 ||
		touch "$build/failed"
} | tee "$build/kunit.out"

[ -e "$build/test.log" ] || die "no kernel was built"
kunit_judge "$build/kunit.out" "$build/test.log"
[ "$san" != kasan ] || grep -q 'kmemleak scanned' "$build/test.log" ||
	die "kmemleak did not scan"
[ ! -e "$build/failed" ] || die "failed; the kernel's log: $build/test.log"
