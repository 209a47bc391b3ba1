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
			gcc -w "$optimisation" -DSAFETY -DCOLLAPSE -DMEMLIM=1000 -o pan pan.c &&
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
	if search "$1" -O1 24 "${@:2}" && is_clean; then
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

# All combinations at once are too many.
one=-DCALLS=3
sides='-DSIDES=2 -DGATES=1 -DCALLS=1'
reuse='-DBINDINGS=2 -DCALLS=1'
reuse_buffered='-DSTORE_BUFFER -DBINDINGS=2 -DCALLERS=1 -DCALLS=2'
misuse='-DMISUSE -DCALLS=1'
gate='-DGATES=1 -DBINDINGS=2 -DCALLS=3'
buffered='-DSTORE_BUFFER -DCALLS=2'

# shellcheck disable=SC2086 # lists of words
{
	right rundown rundown $one
	right "rundown, three callers" rundown -DCALLERS=3 -DCALLS=1
	right "rundown, both sides" rundown -DSIDES=2 -DCALLS=1
	right "rundown and gate" rundown $sides
	right "rundown and gate, nested" rundown -DSIDES=2 -DGATES=1 -DCALLERS=1 -DCALLS=4
	right "rundown, reuse" rundown $reuse
	right "rundown, misuse" rundown $misuse
	right "rundown and gate, misuse" rundown -DMISUSE -DSIDES=2 -DGATES=1 -DCALLERS=1
	right "rundown, store buffer" rundown $buffered
	right "rundown, reuse, store buffer" rundown $reuse_buffered
	right "rundown, misuse, store buffer" rundown -DSTORE_BUFFER $misuse
	right gate rundown $gate
	for seeded in NO_GRACE_PERIOD ENTER_PREEMPTIBLE EXIT_PREEMPTIBLE IRQS_ON NO_BIAS \
		      SMALL_BIAS STORES_LATE EXIT_DOES_NOT_LOOK EXIT_TOUCHES_LATE \
		      NO_READ_SECTION MISSES_CPU NOT_ATOMIC CLOSER_DOES_NOT_LOOK \
		      QUEUES_EARLY FREED_AT_ONCE; do
		fault rundown rundown $seeded $one
	done
	for seeded in TAKES_LATE FORGETS_SIDE; do
		fault "rundown and gate" rundown $seeded $sides
	done
	fault "rundown, reuse, store buffer" rundown INIT_LEAVES_COUNTS $reuse_buffered
	for seeded in NO_DEBT PAYS_EARLY LOOKS_IN_OTHER_ORDER DESTROY_LEAVES_COUNT \
		      COUNTERS_FREED_AT_ONCE; do
		fault "rundown, misuse" rundown $seeded $misuse
	done
	fault "rundown, store buffer" rundown GRACE_PERIOD_NO_BARRIER $buffered
	for seeded in NO_GRACE_PERIOD STORES_LATE GATE_STAYS_OPEN GATE_PREEMPTIBLE; do
		fault gate rundown $seeded $gate
	done
}

right detach detach
right "detach, closing" detach -DCLOSE
right "detach, said twice" detach -DSTRAY
for seeded in FORGETS_EARLY FORGETS_INSIDE COMPLETE_TWICE_COUNTS NOT_ATOMIC \
	      SEPARATE_WORDS DOES_NOT_LOOK LOOKS_WITHOUT_LOCK NO_LOCK ERROR_PENDS \
	      CLEANUP_OF_ABSENT PUT_BEFORE_CLEANUP NO_GRACE_PERIOD NO_READ_SECTION; do
	fault detach detach $seeded
done
fault "detach, closing" detach CLOSE_NOT_OWED -DCLOSE
exit $failed
