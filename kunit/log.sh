#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# log.sh LOG
# Fails, and shows where, if a kernel's log has a warning or worse. Only KCSAN
# reports with a function of this project count, as the kernel has data races of its
# own. One of those is inlined here: rhashtable reads a bucket, whose lock is a bit
# of it, while another processor tries that lock.
set -eu

log=${1:?usage: log.sh LOG}
bad='WARNING:|BUG:|INFO:|KASAN|UBSAN|Oops|Kernel panic|ODEBUG'
bad="$bad|suspicious RCU|possible [a-z ]*deadlock|bad unlock balance"
bad="$bad|inconsistent lock state|unreferenced object|refcount_t:"
bad="$bad|sleeping function called|scheduling while atomic|self-detected stall"

without_others_races()
{
	awk '
	/^(\[[^]]*\] ?)?=+$/ && !report { rule = $0; next }
	/BUG: KCSAN:/ {
		report = 1
		text = ""
		ours = 0
		bucket = / rht_(try_)?(un)?lock(\.| |$)/
	}
	report {
		text = text $0 "\n"
		ours = !bucket && (ours || /nmr_|tally_/)
		if (/^(\[[^]]*\] ?)?=+$/) {
			if (ours)
				printf "%s", text
			report = 0
		}
		next
	}
	{ print }' "$log"
}

if without_others_races | grep -nE -A 30 "$bad" >&2; then
	echo "${0##*/}: unexpected in the kernel's log, $log" >&2
	exit 1
fi
