#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [SERIES|VERSION]
# Builds the modules for a stock kernel, boots it in QEMU, and has guest.sh
# show there that they work; with WDK=1 in the environment the drivers in Windows'
# style as well. Fails if a check does, or the guest does not end.
# Leaves pictures of an unload beside the log.
set -euo pipefail
shopt -s nullglob
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

kernel=$("$vm/kernel-package.sh" "${1:-6.12}")
log=$NMR_CACHE/demo-${kernel##*/}.log
workdir

mkdir "$work/build"
"$scripts/build.sh" "$work/build" "$kernel/build"
"$vm/stock-modules.sh" "$work/build" "$kernel" x_tables ip_tables iptable_filter
find "$work/build" -name '*.ko' -exec "$vm/initramfs.sh" "$work/initramfs" \
	"$here"/{guest.sh,guest-wdk.sh,packets.awk} "$vm"/{guest-lib.sh,trace-annotate.awk} {} +

# Exact numbers of objects, and a look at each as it is freed: see clean_log.
debug="slab_nomerge slub_debug=FZP,nmr_*,kmalloc-*"
seconds=300
[ -z "${WDK:-}" ] || seconds=450
"$vm/qemu.sh" -t $seconds -l "$log" "$kernel/vmlinuz" "$work/initramfs" \
	run=/guest.sh ${WDK:+wdk=1} "$debug" </dev/null |
	sed -u 's/\r//' | tee "$work/console" || :

# The log has come to the host, and with it what the registry was.
keeps_the_contract()
{
	"$project/tools/nmr-trace" -q --whole --strict "$log" 2>&1 | sed 's/^/  /'
}

# registry NAME TITLE; without Graphviz in its language.
registry()
{
	sed -n "s/^registry $1: //p" "$log" >"$work/registry"
	"$project/tools/nmr-graph" --svg --title "$2" -o "${log%.log}-$1.svg" "$work/registry" ||
		"$project/tools/nmr-graph" --title "$2" -o "${log%.log}-$1.dot" "$work/registry"
}

pictures()
{
	rm -f "${log%.log}"-*.{svg,dot}
	"$scripts/setup.sh" graphviz || :
	registry before "before the unload of nmr_provider_demo" &&
		registry during "while it waits for third_module" &&
		sed -n '/demo: an unload begins/,/demo: it has ended/p' "$log" |
		"$project/tools/nmr-trace" --svg --title "rmmod nmr_provider_demo" \
			-o "${log%.log}-sequence.svg" >/dev/null
}

if keeps_the_contract; then
	echo "ok   demo: nmr-trace finds that the log keeps the contract"
else
	echo "FAIL demo: nmr-trace finds that the log keeps the contract"
fi | tee -a "$work/console"
pictures || echo "FAIL demo: pictures" | tee -a "$work/console"

grep -q '^end of the demo' "$work/console" ||
	echo "FAIL demo: the guest did not come to the end" | tee -a "$work/console"
passed=$(grep -c '^ok ' "$work/console" || :)
failed=$(grep -c '^FAIL ' "$work/console" || :)
echo
echo "demo on ${kernel##*/}: $passed ok, $failed failed; the whole log: $log"
echo "pictures:" "${log%.log}"-*.{svg,dot}
[ "$failed" -eq 0 ]
