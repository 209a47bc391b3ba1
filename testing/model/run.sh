#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh
# Checks the models in this folder with Spin, and checks that each seeded fault is
# found. Prints one line for each, which begins with ok or FAIL.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

"$scripts/setup.sh" spin gcc libc6-dev >&2
workdir
failed=0

# search MODEL OPTIMISATION HASH [-DNAME]...: writes the output of the search to
# $output. HASH is the binary logarithm of the number of slots for states.
output=$work/output
search()
{
	local model=$here/$1.pml optimisation=$2 hash=$3

	shift 3
	rm -rf "$work/build"
	mkdir "$work/build"
	(
		cd "$work/build"
		spin -a "$@" "$model" &&
			gcc -w "$optimisation" -DSAFETY -DMEMLIM=3500 -o pan pan.c &&
			./pan -m10000 "-w$hash"
	) >"$output" 2>&1
}

fail()
{
	echo "FAIL model $1"
	sed 's/^/    /' "$output"
	failed=1
}

# number WORDS: prints the number in front of WORDS in the search's output.
number()
{
	sed -n "s/^ *\([0-9]*\) $1.*/\1/p" "$output"
}

# Was the search exhaustive, without an error, and did it reach all of the model?
is_clean()
{
	grep -q 'errors: 0$' "$output" &&
		grep -q '^Full statespace search' "$output" &&
		! grep -qi 'search not completed\|depth too small\|out of memory\|memory limit' \
			"$output" &&
		! grep -q '([1-9][0-9]* of [0-9]* states)' "$output"
}

# right NAME MODEL [-DNAME]...
right()
{
	local name=$1 seconds=$SECONDS

	shift
	if search "$1" -O2 24 "${@:2}" && is_clean; then
		echo "ok model $name: $(number 'states, stored') states," \
			"$(number transitions) transitions, $((SECONDS - seconds)) s"
	else
		fail "$name"
	fi
}

# fault NAME MODEL FAULT [-DNAME]...: expects an assertion to fail, or a hang.
fault()
{
	local name="$1, fault $3"

	if search "$2" -O0 20 "-D$3" "${@:4}" &&
	   grep -q '^pan:1: \(assertion violated\|invalid end state\)' "$output"; then
		echo "ok model $name: found"
	else
		fail "$name"
	fi
}

# All combinations at once are too many. With one binding each caller calls twice, and
# a processor can go offline; with two, the second can get the counters of the first.
once=-DBINDINGS=1
reuse='-DCALLS=1 -DNO_HOTPLUG'
once_buffered='-DSTORE_BUFFER -DBINDINGS=1 -DCALLS=1'
reuse_buffered='-DSTORE_BUFFER -DNO_HOTPLUG -DCALLERS=1 -DCALLS=1'

# shellcheck disable=SC2086 # lists of words
{
	right rundown rundown $once
	right "rundown, reuse" rundown $reuse
	right "rundown, store buffer" rundown $once_buffered
	right "rundown, reuse, store buffer" rundown $reuse_buffered
	for seeded in NO_BIAS CLOSE_MISSES_CPU CLOSE_MISSES_OFFLINE CLOSE_DOES_NOT_WAIT \
		      CLOSED_AT_ZERO NO_CPUS_LOCK IRQS_ON EXIT_DOES_NOT_LOOK \
		      EXIT_TOUCHES_LATE; do
		fault rundown rundown $seeded $once
	done
	for seeded in NO_GRACE_PERIOD ENTER_PREEMPTIBLE DESTROY_LEAVES_COUNT; do
		fault rundown rundown $seeded $reuse
	done
	fault rundown rundown OFFLINE_NO_BARRIER $once_buffered
	fault rundown rundown GRACE_PERIOD_NO_BARRIER $reuse_buffered
}

right detach detach
right "detach, said twice" detach -DSTRAY
for seeded in FORGETS_EARLY FORGETS_INSIDE COMPLETE_TWICE_COUNTS NOT_ATOMIC \
	      SEPARATE_WORDS DOES_NOT_LOOK LOOKS_WITHOUT_LOCK NO_LOCK ERROR_PENDS \
	      CLEANUP_OF_ABSENT PUT_BEFORE_CLEANUP NO_GRACE_PERIOD NO_READ_SECTION; do
	fault detach detach $seeded
done
exit $failed
