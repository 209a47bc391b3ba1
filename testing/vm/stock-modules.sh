#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# stock-modules.sh DIRECTORY KERNEL NAME...
# Copies modules of a kernel from kernel-package.sh to DIRECTORY, uncompressed.
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

directory=$1
kernel=$2
shift 2
"$scripts/setup.sh" xz-utils

for name; do
	module=$(find "$kernel/modules/" -name "$name.ko" -o -name "$name.ko.xz")
	case $module in
	*.xz)	xz -dc "$module" >"$directory/$name.ko" ;;
	*)	cp "$module" "$directory/" ;;
	esac
done
