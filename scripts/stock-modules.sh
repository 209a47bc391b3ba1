#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# stock-modules.sh DIRECTORY KERNEL NAME...
# Copies modules of a kernel of kernel-package.sh's to DIRECTORY, uncompressed.
set -eu
. "$(dirname "$0")/common.sh"

directory=$1
kernel=$2
shift 2
"$(dirname "$0")/setup.sh" xz-utils

for name; do
	module=$(find "$kernel/modules/" -name "$name.ko" -o -name "$name.ko.xz")
	case $module in
	*.xz)	xz -dc "$module" >"$directory/$name.ko" ;;
	*)	cp "$module" "$directory/" ;;
	esac
done
