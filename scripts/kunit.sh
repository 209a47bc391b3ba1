#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kunit.sh
# Builds a kernel with the project and its KUnit suites inside and runs them in
# QEMU through the kernel's own kunit.py. From the environment:
#   FILTER        which to run, as kunit.py takes it: 'nmr_race', '*.nmr_race_04*'
#   KUNIT_KERNEL  series of Debian's kernel source package (6.12)
#   KSRC          a kernel tree to use instead; it is not changed
#   SAN           kasan, kcsan or rt: a kernel that finds more, and is slower
#   LLVM          1: built by clang
# Fails on any test that fails, a crash, a time-out, no test at all, and on
# anything in the kernel's log that does not belong there.
set -eu
. "$(dirname "$0")/common.sh"

scripts=$(cd "$(dirname "$0")" && pwd)
configs=${scripts%/*}/kunit/configs
series=${KUNIT_KERNEL:-6.12}
san=${SAN:-}
model=preempt
timeout=180

case $san in
'') ;;
kasan) timeout=900 ;;
kcsan) timeout=900 ;;
rt) model=rt timeout=300 ;;
*) die "SAN=$san: kasan, kcsan or rt" ;;
esac

"$scripts/setup.sh" gcc make libc6-dev bc bison flex libelf-dev python3 \
	qemu-system-x86 ${LLVM:+clang lld llvm}

if [ "${KSRC:-}" ]; then
	tree=$(realpath "$KSRC")
	name=$(basename "$tree")-$(echo "$tree" | cksum | cut -d' ' -f1)
else
	tree=$("$scripts/kernel-source.sh" "$series")
	name=$series
fi
lock "kunit-$name"
overlay=$("$scripts/kunit-overlay.sh" "$tree" "$name")
build=$NMR_CACHE/kunit/build-$name${san:+-$san}${LLVM:+-llvm}
mkdir -p "$build"

accel='tcg,thread=multi'
if grep -qwE 'vmx|svm' /proc/cpuinfo && [ -w /dev/kvm ]; then
	accel=kvm
fi

set -- --kunitconfig="${configs%/*}/.kunitconfig" \
	--kunitconfig="$configs/small.config" \
	--kunitconfig="$configs/$model.config"
if [ "$san" ] && [ "$san" != "$model" ]; then
	set -- "$@" --kunitconfig="$configs/$san.config"
fi
if [ "${LLVM:-}" ]; then
	set -- "$@" --make_options "LLVM=$LLVM"
fi
if [ "${FILTER:-}" ]; then
	set -- "$@" "$FILTER"
fi

# A pipe has only its last command's status.
rm -f "$build/failed" "$build/test.log"
{
	nice python3 "$overlay/tools/testing/kunit/kunit.py" run \
		--arch=x86_64 --build_dir="$build" --timeout="$timeout" \
		--qemu_args="-smp 2 -accel $accel" \
		--kernel_args=tsc=reliable "$@" 2>&1 ||
		touch "$build/failed"
} | tee "$build/kunit.out"

[ -e "$build/test.log" ] || die "no kernel was built"
"$scripts/kunit-log.sh" "$build/test.log" || touch "$build/failed"
# kunit.py is content with tests that were all skipped.
grep -q 'Ran [0-9]* tests: passed: [1-9]' "$build/kunit.out" ||
	die "no test passed"
[ ! -e "$build/failed" ] || die "failed; the kernel's log: $build/test.log"
