#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kunit-module.sh
# The suites as nmr_kunit.ko: boots a kernel that has KUnit, loads the modules,
# and has kunit.py parse what they wrote to the log. See kunit-lib.sh for the
# environment.
set -eu
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/kunit-lib.sh"

kunit_prepare module
kunit_py build "$suites/configs/module.config" --jobs="$(nproc)"
"$scripts/initramfs.sh" "$build/initramfs" "$scripts/guest-kunit.sh" \
	"$build/drivers/nmr/nmr_core/nmr_core.ko" \
	"$build/drivers/nmr/kunit/nmr_kunit.ko"
"$scripts/qemu.sh" -t "$seconds" "$build/arch/x86/boot/bzImage" \
	"$build/initramfs" loglevel=8 tsc=reliable run=/guest-kunit.sh \
	>"$build/test.log" 2>&1 || :

# Of the kernel's own run at boot, with no suite in it, the parser must not see
# the end: a module's suites come without a plan.
{
	echo 'KTAP version 1'
	tr -d '\r' <"$build/test.log" | sed '1,/^1\.\.0/d'
} >"$build/ktap"
failed=
python3 "$overlay/tools/testing/kunit/kunit.py" parse "$build/ktap" \
	>"$build/kunit.out" || failed=1
cat "$build/kunit.out"
kunit_judge "$build/kunit.out" "$build/test.log"
[ ! "$failed" ] || die "failed; the kernel's log: $build/test.log"
