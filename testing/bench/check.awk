# SPDX-License-Identifier: GPL-2.0
#
# Compares two files of measure.sh's lines, the baseline first. Fails if one of the
# registrar's own lines, whose names begin with nmr, is worse by more than the
# tolerance. Where the baseline's best and median differ by more than that, its
# median counts: with another memory layout the best may not be reached. Another
# kernel or compiler changes the alternatives as well: then a line fails only if it
# is worse both in itself and in proportion to them. Life cycles and
# deregistrations with a rundown or a gate include switches to workers and back, which
# vary: they may be 20% worse.
BEGIN { FS = "," }
FNR == 1 { file++ }
/^# (kernel|compiler) / { with[file] = with[file] $0 ";" }
/^#/ || $1 == "work" { next }
{ key = $1 "," $2 "," $3 }

function tolerance(key) {
	return (key ~ / (cycle|deregister),nmr with /) ? 1.2 : 1.05
}

file == 1 && $5 != "-" {
	best[key] = $5
	kept[key] = ($6 > $5 * tolerance(key)) ? $6 : $5
	if ($2 ~ /^nmr/)
		ours[++lines] = key
	else
		others[$1] = others[$1] "\n" $2 "," $3
}
file == 2 { measured[key] = $5 }

function known(key) {
	return kept[key] > 0 && measured[key] > 0
}

# How much slower the alternatives to a line are with this kernel and compiler: the
# geometric mean over the lines of the same work.
function alternatives(key,   field, list, n, i, other, sum, count) {
	split(key, field, ",")
	n = split(others[field[1]], list, "\n")
	for (i = 1; i <= n; i++) {
		other = field[1] "," list[i]
		if (list[i] != "" && known(other)) {
			sum += log(measured[other] / kept[other])
			count++
		}
	}
	return count ? exp(sum / count) : 1
}

END {
	same = with[1] == with[2]
	print same ? "in instructions, against the baseline" : \
	      "another kernel or compiler: also against the alternatives of this run"
	for (i = 1; i <= lines; i++) {
		key = ours[i]
		if (!known(key)) {
			printf "FAIL bench: %s: was %s, is %s\n", key, kept[key],
			       key in measured ? measured[key] : "missing"
			failed = 1
			continue
		}
		factor = measured[key] / kept[key]
		if (!same && alternatives(key) > 1)
			factor /= alternatives(key)
		printf "%-4s bench: %s: was %s, is %s, %+.1f%%\n",
		       (factor > tolerance(key)) ? "FAIL" : "ok", key, kept[key],
		       measured[key], 100 * (factor - 1)
		if (factor > tolerance(key))
			failed = 1
		if (measured[key] < best[key] * (2 - tolerance(key)))
			better = 1
	}
	for (key in measured)
		if (key ~ /,nmr/ && !(key in kept))
			print "not in the baseline: " key
	if (better && same)
		print "some lines are better: make bench-keep"
	exit failed
}
