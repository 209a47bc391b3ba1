#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [SERIES|VERSION]
# Builds the modules for a stock kernel and boots it in QEMU, where guest.sh loads
# and unloads them at random. From the environment:
#   DURATION  duration in seconds (60)
#   SEED      seed of what the shells draw, which is printed (random)
#   SAN       kasan: instead use a kernel with KASAN, lockdep and kmemleak
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

duration=${DURATION:-60}
seed=${SEED:-$((RANDOM * 32768 + RANDOM))}
case ${SAN:-} in
'')	kernel=$("$vm/kernel-package.sh" "${1:-6.12}") ;;
kasan)	kernel=$("$vm/kernel-kasan.sh" "${1:-6.12}") ;;
*)	die "SAN=$SAN: must be kasan or empty" ;;
esac
log=$NMR_CACHE/storm-${kernel##*/}.log
workdir

mkdir "$work/build"
"$scripts/build.sh" "$work/build" "$kernel/build" CONFIG_NMR_STORM=m
rm -r "$work/build/samples"
"$vm/stock-modules.sh" "$work/build" "$kernel" x_tables ip_tables iptable_filter
find "$work/build" -name '*.ko' -exec strip --strip-debug {} +
find "$work/build" -name '*.ko' -exec "$vm/initramfs.sh" "$work/initramfs" \
	"$here/guest.sh" "$vm/guest-lib.sh" {} +

# No merged caches, so that objects can be counted; on a stock kernel also checks of
# each object on free.
debug=slab_nomerge
[ "${SAN:-}" ] || debug="$debug slub_debug=FZP,nmr_*,kmalloc-*"
"$vm/qemu.sh" ${SAN:+-b} -t $((duration + 900)) -l "$work/packed" "$kernel/vmlinuz" \
	"$work/initramfs" run=/guest.sh seed="$seed" duration="$duration" \
	rcupdate.rcu_expedited=1 tsc=reliable printk.time=1 "$debug" </dev/null |
	sed -u 's/\r//' | tee "$work/console" || :
tr -d '\r' <"$work/packed" | base64 -d | gzip -dc >"$log" || :

# check NAME COMMAND...
check()
{
	local name=$1

	shift
	if "$@" >"$work/reason" 2>&1; then
		echo "ok   storm: $name"
	else
		echo "FAIL storm: $name"
	fi
	sed 's/^/  /' "$work/reason"
}

{
	check "the guest script finished" grep -q '^end of the storm' "$work/console"
	check "nothing bad in the log, and each forgetful module is named" \
		awk -f "$here/log.awk" "$log"
	check "the trace keeps the contract" \
		"$project/tools/nmr-trace" -q --whole "$log"
} | tee -a "$work/console"

passed=$(grep -c '^ok ' "$work/console" || :)
failed=$(grep -c '^FAIL ' "$work/console" || :)
echo
echo "storm on ${kernel##*/}, SEED=$seed: $passed ok, $failed failed; the log: $log"
[ "$failed" -eq 0 ]
