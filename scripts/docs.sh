#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# docs.sh
# Builds the pages of Documentation/ and prints where they are. A warning is an
# error.
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)
. "$project/scripts/common.sh"

"$scripts/setup.sh" python3-sphinx
NMR_KERNEL_SOURCE=$("$vm/kernel-source.sh" 6.12)
export NMR_KERNEL_SOURCE
workdir

# What kernel-doc complains of does not fail Sphinx.
PYTHONDONTWRITEBYTECODE=1 sphinx-build -q -W --keep-going -b html -d "$work/doctrees" \
	"$project/Documentation" "$work/html" 2>"$work/complaints" ||
	{ cat "$work/complaints" >&2; die "the documents do not build"; }
[ ! -s "$work/complaints" ] || { cat "$work/complaints" >&2; die "kernel-doc complains"; }

rm -rf "$NMR_CACHE/docs"
mv "$work/html" "$NMR_CACHE/docs"
say "$NMR_CACHE/docs/index.html"
