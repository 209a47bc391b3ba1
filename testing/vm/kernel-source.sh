#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kernel-source.sh SERIES
# Prints the path of the full source tree of Debian's linux-source-SERIES. Unpacks it
# into the cache if it is missing or of another package version.
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

package=linux-source-${1:?usage: kernel-source.sh SERIES}
tree=$NMR_CACHE/src/$package
stamp=$tree/.nmr-package-version
tarball=/usr/src/$package.tar.xz

installed_version()
{
	[ -f "$tarball" ] && dpkg-query -W -f '${Version}' "$package" 2>/dev/null
}

candidate_version()
{
	apt-cache show --no-all-versions "$package" 2>/dev/null |
		sed -n 's/^Version: //p'
}

lock "$package"
version=$(installed_version || candidate_version)
if [ -z "$version" ]; then
	apt-get -qq update || :
	version=$(candidate_version)
fi
[ "$version" ] || die "no package $package"

if [ "$(cat "$stamp" 2>/dev/null)" != "$version" ]; then
	say "unpacking $package $version"
	"$scripts/setup.sh" xz-utils
	workdir
	if ! installed_version >/dev/null; then
		"$vm/fetch-package.sh" "$work/package" "$package"
		tarball=$work/package$tarball
	fi
	tar -C "$work" -xf "$tarball"
	echo "$version" >"$work/$package/.nmr-package-version"
	mkdir -p "$NMR_CACHE/src"
	[ ! -e "$tree" ] || mv "$tree" "$work/old"
	mv "$work/$package" "$tree"
fi
echo "$tree"
