#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [SERIES|VERSION]
# Builds the modules for a stock kernel and boots it in QEMU, where guest.sh tests
# 100,000 registrations and bindings. From the environment:
#   PARTS  parts of guest.sh to run, separated by commas (all)
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

kernel=$("$vm/kernel-package.sh" "${1:-6.12}")
log=$NMR_CACHE/scale-${kernel##*/}.log
workdir

mkdir "$work/build"
"$scripts/build.sh" "$work/build" "$kernel/build" CONFIG_NMR_SCALE=m
"$vm/stock-modules.sh" "$work/build" "$kernel" x_tables ip_tables iptable_filter
"$vm/initramfs.sh" "$work/initramfs" "$vm/guest-lib.sh" "$here/guest.sh" \
	"$work"/build/*.ko "$work/build/nmr_core/nmr_core.ko" "$work"/build/testing/scale/*.ko

# No merged caches, so that objects can be counted.
"$vm/qemu.sh" -t 600 -l "$log" "$kernel/vmlinuz" "$work/initramfs" \
	run=/guest.sh ${PARTS:+parts="$PARTS"} slab_nomerge rcupdate.rcu_expedited=1 \
	tsc=reliable </dev/null |
	sed -u 's/\r//' | tee "$work/console" || :

grep -q '^end of the scale' "$work/console" ||
	echo "FAIL scale: the guest script did not finish" | tee -a "$work/console"
passed=$(grep -c '^ok ' "$work/console" || :)
failed=$(grep -c '^FAIL ' "$work/console" || :)
echo
echo "scale on ${kernel##*/}: $passed ok, $failed failed; the log: $log"
[ "$failed" -eq 0 ]
