#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# fetch-package.sh DIRECTORY PACKAGE...
# Downloads Debian packages and unpacks them below DIRECTORY; installs nothing.
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

target=$1
shift
mkdir -p "$target"
workdir
cd "$work"

fetch()
{
	apt-get -qq -o APT::Sandbox::User=root download "$@" >log 2>&1
}

# The lists may name a package that has since been replaced.
if ! fetch "$@"; then
	apt-get -qq update || die "apt-get update failed"
	fetch "$@" || { cat log >&2; die "could not download $*"; }
fi
for package in ./*.deb; do
	dpkg -x "$package" "$target"
done
