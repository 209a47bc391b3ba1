#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [SERIES|VERSION]
# Builds the modules for a stock kernel and boots it in QEMU, where guest.sh shows
# that they work; with WDK=1 in the environment, also the Windows drivers. Fails if a
# check fails or the guest does not finish. Leaves diagrams of an unload beside the
# log.
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

# No merged caches, so that objects can be counted, and checks of each object on free.
debug="slab_nomerge slub_debug=FZP,nmr_*,kmalloc-*"
seconds=300
[ -z "${WDK:-}" ] || seconds=450
"$vm/qemu.sh" -t $seconds -l "$log" "$kernel/vmlinuz" "$work/initramfs" \
	run=/guest.sh ${WDK:+wdk=1} "$debug" </dev/null |
	sed -u 's/\r//' | tee "$work/console" || :

# The log on the host also has the copies of the registry.
keeps_the_contract()
{
	"$project/tools/nmr-trace" -q --whole --strict "$log" 2>&1 | sed 's/^/  /'
}

# registry NAME TITLE: as SVG, or as DOT without Graphviz.
registry()
{
	sed -n "s/^registry $1: //p" "$log" >"$work/registry"
	"$project/tools/nmr-graph" --svg --title "$2" -o "${log%.log}-$1.svg" "$work/registry" ||
		"$project/tools/nmr-graph" --title "$2" -o "${log%.log}-$1.dot" "$work/registry"
}

diagrams()
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
diagrams || echo "FAIL demo: diagrams" | tee -a "$work/console"

grep -q '^end of the demo' "$work/console" ||
	echo "FAIL demo: the guest script did not finish" | tee -a "$work/console"
passed=$(grep -c '^ok ' "$work/console" || :)
failed=$(grep -c '^FAIL ' "$work/console" || :)
echo
echo "demo on ${kernel##*/}: $passed ok, $failed failed; log: $log"
echo "diagrams:" "${log%.log}"-*.{svg,dot}
[ "$failed" -eq 0 ]
