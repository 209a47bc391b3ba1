#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# check.sh [SERIES|VERSION]
# Measures the work of one processor, and fails if a line of the registrar's is more
# than 5% worse than in testing/bench/baseline.csv. With another kernel or compiler
# than the baseline's, the line must also be worse in proportion to the alternatives.
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

lines=$("$here/measure.sh" -1 "${1:-6.12}")
awk -f "$here/check.awk" "$project/testing/bench/baseline.csv" "$lines"
