#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build.sh DIRECTORY [CORE]
# Builds the explorer in a directory, with the core of this project or of another
# directory that has nmr_core/ and include/. Compiles only objects that are older than
# their source, or all of them if a header is newer.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$1
core=$(cd "${2:-$here/../..}" && pwd)
cc=${CC:-gcc}

mkdir -p "$out/headers/trace"
# Every kernel header becomes a file that includes kernel.h.
cat "$core"/nmr_core/*.[ch] "$core"/include/linux/nmr*.h "$core"/include/trace/events/nmr.h |
	sed -n 's/^#include <\(.*\)>$/\1/p' | sort -u |
	while read -r header; do
		if [ -e "$core/include/$header" ] || [ -e "$out/headers/$header" ]; then
			continue
		fi
		mkdir -p "$out/headers/$(dirname "$header")"
		echo '#include <kernel.h>' >"$out/headers/$header"
	done
if ! grep -qs define "$out/headers/trace/define_trace.h"; then
	echo '#include <define_trace.h>' >"$out/headers/trace/define_trace.h"
fi

warnings=(-Wall -Wextra -Wno-unused-parameter -Wno-sign-compare
	-Wno-missing-field-initializers)
common=(-std=gnu11 -g -fno-pie -fno-strict-aliasing -fwrapv "${warnings[@]}")
kernel=(-O1 -I"$out/headers" -I"$here" -I"$core/include" -include kernel.h)
# Call the run-time for each access, including copies that would be inlined.
tsan=(-fsanitize=thread --param tsan-instrument-func-entry-exit=0 -fno-builtin)
objects=()

# compile OBJECT SOURCE [FLAGS...]: prints the command, if it is needed.
compile()
{
	local object=$out/$1 source=$2 restored=

	shift 2
	objects+=("$object")
	[ -n "$all" ] || [ "$source" -nt "$object" ] || return 0
	# The data of the core and of the scenarios is restored for each schedule.
	case $object in
	*/core-* | */scenario-*)
		restored="&& objcopy --set-section-flags .bss=alloc,load,contents,data $object"
		restored+=" && objcopy --rename-section .data=core_data"
		restored+=" --rename-section .bss=core_data $object"
		;;
	esac
	echo "$cc ${common[*]} $* -c -o $object $source $restored"
}

all=
[ -e "$out/built" ] && [ "$out/built" -nt "$0" ] || all=1
[ -n "$all" ] || all=$(find "$here" "$core/include" "$core/nmr_core" -name '*.h' \
	-newer "$out/built" -print -quit)
rm -f "$out/built"
: >"$out/commands"
for source in "$core"/nmr_core/*.c; do
	case $(basename "$source") in
	debugfs.c | race_point.c) continue ;;
	esac
	compile "core-$(basename "$source" .c).o" "$source" "${kernel[@]}" "${tsan[@]}" \
		>>"$out/commands"
done
for source in oracle primitives; do
	compile "$source.o" "$here/$source.c" "${kernel[@]}" -O2 >>"$out/commands"
done
for source in sched memory tsan search replay main; do
	compile "$source.o" "$here/$source.c" -O3 >>"$out/commands"
done
for source in "$here"/scenarios/*.c; do
	compile "scenario-$(basename "$source" .c).o" "$source" -O1 >>"$out/commands"
done
xargs -r -P "$(nproc)" -I{} sh -c '{}' <"$out/commands"
"$cc" -no-pie -o "$out/explore" "${objects[@]}"
touch "$out/built"
