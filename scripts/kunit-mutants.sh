#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kunit-mutants.sh [NAME...]
# Tests the tests: breaks the registrar as each line of kunit/mutants says (or as
# the named ones do), and runs the suites as modules on a kept kernel until one
# fails: first the one that is made for that file, then all. A mutant that lives
# is named, and fails the run unless it is listed as one that may.
set -eu
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/kunit-lib.sh"

kunit_prepare module
workdir
core=$overlay/drivers/nmr/nmr_core
lived=
living=0
listed=0
killed=0

build_core()
{
	env -u MAKEFLAGS make -s -C "$overlay" O="$build" ARCH=x86_64 \
		${clang:+LLVM="$clang"} drivers/nmr/nmr_core/nmr_core.ko \
		>"$work/built" 2>&1
}

# run_suites [SUITES]: their log, up to the first sign that they noticed.
run_suites()
{
	kunit_boot "$work/raw" "$work/covered" \
		' FAILED at\|^ *not ok\|Kernel panic\|detected stall' "${1:-}" \
		"$([ "${file:-}" != main.c ] || echo each)"
	tr -d '\r' <"$work/raw" >"$work/log"
}

# The suite that most likely notices what is wrong with a file.
suite_of()
{
	case $1 in
	binding.c | deregister.c) echo 'nmr_[lr]*' ;;
	register.c | handle.c) echo 'nmr_[bm]*' ;;
	rundown.c) echo nmr_rundown ;;
	watchdog.c) echo nmr_catching ;;
	debugfs.c) echo nmr_debugfs ;;
	owner.c) echo nmr_owner ;;
	log.c) echo nmr_bad_input ;;
	*) echo 'nmr_[lm]*' ;;
	esac
}

noticed_at_once()
{
	run_suites "$(suite_of "$file")"
	grep -q ' FAILED at\|^ *not ok\|Kernel panic' "$work/log" ||
		! "$scripts/kunit-log.sh" "$work/log" 2>/dev/null
}

# All went well: the last suite ended, the modules went, and the log is clean.
noticed_nothing()
{
	grep -q '^ok [0-9]* nmr_scale' "$work/log" &&
		grep -q 'reboot: ' "$work/log" &&
		! grep -q 'FAILED at\|^ *not ok' "$work/log" &&
		"$scripts/kunit-log.sh" "$work/log" 2>/dev/null
}

live()
{
	echo "$1"
	lived="$lived $name"
	living=$((living + 1))
}

may_live()
{
	sed '1,/^# Live\./d' "$suites/mutants" | grep -q "^$name "
}

kunit_py build "$suites/configs/module.config" --jobs="$(nproc)"
began=$(date +%s)
run_suites
noticed_nothing || { cat "$work/log"; die "the suites fail without a mutant"; }
# Whoever takes much longer hangs where no bounded wait reports it.
seconds=$((3 * ($(date +%s) - began) + 10))

grep -v '^#\|^$' "$suites/mutants" >"$work/mutants"
while read -r name file rule <&3; do
	case " ${*:-$name} " in *" $name "*) ;; *) continue ;; esac
	cp "$core/$file" "$work/original"
	printf '%s\n' "$rule" >"$work/rule"
	sed -f "$work/rule" "$work/original" >"$core/$file"
	if cmp -s "$work/original" "$core/$file"; then
		live "STALE  $name: nothing to change in $file"
	elif ! build_core; then
		cp "$work/original" "$core/$file"
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
	cp "$work/original" "$core/$file"
done 3<"$work/mutants"
build_core

echo "$killed mutants killed, $living lived, $listed as listed"
[ $living -eq 0 ] || die "lived:$lived"
