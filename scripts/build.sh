#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# build.sh DIRECTORY KDIR [MAKE ARGUMENT...]
# Copies the sources to the empty DIRECTORY, and builds the modules and then the
# samples there; nothing is written to the checkout.
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)
. "$project/scripts/common.sh"

build=$1
kdir=$2
shift 2

cd "$project"
find . -type f \( -name '*.[ch]' ! -name '*.mod.c' -o -name Kbuild -o \
	-path './*/Makefile' -o -name Makefile.wdk \) \
	-exec cp --parents -t "$build" {} +
cd "$build"

# Do not inherit the options of a calling make. BTF would need pahole.
unset MAKEFLAGS
make -s -j"$(nproc)" -C "$kdir" M="$build" CONFIG_DEBUG_INFO_BTF_MODULES= "$@" modules
for sample in hello ticks third_module wdk; do
	make -s -C samples/$sample KDIR="$kdir" NMR="$build" \
		CONFIG_DEBUG_INFO_BTF_MODULES= "$@"
done
