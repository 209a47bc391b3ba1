#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kernel-package.sh SERIES|VERSION
# Prints the path of an unpacked stock kernel of Debian, the newest of the series or
# exactly that version: PATH/vmlinuz is its image, PATH/build has its headers,
# PATH/modules its modules.
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

wanted=${1:?usage: kernel-package.sh SERIES|VERSION}
flavour=cloud-amd64

exists()
{
	apt-cache show "linux-image-$1" "linux-headers-$1" >/dev/null 2>&1
}

# A series has one dot (6.12), a version more (6.1.0-NN, 6.12.NNN+deb12).
resolve()
{
	case $wanted in
	*.*.*)	echo "${wanted%-"$flavour"}-$flavour" ;;
	*)	apt-cache pkgnames "linux-headers-$wanted." |
			sed -n "s/^linux-headers-\(.*-$flavour\)\$/\1/p" | sort -rV ;;
	esac | while read -r candidate; do
		if exists "$candidate"; then
			echo "$candidate"
			break
		fi
	done
}

# The headers need their common half and the build tools of their version.
companions()
{
	apt-cache depends "linux-headers-$1" |
		sed -n 's/.*Depends: \(linux-\(headers\|kbuild\)-.*\)/\1/p'
}

lock kernel
release=$(resolve)
if [ -z "$release" ]; then
	apt-get -qq update || :
	release=$(resolve)
fi
[ "$release" ] || die "no packaged kernel $wanted-$flavour"

kernel=$NMR_CACHE/kernel/$release
if [ ! -d "$kernel" ]; then
	say "fetching $release"
	workdir
	# shellcheck disable=SC2046 # a list of words
	"$vm/fetch-package.sh" "$work/kernel" "linux-image-$release" \
		"linux-headers-$release" $(companions "$release")
	ln -s "lib/modules/$release/kernel" "$work/kernel/modules"
	ln -s "boot/vmlinuz-$release" "$work/kernel/vmlinuz"
	ln -s "usr/src/linux-headers-$release" "$work/kernel/build"
	# shellcheck disable=SC2016 # make expands it
	sed -i 's|/usr/src/|$(dir $(lastword $(MAKEFILE_LIST)))../|' \
		"$work/kernel/build/Makefile"
	mkdir -p "$NMR_CACHE/kernel"
	mv "$work/kernel" "$kernel"
fi

# Build with the compiler that the kernel was built with.
compiler=$(sed -n 's/^CC = .*)//p' "$kernel/build/.kernelvariables")
"$scripts/setup.sh" make libc6-dev "$compiler"
echo "$kernel"
