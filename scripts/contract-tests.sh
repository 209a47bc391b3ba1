#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# contract-tests.sh
# Complains about KUnit cases that Documentation/contract.rst names and kunit/ does
# not have.
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)

cd "$project"
# shellcheck disable=SC2016 # RST's quotes
grep -o '``nmr_[a-z_]*\.[a-z0-9_]*``' Documentation/contract.rst | tr -d '`' | sort -u |
	while IFS=. read -r suite case; do
		grep -qw "KUNIT_CASE.*($case" kunit/*_test.c ||
			echo "no such case: $suite.$case"
	done
