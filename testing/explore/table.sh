#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# table.sh LOG [FILE]
# Makes a reStructuredText table of the scenarios in a log of run.sh, and puts it between
# the markers in a file, or prints it.
set -euo pipefail

table()
{
	local line='=============================  ==================  =========  =========  ======='

	printf '%s\n%-29s  %-18s  %9s  %9s  %7s\n%s\n' "$line" Scenario Rows Schedules \
		States Seconds "$line"
	sed -n 's/^ok  *\([^:]*\): \([0-9]*\) schedules, \([0-9]*\) states, \([0-9.]*\) s; \([^;]*\);.*/\1;\2;\3;\4;\5/p' "$1" |
		sort | awk -F ';' '{
			printf "%-29s  %-18s  %9d  %9d  %7.1f\n", $1, $5, $2, $3, $4
			schedules += $2; states += $3; seconds += $4
		}
		END {
			printf "%-29s  %-18s  %9d  %9d  %7.1f\n", "all", "", schedules, states, seconds
		}'
	printf '%s\n' "$line"
}

if [ $# -eq 1 ]; then
	table "$1"
	exit
fi
table "$1" >"$2.table"
sed -i -e '/^\.\. explore: begin/,/^\.\. explore: end/{/^\.\. explore:/!d}' "$2"
sed -i -e "/^\.\. explore: begin/{
a\\

r $2.table
}" "$2"
sed -i 's/^\.\. explore: end/\n&/' "$2"
rm "$2.table"
