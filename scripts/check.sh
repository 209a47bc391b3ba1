#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# check.sh
# Checks the sources statically. Prints only complaints; with V=1 also a line for each
# step.
#
# shellcheck disable=SC2317 # step calls the functions
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)
. "$project/scripts/common.sh"

NMR_QUIET=1
export NMR_QUIET
failed=0
workdir

# step NAME COMMAND...: the command must succeed and print nothing.
step()
{
	name=$1
	shift
	if "$@" >"$work/output" 2>&1 && [ ! -s "$work/output" ]; then
		[ -z "${V:-}" ] || echo "ok   check: $name"
	else
		echo "FAIL check: $name"
		cat "$work/output"
		failed=1
	fi
}

sources()
{
	cd "$project"
	find . -type f \( -name '*.[ch]' ! -name '*.mod.c' -o -name '*.rst' \
		-o -name Kbuild -o -name Kconfig -o -name Makefile \) -print0
}

# FILE_PATH_CHANGES is about MAINTAINERS, LINUX_VERSION_CODE about code in a single
# kernel's tree.
run_checkpatch()
{
	xargs -0r "$tree/scripts/checkpatch.pl" -f \
		--no-tree --strict --quiet --no-summary --show-types --terse \
		--ignore "FILE_PATH_CHANGES,LINUX_VERSION_CODE$1"
}

# Code with Windows' names is excused from some checks: nmr_wdk/ and its tests from
# those of names, its headers also from those that Windows' types and macros cannot
# pass, the drivers from those of names, types and layout.
checkpatch()
(
	names=,CAMELCASE
	types=$names,NEW_TYPEDEFS,SPACING,VOLATILE,COMPLEX_MACRO
	words=$types,INLINE,PREFER_DEFINED_ATTRIBUTE_MACRO,MACRO_ARG_PRECEDENCE
	words=$words,MACRO_ARG_REUSE,MACRO_ARG_UNUSED
	words=$words,MULTISTATEMENT_MACRO_USE_DO_WHILE
	layout=$types,CODE_INDENT,LEADING_SPACE,SUSPECT_CODE_INDENT,OPEN_BRACE
	layout=$layout,BRACES,ELSE_AFTER_BRACE,OPEN_ENDED_LINE
	layout=$layout,PARENTHESIS_ALIGNMENT,BLOCK_COMMENT_STYLE
	layout=$layout,COMPARISON_TO_NULL,AVOID_EXTERNS

	# A program of user space, with the kernel's primitives in it.
	program=EMBEDDED_FUNCTION_NAME,VOLATILE,AVOID_EXTERNS,COMPLEX_MACRO
	program=$program,MACRO_ARG_REUSE,MACRO_ARG_UNUSED,MACRO_ARG_PRECEDENCE
	program=$program,PREFER_DEFINED_ATTRIBUTE_MACRO,NEW_TYPEDEFS,CAMELCASE
	program=$program,MEMORY_BARRIER,TRAILING_SEMICOLON,PREFER_KERNEL_TYPES
	program=$program,IS_ENABLED_CONFIG,DATA_RACE,EXPORT_SYMBOL,LINE_SPACING
	program=$program,MACRO_WITH_FLOW_CONTROL,FUNCTION_ARGUMENTS

	tree=$("$vm/kernel-source.sh" 6.12)
	(sources) >"$work/sources"
	cd "$project"
	grep -z '/testing/explore/' "$work/sources" | run_checkpatch ",$program"
	grep -vz '/nmr_wdk/\|/kunit/wdk_\|/include/wdk/\|/samples/wdk/.*[ch]$\|/testing/explore/' \
		"$work/sources" | run_checkpatch ''
	grep -z '/nmr_wdk/\|/kunit/wdk_' "$work/sources" | run_checkpatch "$names"
	grep -z '/include/wdk/' "$work/sources" | run_checkpatch "$words"
	grep -z '/samples/wdk/.*[ch]$' "$work/sources" | run_checkpatch "$layout"
)

kernel_doc()
{
	tree=$("$vm/kernel-source.sh" 6.12)
	(cd "$project" && "$tree/scripts/kernel-doc" -none -Wall \
		include/linux/*.h include/wdk/*.h nmr_*/*.[ch])
}

layout()
{
	"$scripts/setup.sh" clang-format
	cd "$project"
	for file in nmr_*/*.[ch] include/linux/*.h samples/hello/*.[ch] \
		samples/ticks/*.[ch] samples/third_module/*.c; do
		clang-format "$file" | diff -wB -u --label "$file" --label formatted \
			"$file" - || status=1
	done
	return "${status:-0}"
}

scripts_lint()
{
	"$scripts/setup.sh" shellcheck
	(cd "$project" && shellcheck -f gcc scripts/*.sh kunit/*.sh testing/*/*.sh .ci/run)
}

# build KDIR [MAKE ARGUMENT...]: makes file names in complaints relative.
build()
{
	rm -rf "$work/build"
	mkdir "$work/build"
	"$scripts/build.sh" "$work/build" "$@" CONFIG_NMR_BENCH=m CONFIG_NMR_STORM=m \
		CONFIG_NMR_SCALE=m >"$work/built" 2>&1 && status=0 || status=1
	sed "s|$work/build/||g" "$work/built"
	return "$status"
}

with_gcc()
{
	kernel=$("$vm/kernel-package.sh" "$1") || return
	build "$kernel/build" W=1
}

with_clang()
{
	headers=$("$scripts/clang-headers.sh" "$1") || return
	build "$headers" LLVM=1 W=1
}

with_sparse()
{
	kernel=$("$vm/kernel-package.sh" "$1") || return
	"$scripts/setup.sh" sparse
	build "$kernel/build" C=2
}

step "checkpatch --strict" checkpatch
step "clang-format" layout
step "kernel-doc" kernel_doc
step "shellcheck" scripts_lint
step "README quotes what is there" "$scripts/readme-quotes.sh"
step "contract names its tests" "$scripts/contract-tests.sh"
step "documents" "$scripts/docs.sh"
for series in 6.12 6.1; do
	step "gcc W=1, $series" with_gcc $series
	step "clang W=1, $series" with_clang $series
	step "sparse, $series" with_sparse $series
done
exit $failed
