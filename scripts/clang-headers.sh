#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# clang-headers.sh SERIES
# Prints a KDIR for building modules with LLVM=1: the newest stock kernel of the
# series, configured for clang, because its packaged headers are configured for gcc.
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)
. "$project/scripts/common.sh"

kernel=$("$vm/kernel-package.sh" "$1")
source=$("$vm/kernel-source.sh" "$1")
"$scripts/setup.sh" bc bison clang flex libelf-dev libssl-dev lld llvm

headers=$NMR_CACHE/clang/${kernel##*/}
lock clang
if [ ! -d "$headers" ]; then
	say "configuring ${kernel##*/} for clang"
	workdir
	mkdir -p "$headers.new"
	cp "$kernel/build/.config" "$kernel/build/Module.symvers" "$headers.new/"
	unset MAKEFLAGS
	make -s -j"$(nproc)" -C "$source" O="$headers.new" LLVM=1 \
		olddefconfig modules_prepare >"$work/log" 2>&1 ||
		{ cat "$work/log" >&2; die "no headers for clang"; }
	mv "$headers.new" "$headers"
fi
echo "$headers"
