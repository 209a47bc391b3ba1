#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kunit-log.sh LOG
# Fails, and shows where, if a kernel's log has a word of something bad in it.
set -eu

log=${1:?usage: kunit-log.sh LOG}
bad='WARNING:|BUG:|INFO:|KASAN|KCSAN: |UBSAN|Oops|Kernel panic|ODEBUG'
bad="$bad|suspicious RCU|possible [a-z ]*deadlock|bad unlock balance"
bad="$bad|inconsistent lock state|unreferenced object|Call Trace|refcount_t:"
bad="$bad|sleeping function called|scheduling while atomic|self-detected stall"

if grep -nE -A 30 "$bad" "$log" >&2; then
	echo "${0##*/}: that should not be in the kernel's log, $log" >&2
	exit 1
fi
