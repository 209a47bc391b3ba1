#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# demo.sh [SERIES|VERSION]
# Builds the modules for a stock kernel, boots it in QEMU, and has guest-demo.sh
# show there that they work; with WDK=1 in the environment the drivers in Windows'
# style as well. Fails if a check does, or the guest does not end.
set -euo pipefail
. "$(dirname "$0")/common.sh"

scripts=$(dirname "$0")
kernel=$("$scripts/kernel-package.sh" "${1:-6.12}")
log=$NMR_CACHE/demo-${kernel##*/}.log
workdir

mkdir "$work/build"
"$scripts/build.sh" "$work/build" "$kernel/build"
"$scripts/stock-modules.sh" "$work/build" "$kernel" x_tables ip_tables iptable_filter
find "$work/build" -name '*.ko' -exec "$scripts/initramfs.sh" "$work/initramfs" \
	"$scripts"/guest-{demo,lib,wdk}.sh "$scripts"/{packets,trace-*}.awk {} +

# Exact numbers of objects, and a look at each as it is freed: see clean_log.
debug="slab_nomerge slub_debug=FZP,nmr_*,kmalloc-*"
seconds=300
[ -z "${WDK:-}" ] || seconds=450
"$scripts/qemu.sh" -t $seconds -l "$log" "$kernel/vmlinuz" "$work/initramfs" \
	run=/guest-demo.sh ${WDK:+wdk=1} "$debug" </dev/null |
	sed -u 's/\r//' | tee "$work/console" || :

grep -q '^end of the demo' "$work/console" ||
	echo "FAIL demo: the guest did not come to the end" | tee -a "$work/console"
passed=$(grep -c '^ok ' "$work/console" || :)
failed=$(grep -c '^FAIL ' "$work/console" || :)
echo
echo "demo on ${kernel##*/}: $passed ok, $failed failed; the whole log: $log"
[ "$failed" -eq 0 ]
