#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# mutants.sh [NAME...]
# Applies the mutants of the file mutants here, and of kunit/mutants, to the core, one
# at a time, and explores until a scenario fails. Prints a line for each. A mutant of
# the list here that survives, or no longer applies, fails the run. From the environment:
#   BOUND    preemptions (1)
#   SECONDS_FOR_EACH  how long a scenario may take (10)
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"
workdir

mkdir -p "$work/core" "$work/build"
cp -r "$project/nmr_core" "$project/include" "$work/core"
"$here/build.sh" "$work/build" "$work/core"
killed=0
lived=0

# Is the file part of the explorer?
is_explored()
{
	case $1 in
	nmr_core/debugfs.c | nmr_core/race_point.c) return 1 ;;
	nmr_core/* | include/*) return 0 ;;
	*) return 1 ;;
	esac
}

try()
{
	local name=$1 rule=$3 file=$work/core/$2

	cp -p "$file" "$work/original"
	sed -f <(printf '%s\n' "$rule") "$work/original" >"$file"
	if cmp -s "$work/original" "$file"; then
		echo "stale  $name"
		[ "$4" != must ] || failed=1
	elif ! "$here/build.sh" "$work/build" "$work/core" >"$work/log" 2>&1; then
		echo "stale  $name: does not build"
		[ "$4" != must ] || failed=1
	elif timeout 300 "$work/build/explore" -m -b "${BOUND:-1}" -w 100 \
		-t "${SECONDS_FOR_EACH:-10}" >"$work/log" 2>&1; then
		echo "lived  $name"
		lived=$((lived + 1))
		[ "$4" != must ] || failed=1
	elif grep -q '^FAIL' "$work/log"; then
		echo "killed $name: $(grep -m 1 '^FAIL' "$work/log" | cut -c6-160)"
		killed=$((killed + 1))
	else
		echo "killed $name: $(tail -n 1 "$work/log" | cut -c1-120)"
		killed=$((killed + 1))
	fi
	cp "$work/original" "$file"
}

failed=
for list in "$here/mutants" "$project/kunit/mutants"; do
	must=may
	[ "$list" != "$here/mutants" ] || must=must
	while read -r name file rule <&3; do
		case " ${*:-$name} " in *" $name "*) ;; *) continue ;; esac
		case $file in
		*/*) ;;
		*) file=nmr_core/$file ;;
		esac
		is_explored "$file" || continue
		try "$name" "$file" "$rule" $must
	done 3< <(grep -v '^#\|^$' "$list")
done
echo "$killed killed, $lived lived"
[ -z "$failed" ]
