# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# shellcheck disable=SC2034,SC2154 # for those that source it, and from them
#
# What the scripts share, to be sourced by one that has set $project to the
# checkout: its folders, the cache and its lock, and how to complain. Everything
# fetched, unpacked or built goes below $NMR_CACHE, which may be deleted at any
# time.

here=$(cd "$(dirname "$0")" && pwd)
scripts=$project/scripts
vm=$project/testing/vm

NMR_CACHE=${NMR_CACHE:-$HOME/.cache/nmr}
export NMR_CACHE
mkdir -p "$NMR_CACHE"

# What goes on; not for those who have to be silent when all is well.
say()
{
	[ "${NMR_QUIET:-}" ] || echo "$*" >&2
}

die()
{
	echo "${here#"$project/"}/${0##*/}: $*" >&2
	exit 1
}

# Hold the cache's lock of this name until the script ends: a second run waits,
# and then finds the work done.
lock()
{
	exec 9>"$NMR_CACHE/.lock-$1"
	flock 9
}

# Make $work, a folder in the cache that is gone when the script ends.
workdir()
{
	work=$(mktemp -d "$NMR_CACHE/${0##*/}.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
}
