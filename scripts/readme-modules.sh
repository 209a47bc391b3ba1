#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# readme-modules.sh NMR KDIR
# Builds the README's example modules against the registrar that was built in NMR.
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)
. "$project/scripts/common.sh"

nmr=$1
kdir=$2
workdir

# Each C block begins with a comment that has its file name.
awk -v dir="$work" '
	/^```c$/ { getline; file = dir "/" $2; next }
	/^```/	 { file = "" }
	file	 { print >file }
' "$project/README.md"
cat >"$work/hello.h" <<'END'
#include <linux/uuid.h>

static const guid_t hello_npi = GUID_INIT(0x2b7e1516, 0x28ae, 0xd2a6, 0xab, 0xf7,
					  0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c);
struct hello_dispatch {
	void (*hello)(void);
};
END
cat >"$work/Kbuild" <<END
ccflags-y := -I$nmr/include
obj-m := hello_provider.o hello_client.o
END
unset MAKEFLAGS
make -s -C "$kdir" M="$work" KBUILD_EXTRA_SYMBOLS="$nmr/Module.symvers" \
	CONFIG_DEBUG_INFO_BTF_MODULES= modules
