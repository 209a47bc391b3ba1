#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# check.sh
# Looks for what is wrong with the sources and can be seen without running them.
# Prints complaints only; with V=1 a line for each step as well.
#
# shellcheck disable=SC2317 # step calls the functions
set -eu
. "$(dirname "$0")/common.sh"

NMR_QUIET=1
export NMR_QUIET
scripts=$(dirname "$0")
failed=0
workdir

# step NAME COMMAND...: all is well when the command succeeds and says nothing.
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
	cd "$scripts/.."
	find . -type f \( -name '*.[ch]' ! -name '*.mod.c' -o -name '*.rst' \
		-o -name Kbuild -o -name Kconfig -o -name Makefile \) -print0
}

# FILE_PATH_CHANGES is about MAINTAINERS, LINUX_VERSION_CODE about code that
# lives in one kernel's tree only.
checkpatch()
{
	tree=$("$scripts/kernel-source.sh" 6.12)
	sources | (cd "$scripts/.." && xargs -0 "$tree/scripts/checkpatch.pl" -f \
		--no-tree --strict --quiet --no-summary --show-types --terse \
		--ignore FILE_PATH_CHANGES,LINUX_VERSION_CODE)
}

kernel_doc()
{
	tree=$("$scripts/kernel-source.sh" 6.12)
	(cd "$scripts/.." && "$tree/scripts/kernel-doc" -none -Wall \
		include/linux/*.h nmr_*/*.[ch])
}

scripts_lint()
{
	"$scripts/setup.sh" shellcheck
	(cd "$scripts/.." && shellcheck -f gcc scripts/*.sh .ci/run)
}

# build KDIR [MAKE ARGUMENT...]: complaints name the files as the checkout does.
build()
{
	rm -rf "$work/build"
	mkdir "$work/build"
	"$scripts/build.sh" "$work/build" "$@" CONFIG_NMR_BENCH=m CONFIG_NMR_STORM=m \
		>"$work/built" 2>&1 && status=0 || status=1
	sed "s|$work/build/||g" "$work/built"
	return "$status"
}

with_gcc()
{
	kernel=$("$scripts/kernel-package.sh" "$1") || return
	build "$kernel/build" W=1
}

readme()
{
	"$scripts/readme-modules.sh" "$work/build" "$kernel/build"
}

with_clang()
{
	headers=$("$scripts/clang-headers.sh" "$1") || return
	build "$headers" LLVM=1 W=1
}

with_sparse()
{
	kernel=$("$scripts/kernel-package.sh" "$1") || return
	"$scripts/setup.sh" sparse
	build "$kernel/build" C=2
}

step "checkpatch --strict" checkpatch
step "kernel-doc" kernel_doc
step "shellcheck" scripts_lint
for series in 6.12 6.1; do
	step "gcc W=1, $series" with_gcc $series
	step "README's modules, $series" readme
	step "clang W=1, $series" with_clang $series
	step "sparse, $series" with_sparse $series
done
exit $failed
