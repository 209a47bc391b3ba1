#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# overlay.sh TREE NAME
# Prints the path of a kernel tree in the cache: TREE, with the project as
# drivers/nmr. It consists of links; TREE itself is never changed. Files of the
# project are copied if their text changed, so that make rebuilds only what differs
# from the last run, even from another checkout.
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)
. "$project/scripts/common.sh"

usage="usage: overlay.sh TREE NAME"
tree=${1:?$usage}
overlay=$NMR_CACHE/kunit/tree-${2:?$usage}

# Links everything in a folder of the tree, except what find's arguments exclude.
link_folder()
{
	folder=$1
	shift
	mkdir -p "$overlay/$folder"
	find "$overlay/$folder" -maxdepth 1 -type l -delete
	find "$tree/$folder" -mindepth 1 -maxdepth 1 "$@" \
		-exec ln -s -t "$overlay/$folder" {} +
}

update()
{
	if ! cmp -s "$1" "$2"; then
		mkdir -p "${2%/*}"
		cp "$1" "$2"
	fi
}

# Copies a file of the tree with a line appended.
append()
{
	{ cat "$tree/$1"; echo "$2"; } >"$overlay/.new"
	update "$overlay/.new" "$overlay/$1"
	rm "$overlay/.new"
}

[ -f "$tree/tools/testing/kunit/kunit.py" ] ||
	die "$tree is no kernel tree with kunit.py"
# make refuses to build elsewhere what was built in place.
if [ -e "$tree/.config" ] || [ -e "$tree/include/config" ]; then
	die "$tree was built in place: make mrproper there, or give a clean tree"
fi

link_folder . ! -name drivers ! -name tools ! -name '.*'
link_folder drivers ! -name Kconfig ! -name Makefile ! -name nmr
append drivers/Kconfig 'source "drivers/nmr/Kconfig"'
# shellcheck disable=SC2016 # for make to expand
append drivers/Makefile 'obj-$(CONFIG_NMR_CORE) += nmr/'

# kunit.py builds the tree that it is in, links resolved: copy it.
link_folder tools ! -name testing
link_folder tools/testing ! -name kunit
rm -rf "$overlay/tools/testing/kunit"
cp -r "$tree/tools/testing/kunit" "$overlay/tools/testing/kunit"

sources()
{
	cd "$1" && find . \( -name Kbuild -o -name Kconfig -o -name '*.[ch]' \) \
		! -name '*.mod.c' ! -path './.*' | sort
}

nmr=$overlay/drivers/nmr
mkdir -p "$nmr"
sources "$nmr" | while read -r file; do
	[ -e "$project/$file" ] || rm "$nmr/$file"
done
sources "$project" | while read -r file; do
	update "$project/$file" "$nmr/$file"
done
echo "$overlay"
