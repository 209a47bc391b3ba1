#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# initramfs.sh OUTPUT FILE...
# Makes an initramfs of busybox, guest-init.sh as /init, and the files: modules in
# /modules, all others in /.
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

output=$1
shift
"$scripts/setup.sh" busybox-static cpio

workdir
mkdir "$work/bin" "$work/dev" "$work/modules" "$work/proc" "$work/sys"
cp "$(command -v busybox)" "$work/bin/busybox"
ln -s busybox "$work/bin/sh"
cp "$vm/guest-init.sh" "$work/init"
for file; do
	case $file in
	*.ko)	cp "$file" "$work/modules/" ;;
	*)	cp "$file" "$work/" ;;
	esac
done
(cd "$work" && find . | cpio --quiet -o -H newc -R 0:0) | gzip -1 >"$output"
