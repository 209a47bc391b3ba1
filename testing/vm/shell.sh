#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# shell.sh [SERIES|VERSION]
# Boots the demo's machine to a shell prompt, with the modules in /modules.
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

kernel=$("$vm/kernel-package.sh" "${1:-6.12}")
workdir
mkdir "$work/build"
"$scripts/build.sh" "$work/build" "$kernel/build"
"$vm/stock-modules.sh" "$work/build" "$kernel" x_tables ip_tables iptable_filter
find "$work/build" -name '*.ko' -exec "$vm/initramfs.sh" \
	"$work/initramfs" "$vm/guest-shell.sh" \
	"$vm/trace-annotate.awk" {} +
"$vm/qemu.sh" "$kernel/vmlinuz" "$work/initramfs" run=/guest-shell.sh
