#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# bench.sh [SERIES|VERSION]
# Measures everything and prints the table, and how it stands with the goals.
set -eu
. "$(dirname "$0")/common.sh"

lines=$("$(dirname "$0")/bench-run.sh" "${1:-6.12}")
echo
awk -f "$(dirname "$0")/bench-table.awk" "$lines"
echo
awk -f "$(dirname "$0")/bench-goals.awk" "$lines"
echo
echo "as CSV: $lines"
