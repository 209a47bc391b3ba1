#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# check.sh [SERIES|VERSION]
# Measures what one processor does, and fails where the registrar's lines are more
# than 5% worse than those kept in testing/bench/baseline.csv. With another kernel or
# compiler than those were taken with, it must have got worse against the
# alternatives of its own run, too.
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

lines=$("$here/measure.sh" -1 "${1:-6.12}")
awk -f "$here/check.awk" "$project/testing/bench/baseline.csv" "$lines"
