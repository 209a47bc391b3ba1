#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build.sh DIRECTORY [CORE]
# Builds the explorer in a directory, with the core of this project or of another
# directory that has nmr_core/ and include/ in it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$1
core=${2:-$here/../..}

mkdir -p "$out/headers"
# Every header of the kernel's is kernel.h here.
cat "$core"/nmr_core/*.[ch] "$core"/include/linux/nmr*.h "$core"/include/trace/events/nmr.h |
	sed -n 's/^#include <\(.*\)>$/\1/p' | sort -u |
	while read -r header; do
		[ ! -e "$core/include/$header" ] || continue
		[ ! -e "$out/headers/$header" ] || continue
		mkdir -p "$out/headers/$(dirname "$header")"
		echo '#include <kernel.h>' >"$out/headers/$header"
	done

common=(-std=gnu11 -O1 -g -fno-pie -fno-strict-aliasing -fno-strict-overflow -fwrapv -Wall -Wextra
	-Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers -Wno-format)
headers=(-I"$out/headers" -I"$here" -I"$core/include" -include kernel.h)
tsan=(-fsanitize=thread --param tsan-instrument-func-entry-exit=0 -fno-builtin)
objects=()

echo '#include <define_trace.h>' >"$out/headers/trace/define_trace.h"

# compile OBJECT SOURCE FLAGS...
compile()
{
	local object=$out/$1 source=$2

	shift 2
	objects+=("$object")
	[ "$object" -nt "$source" ] && [ "$object" -nt "$out/stamp" ] ||
		echo "${CC:-gcc} ${common[*]} $* -c -o $object $source"
}

# What is restored for each schedule: the data of the core and of the scenarios.
restored()
{
	objcopy --set-section-flags .bss=alloc,load,contents,data "$1"
	objcopy --rename-section .data=core_data --rename-section .bss=core_data "$1"
}

newest=$(find "$here" "$core/include" "$core/nmr_core" -name '*.[ch]' -newer "$out/stamp" \
	2>/dev/null | head -n 1) || :
[ -e "$out/stamp" ] && [ -z "$newest" ] && [ -e "$out/explore" ] && exit
{
	for source in "$core"/nmr_core/*.c; do
		name=$(basename "$source" .c)
		case $name in
		debugfs | race_point) continue ;;
		esac
		compile "core-$name.o" "$source" "${headers[@]}" "${tsan[@]}"
	done
	compile oracle.o "$here/oracle.c" "${headers[@]}"
	compile primitives.o "$here/primitives.c" "${headers[@]}"
	for source in sched memory tsan search replay main; do
		compile "$source.o" "$here/$source.c" -O2
	done
	for source in "$here"/scenarios/*.c; do
		compile "scenario-$(basename "$source" .c).o" "$source"
	done
	printf '%s\n' "${objects[@]}" >"$out/objects"
} >"$out/commands"
xargs -P "$(nproc)" -I{} sh -c '{}' <"$out/commands"
for object in "$out"/core-*.o "$out"/scenario-*.o; do
	restored "$object"
done
mapfile -t objects <"$out/objects"
"${CC:-gcc}" -no-pie -o "$out/explore" "${objects[@]}"
touch "$out/stamp"
