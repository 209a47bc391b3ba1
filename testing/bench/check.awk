# SPDX-License-Identifier: GPL-2.0
#
# Compares two files of measure.sh's lines, the kept one first. Fails if one of
# the registrar's own lines, whose names begin so, got worse by more than the
# tolerance. Where the kept line was not steady, its median counts: a kernel that
# lies otherwise in memory may have another best. Another kernel and compiler change the alternatives as well, either
# way: there a line must have got worse in itself and against them.
BEGIN {
	FS = ","
	tolerance = 1.05
}
FNR == 1 { file++ }
/^# (kernel|compiler) / { with[file] = with[file] $0 ";" }
/^#/ || $1 == "work" { next }
{ key = $1 "," $2 "," $3 }
file == 1 && $5 != "-" {
	best[key] = $5
	kept[key] = ($6 > $5 * tolerance) ? $6 : $5
	if ($2 ~ /^nmr/)
		ours[++lines] = key
	else
		others[$1] = others[$1] "\n" $2 "," $3
}
file == 2 { measured[key] = $5 }

function known(key) {
	return kept[key] > 0 && measured[key] > 0
}

# How much slower the alternatives to a line are with this kernel and compiler:
# the geometric mean, over those of the same work.
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
	print same ? "as the kept ones, in instructions" : \
	      "another kernel or compiler: also against the alternatives of this run"
	for (i = 1; i <= lines; i++) {
		key = ours[i]
		if (!known(key)) {
			printf "FAIL bench: %s: was %s, is %s\n", key, kept[key],
			       key in measured ? measured[key] : "not there"
			failed = 1
			continue
		}
		factor = measured[key] / kept[key]
		if (!same && alternatives(key) > 1)
			factor /= alternatives(key)
		printf "%-4s bench: %s: was %s, is %s, %+.1f%%\n",
		       (factor > tolerance) ? "FAIL" : "ok", key, kept[key],
		       measured[key], 100 * (factor - 1)
		if (factor > tolerance)
			failed = 1
		if (measured[key] < best[key] * (2 - tolerance))
			better = 1
	}
	for (key in measured)
		if (key ~ /,nmr/ && !(key in kept))
			print "not kept: " key
	if (better && same)
		print "some got better: make bench-keep"
	exit failed
}
