# SPDX-License-Identifier: GPL-2.0
#
# awk -f log.awk LOG
# Checks a storm's log (dmesg -r) and prints everything that is bad in it. For each
# time that a module logs that it forgets a duty, one warning about abandoned
# registrations is expected; no other warning is.

function bad(text)
{
	if (++complaints <= 100)
		print text
}

# "<7>[  123.456789] text", or a continuation line without the prefix.
{
	level = 6
	line = $0
	if (match(line, /^<[0-9]+>/)) {
		level = substr(line, 2, RLENGTH - 2) % 8
		line = substr(line, RLENGTH + 1)
	}
}

line ~ / nmr_[a-z0-9_]+: forgets to / {
	match(line, /nmr_[a-z0-9_]+: forgets/)
	forgot[substr(line, RSTART, RLENGTH - 9)]++
}

# The other processor's trace lines may be interleaved.
line ~ / nmr_core: .* result=/ { next }

# The warning, and its lines about each registration.
match(line, / nmr_core: nmr_[a-z0-9_]+: unloaded while still registered;/) {
	name = substr(line, RSTART + 11, RLENGTH - 11)
	sub(/:.*/, "", name)
	warned[name]++
	next
}
line ~ / nmr_core: nmr_[a-z0-9_]+#[0-9]+: (not deregistered|deregistered, but not waited for)$/ { next }

# From the watchdog's chapter; in the storm nothing takes as long as its 10 s.
line ~ / nmr_core: nmr_storm_provider1#[01]: deregistering for [124] s: / { next }
line ~ /loading out-of-tree module taints kernel/ { next }

# The kernel's own reports of an injected allocation failure.
line ~ / insmod: vmalloc error: / {
	out_of_memory = NR
	next
}
line ~ /Call Trace:/ && out_of_memory && NR < out_of_memory + 10 {
	out_of_memory = 0
	next
}
line ~ / nmr_[a-z0-9_]+: Unknown symbol [a-z_]+ \(err -12\)/ { next }

line ~ /WARNING|BUG|INFO:|Oops|KASAN|KFENCE|UBSAN|ODEBUG|refcount_t|Call Trace/ ||
line ~ /possible .*(locking|deadlock)|inconsistent lock state|suspicious RCU|bad unlock/ ||
line ~ /rcu.*stall|soft lockup|blocked for more than|general protection|unreferenced object/ ||
line ~ /Objects remaining|still has objects|scheduling while atomic|sleeping function/ ||
(level <= 4 && line ~ / (nmr_[a-z0-9_]+|third_module): /) {
	bad(line)
	shown = 30
	next
}

shown > 0 {
	shown--
	bad("  " line)
}

END {
	for (module in forgot) {
		times += forgot[module]
		if (forgot[module] != warned[module] + 0)
			bad(module " forgot " forgot[module] " times, reported " warned[module] + 0)
	}
	for (module in warned)
		if (!(module in forgot))
			bad(module " reported " warned[module] " times, but forgot nothing")
	if (!complaints)
		print times + 0 " forgotten duties, each reported once with the name"
	exit !times || complaints > 0
}
