#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kernel-kasan.sh SERIES
# Prints the path of a kernel of that series with KASAN, lockdep, kmemleak and
# loadable modules, with the layout of kernel-package.sh. It is built if the source or
# the configuration has changed since the last time.
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

series=${1:?usage: kernel-kasan.sh SERIES}
configs=$project/kunit/configs
source=$("$vm/kernel-source.sh" "$series")
kernel=$NMR_CACHE/kernel/$series-kasan
build=$kernel.new/build

lock "kernel-$series-kasan"
workdir
cat "$configs/small.config" "$configs/preempt.config" "$configs/kasan.config" \
	"$configs/init.config" "$vm/kasan.config" \
	"$source/.nmr-package-version" >"$work/config"

# An earlier or interrupted build is reused.
if ! cmp -s "$work/config" "$kernel/config"; then
	say "building $series with KASAN"
	"$scripts/setup.sh" gcc make libc6-dev bc bison flex libelf-dev
	[ ! -d "$kernel" ] || mv -T "$kernel" "$kernel.new"
	mkdir -p "$build"
	rm -f "$kernel.new/config"
	grep CONFIG_ "$work/config" >"$build/.config"
	unset MAKEFLAGS
	kernel_make()
	{
		nice make -s -j"$(nproc)" -C "$source" O="$build" ARCH=x86_64 \
			"$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
	}
	kernel_make olddefconfig
	missing=$(cat "$configs/kasan.config" "$vm/kasan.config" |
		grep '^CONFIG_.*=' | grep -vxF -f "$build/.config" || :)
	[ -z "$missing" ] || die "not possible: $missing"
	kernel_make bzImage modules
	ln -sfn build/arch/x86/boot/bzImage "$kernel.new/vmlinuz"
	ln -sfn build "$kernel.new/modules"
	cp "$work/config" "$kernel.new/config"
	mv -T "$kernel.new" "$kernel"
fi
echo "$kernel"
