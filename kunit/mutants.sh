#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mutants.sh [NAME...]
# Tests the tests: applies each mutant of kunit/mutants (or the named ones), and has
# the explorer find it. On what the explorer does not find, or with EXPLORE=no on all,
# the suites run as modules on one kernel until one fails: first the suite for that
# file, then all. A mutant that survives is reported, and fails the run unless it is
# listed below "Live". Mutants of tracing run on a kernel with tracepoints.
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)
. "$project/scripts/common.sh"
. "$project/kunit/lib.sh"

kunit_prepare traced
traced=$build
kunit_prepare module
plain=$build
workdir
ready=
nmr=$overlay/drivers/nmr
lived=
step=
unexplored=
living=0
listed=0
killed=0

# Builds the modules that a file is part of; all three include the public headers.
build_with()
{
	set -- "$1" drivers/nmr/nmr_core/nmr_core.ko
	case $1 in
	include/*) set -- "$@" drivers/nmr/nmr_wdk/nmr_wdk.ko drivers/nmr/kunit/nmr_kunit.ko ;;
	esac
	shift
	env -u MAKEFLAGS make -s -C "$overlay" O="$build" ARCH=x86_64 \
		${clang:+LLVM="$clang"} "$@" >"$work/built" 2>&1
}

# The path of a mutant's file: without a slash it is in nmr_core/.
path_of()
{
	case $1 in
	*/*) echo "$1" ;;
	*) echo "nmr_core/$1" ;;
	esac
}

# run_suites [SUITES]: logs to $work/log, up to the first failure.
run_suites()
{
	kunit_boot "$work/raw" "$work/covered" \
		' FAILED at\|^ *not ok\|Kernel panic\|detected stall' "${1:-}" \
		"$([ "${file:-}" != main.c ] || echo each)"
	tr -d '\r' <"$work/raw" >"$work/log"
}

# The suite most likely to notice a mutant of a file.
suite_of()
{
	case $1 in
	*_is_not_traced) echo nmr_trace; return ;;
	esac
	case $2 in
	binding.c | deregister.c) echo 'nmr_[lr]*' ;;
	register.c) echo 'nmr_[bm]*' ;;
	handle.c) echo nmr_handle ;;
	*rundown.[ch] | calls.[ch]) echo nmr_rundown ;;
	gate.c | *gate.h) echo nmr_gate ;;
	watchdog.c) echo nmr_catching ;;
	debugfs.c) echo nmr_debugfs ;;
	owner.c) echo nmr_owner ;;
	log.c) echo nmr_bad_input ;;
	*) echo 'nmr_[lm]*' ;;
	esac
}

# Rundowns race with interrupts: run their mutants with single stepping first.
noticed_at_once()
{
	case $file in
	*rundown.[ch] | calls.[ch]) step=1 ;;
	esac
	run_suites "$(suite_of "$name" "$file")"
	step=
	grep -q ' FAILED at\|^ *not ok\|Kernel panic' "$work/log" ||
		! "$here/log.sh" "$work/log" 2>/dev/null
}

# The last suite ended, the modules were unloaded, and the log is clean.
noticed_nothing()
{
	grep -q '^ok [0-9]* nmr_scale' "$work/log" &&
		grep -q 'reboot: ' "$work/log" &&
		! grep -q 'FAILED at\|^ *not ok' "$work/log" &&
		"$here/log.sh" "$work/log" 2>/dev/null
}

live()
{
	echo "$1"
	lived="$lived $name"
	living=$((living + 1))
}

may_live()
{
	sed '1,/^# Live\./d' "$here/mutants" | grep -q "^$name "
}

# use_kernel plain|traced: builds it on first use; without a mutant it must pass all
# suites. Runs that take much longer than that one are taken for hung.
use_kernel()
{
	build=$plain
	[ "$1" = plain ] || build=$traced
	case $ready in
	*"$1"*) return ;;
	esac
	case $1 in
	plain) set -- "$1" ;;
	traced) set -- "$1" --kunitconfig="$here/configs/trace.config" ;;
	esac
	ready="$ready $1"
	shift
	kunit_py build "$here/configs/module.config" --jobs="$(nproc)" "$@"
	began=$(date +%s)
	run_suites
	noticed_nothing || { cat "$work/log"; die "the suites fail without a mutant"; }
	seconds=$((3 * ($(date +%s) - began) + 10))
}

# explored NAME: did the explorer kill it?
explored()
{
	grep -q "^killed $1:" "$work/explored"
}

: >"$work/explored"
if [ "${EXPLORE:-}" != no ]; then
	"$project/testing/explore/mutants.sh" "$@" >"$work/explored" || unexplored=1
	cat "$work/explored"
fi
grep -v '^#\|^$' "$here/mutants" >"$work/mutants"
while read -r name file rule <&3; do
	case " ${*:-$name} " in *" $name "*) ;; *) continue ;; esac
	if explored "$name"; then
		killed=$((killed + 1))
		continue
	fi
	case $name in
	*_is_not_traced) use_kernel traced ;;
	*) use_kernel plain ;;
	esac
	path=$(path_of "$file")
	cp "$nmr/$path" "$work/original"
	printf '%s\n' "$rule" >"$work/rule"
	sed -f "$work/rule" "$work/original" >"$nmr/$path"
	if cmp -s "$work/original" "$nmr/$path"; then
		live "STALE  $name: nothing to change in $file"
	elif ! build_with "$path"; then
		cp "$work/original" "$nmr/$path"
		cat "$work/built"
		live "STALE  $name: does not build"
	else
		noticed_at_once || run_suites
		if noticed_nothing; then
			if may_live; then
				echo "lived  $name, as listed"
				listed=$((listed + 1))
			else
				live "LIVED  $name"
			fi
		else
			echo "killed $name: $(grep -m 1 \
				' FAILED at\|^ *not ok\|WARNING:\|BUG:\|Oops' \
				"$work/log" || echo "no result")"
			killed=$((killed + 1))
		fi
	fi
	cp "$work/original" "$nmr/$path"
	# Rebuild the modules that a mutant of a public header was part of.
	case $path in
	include/*) build_with "$path" ;;
	esac
done 3<"$work/mutants"
[ -z "$ready" ] || build_with nmr_core

echo "$killed mutants killed, $living lived, $listed as listed"
[ $living -eq 0 ] || die "lived:$lived"
[ -z "$unexplored" ] || die "the explorer leaves a mutant of its own alive"
