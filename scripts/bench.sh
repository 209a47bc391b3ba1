#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# bench.sh [SERIES|VERSION]
# Measures everything and prints the table, and how it stands with the goals.
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)
. "$project/scripts/common.sh"

lines=$("$scripts/bench-run.sh" "${1:-6.12}")
echo
awk -f "$scripts/bench-table.awk" "$lines"
echo
awk -f "$scripts/bench-goals.awk" "$lines"
echo
echo "as CSV: $lines"
