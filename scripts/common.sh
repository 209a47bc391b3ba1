# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# shellcheck disable=SC2034,SC2154 # variables shared with the sourcing scripts
#
# Common to the scripts, which source it after setting $project to the checkout:
# directories, the cache and its locks, and error messages. Everything that is
# fetched, unpacked or built goes below $NMR_CACHE, which may be deleted at any time.

here=$(cd "$(dirname "$0")" && pwd)
scripts=$project/scripts
vm=$project/testing/vm

NMR_CACHE=${NMR_CACHE:-$HOME/.cache/nmr}
export NMR_CACHE
mkdir -p "$NMR_CACHE"

# Progress messages, unless NMR_QUIET is set.
say()
{
	[ "${NMR_QUIET:-}" ] || echo "$*" >&2
}

die()
{
	echo "${here#"$project/"}/${0##*/}: $*" >&2
	exit 1
}

# Hold the cache's lock of this name until the script ends: a concurrent run waits,
# and then finds the work done.
lock()
{
	exec 9>"$NMR_CACHE/.lock-$1"
	flock 9
}

# Make $work, a directory in the cache that is removed when the script ends.
workdir()
{
	work=$(mktemp -d "$NMR_CACHE/${0##*/}.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
}
