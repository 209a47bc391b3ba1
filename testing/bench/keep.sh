#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# keep.sh [SERIES|VERSION]
# Measures everything, stores the result as the baseline of check.sh, and replaces
# the table in Documentation/performance.rst.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

document=$project/Documentation/performance.rst
lines=$("$here/measure.sh" "${1:-6.12}")
workdir
{
	sed '/^\.\. table begins/q' "$document"
	echo
	echo "::"
	echo
	{
		awk -f "$here/table.awk" "$lines"
		echo
		awk -f "$here/goals.awk" "$lines"
	} | sed 's/^./  &/'
	echo
	sed -n '/^\.\. table ends/,$p' "$document"
} >"$work/document"
cat "$work/document" >"$document"
grep -vE ' on (two|four) processors,' "$lines" >"$project/testing/bench/baseline.csv"
