#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [SERIES|VERSION]
# Measures everything, prints the table and compares it with the goals.
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

lines=$("$here/measure.sh" "${1:-6.12}")
echo
awk -f "$here/table.awk" "$lines"
echo
awk -f "$here/goals.awk" "$lines"
echo
echo "as CSV: $lines"
