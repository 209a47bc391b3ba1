#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# setup.sh PACKAGE...
# Installs those of the Debian packages that are missing; only that needs root.
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)
. "$project/scripts/common.sh"

missing=
for package; do
	status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || :)
	[ "$status" = installed ] || missing="$missing $package"
done
[ "$missing" ] || exit 0
[ "$(id -u)" -eq 0 ] || die "not root, please install:$missing"

lock setup
say "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
# shellcheck disable=SC2086 # a list of words
apt-get -qq -o DPkg::Lock::Timeout=600 install --no-install-recommends \
	$missing >"$NMR_CACHE/setup.log" 2>&1 </dev/null ||
	{ cat "$NMR_CACHE/setup.log" >&2; die "could not install:$missing"; }
