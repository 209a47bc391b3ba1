#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# module.sh
# Runs the suites as nmr_kunit.ko: boots a kernel with KUnit, loads the modules, and
# parses their log with kunit.py. See lib.sh for the environment.
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)
. "$project/scripts/common.sh"
. "$project/kunit/lib.sh"

kunit_prepare module
kunit_py build "$here/configs/module.config" --jobs="$(nproc)"
kunit_boot "$build/test.log" "$build/covered" "" "" each
failed=
kunit_parse "$build/test.log" "$build/kunit.out" || failed=1
cat "$build/kunit.out"
kunit_judge "$build/kunit.out" "$build/test.log"
[ ! "$failed" ] || die "failed; the kernel's log: $build/test.log"
