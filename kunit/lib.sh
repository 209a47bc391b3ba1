# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154 # common.sh sets them
#
# Functions of the scripts that build a test kernel, to be sourced after common.sh.
# From the environment:
#   KUNIT_KERNEL  series of Debian's kernel source package (6.12)
#   KSRC          a kernel tree to use instead; it is not changed
#   SAN           kasan, kcsan or rt: a kernel that detects more, and is slower
#   LLVM          1: built by clang

san=${SAN:-}
clang=${LLVM:-}

# kunit_prepare KIND: prepares the tree, and a build directory for a kind of kernel.
# Sets $overlay, $build and $seconds, the time limit of the suites.
kunit_prepare()
{
	"$scripts/setup.sh" gcc make libc6-dev bc bison flex libelf-dev python3 \
		qemu-system-x86 ${clang:+clang lld llvm}
	if [ "${KSRC:-}" ]; then
		tree=$(realpath "$KSRC")
		name=$(basename "$tree")-$(echo "$tree" | cksum | cut -d' ' -f1)
	else
		name=${KUNIT_KERNEL:-6.12}
		tree=$("$vm/kernel-source.sh" "$name")
	fi
	case $san in
	'') seconds=180 ;;
	kasan | kcsan) seconds=900 ;;
	rt) seconds=300 ;;
	*) die "SAN=$san: kasan, kcsan or rt" ;;
	esac
	lock "kunit-$name"
	overlay=$("$here/overlay.sh" "$tree" "$name")
	build=$NMR_CACHE/kunit/build-$name${1:+-$1}${san:+-$san}${clang:+-llvm}
	mkdir -p "$build"
}

# kunit_py COMMAND KUNITCONFIG [ARGUMENT...]: runs kunit.py on that kernel.
kunit_py()
{
	command=$1
	kunitconfig=$2
	shift 2
	set -- --kunitconfig="$kunitconfig" \
		--kunitconfig="$here/configs/small.config" "$@"
	# PREEMPT_RT replaces the preemption model.
	[ "$san" = rt ] ||
		set -- --kunitconfig="$here/configs/preempt.config" "$@"
	case "$*" in
	*/trace.config*) ;;
	*) set -- --kunitconfig="$here/configs/untraced.config" "$@" ;;
	esac
	[ -z "$san" ] || set -- --kunitconfig="$here/configs/$san.config" "$@"
	[ -z "$clang" ] || set -- --make_options LLVM="$clang" "$@"
	nice python3 "$overlay/tools/testing/kunit/kunit.py" "$command" \
		--arch=x86_64 --build_dir="$build" "$@"
}

# kunit_judge RESULT LOG: fails unless tests passed and the kernel's log is clean.
kunit_judge()
{
	"$here/log.sh" "$2"
	# kunit.py is content with tests that were all skipped.
	grep -q 'Ran [0-9]* tests: passed: [1-9]' "$1" || die "no test passed"
}

# kunit_boot LOG COVERED [PATTERN [SUITES [LOAD]]]: boots a kernel that loads the
# modules and runs all suites or SUITES, until the log matches PATTERN. LOAD is for
# guest.sh. If $step is set, interrupts may come between any two instructions.
kunit_boot()
{
	"$vm/initramfs.sh" "$build/initramfs" "$here/guest.sh" \
		"$build/drivers/nmr/nmr_core/nmr_core.ko" \
		"$build/drivers/nmr/nmr_wdk/nmr_wdk.ko" \
		"$build/drivers/nmr/kunit/nmr_kunit.ko"
	"$vm/qemu.sh" -b ${step:+-s} -t "$seconds" -l "$2" \
		"$build/arch/x86/boot/bzImage" "$build/initramfs" loglevel=8 \
		tsc=unstable ${4:+"kunit.filter_glob=$4"} ${5:+"load=$5"} \
		run=/guest.sh >"$1" 2>&1 </dev/null &
	guest=$!
	while kill -0 "$guest" 2>/dev/null; do
		sleep 0.3
		if [ "${3:-}" ] && grep -q "$3" "$1"; then
			kill "$guest" 2>/dev/null || :
			break
		fi
	done
	wait "$guest" || :
}

# kunit_parse LOG RESULT: parses a log with kunit.py. Hides the empty run of the
# kernel at boot from the parser. Up to 6.1 suites of modules have neither header
# nor plan: add them.
kunit_parse()
{
	tr -d '\r' <"$1" | sed '1,/^1\.\.0/d' >"$1.ktap"
	if ! grep -q '^KTAP version' "$1.ktap"; then
		printf '%s\n' 'KTAP version 1' \
			"1..$(cat "$here"/*.c | grep -c '^kunit_test_suite(')" |
			cat - "$1.ktap" >"$1.ktap.new"
		mv "$1.ktap.new" "$1.ktap"
	fi
	python3 "$overlay/tools/testing/kunit/kunit.py" parse "$1.ktap" >"$2"
}
