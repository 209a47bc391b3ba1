#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# run.sh
# Builds a kernel with the project and its KUnit suites and runs them in QEMU with
# the kernel's kunit.py. From the environment: FILTER, a glob of kunit.py such as
# 'nmr_race' or '*.nmr_race_04*'; STEP, below; and what lib.sh names. Fails on any
# failed test, a crash, a time-out, no test at all, and on unexpected lines in the
# kernel's log.
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)
. "$project/scripts/common.sh"
. "$project/kunit/lib.sh"

kunit_prepare ''
accelerator='tcg,thread=multi'
if [ -w /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo; then
	accelerator=kvm
fi

# QEMU takes interrupts between translated blocks of many instructions; STEP=1 lets
# it take them between any two, for races with interrupts.
step=
if [ "${STEP:-}" ]; then
	if qemu-system-x86_64 -help | grep -q -e '^-singlestep'; then
		step=-singlestep
	else
		accelerator=$accelerator,one-insn-per-tb=on
	fi
fi

# Record all events: KASAN checks what the tracepoints read.
trace=
if [ "$san" = kasan ]; then
	trace=trace_event=nmr
	set -- --kunitconfig="$here/configs/trace.config" "$@"
fi

# Run an init after the suites: to scan for leaks, and to let PREEMPT_RT's printing
# thread finish the log.
case $san in
kasan | rt)
	NMR_INITRAMFS=$build/initramfs
	export NMR_INITRAMFS
	"$vm/initramfs.sh" "$NMR_INITRAMFS" "$here/guest-done.sh"
	set -- --qemu_config="$here/qemu.py" \
		--kunitconfig="$here/configs/init.config" "$@"
	;;
esac

# tsc=unstable avoids the late message about the clock source, which may come in the
# middle of the results. A pipe has only its last command's status.
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
