#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# measure.sh [-1] [SERIES|VERSION]
# Builds nmr_bench.ko for a stock kernel, lets it measure in QEMU, and prints the
# path of a file with the lines it wrote, below the kernel, compiler and commit. With
# -1 it measures only the work of one processor.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

parts="one two four time"
measured=(nmr_core include "testing/bench/*.[ch]")
if [ "${1:-}" = -1 ]; then
	parts=one
	shift
fi
kernel=$("$vm/kernel-package.sh" "${1:-6.12}")
compiler=$(sed -n 's/^CC = .*)//p' "$kernel/build/.kernelvariables")
mkdir -p "$NMR_CACHE/bench"
lines=$NMR_CACHE/bench/${kernel##*/}.csv
[ "$parts" != one ] || lines=${lines%.csv}-one.csv
workdir

# measure PART KERNEL-PARAMETERS QEMU-OPTION...: the lines of one boot.
measure()
{
	local part=$1 parameters=$2

	shift 2
	say "measuring: $part"
	"$vm/qemu.sh" "$@" -t 300 -l "$work/$part" "$kernel/vmlinuz" \
		"$work/initramfs" run=/guest.sh "$parameters" nokaslr \
		tsc=reliable </dev/null >"$work/console" 2>&1 || :
	tr -d '\r' <"$work/$part" >"$work/lines-$part"
	if ! grep -q '^end$' "$work/lines-$part" || grep -q '^bad$' "$work/lines-$part"; then
		cat "$work/console" >&2
		die "measuring failed: $part"
	fi
}

# The last commit that changed the measured code.
commit()
{
	cd "$project"
	git log -1 --format='%h %cs %s' -- "${measured[@]}"
	git diff --quiet HEAD -- "${measured[@]}" || echo "# and uncommitted changes"
}

mkdir "$work/build"
"$scripts/build.sh" "$work/build" "$kernel/build" CONFIG_NMR_BENCH=m
"$compiler" -O -static -nostdlib -o "$work/pause" -x c - \
	<<<'void _start(void) { for (;;) __builtin_ia32_pause(); }'
"$vm/initramfs.sh" "$work/initramfs" "$here/guest.sh" "$work/pause" \
	"$work/build/nmr_core/nmr_core.ko" "$work"/build/testing/bench/*.ko
for part in $parts; do
	case $part in
	one)	measure "$part" "timed=N maxcpus=1" -i 1 ;;
	two)	measure "$part" "timed=N maxcpus=1" -i 2 ;;
	four)	measure "$part" "timed=N maxcpus=1" -i 4 ;;
	time)	measure "$part" timed=Y ;;
	esac
done
{
	echo "# kernel ${kernel##*/}"
	echo "# compiler $("$compiler" --version | head -n 1)"
	echo "# commit $(commit 2>/dev/null || echo unknown)"
	echo "work,name,others,unit,best,median"
	for part in $parts; do
		grep , "$work/lines-$part"
	done
} >"$work/lines"
mv "$work/lines" "$lines"
echo "$lines"
