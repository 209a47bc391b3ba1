# SPDX-License-Identifier: GPL-2.0
#
# Prints the lines of measure.sh as a table for people, with a column for each number
# of others, if there are several. The work of several processors follows the same
# work of one.
BEGIN { FS = "," }
/^#/ { print substr($0, 3); next }
$1 == "work" { next }
!($1 in count) { work[++works] = $1; unit[$1] = $4 }
{
	if (!(($1, $2) in known)) {
		known[$1, $2] = 1
		name[$1, ++names[$1]] = $2
	}
	if (!(($1, $3) in column)) {
		column[$1, $3] = ++count[$1]
		among[$1, count[$1]] = $3
	}
	if ($5 == "-") {
		lacks[$1, $2] = $4
	} else {
		unit[$1] = $4
		best[$1, $2, $3] = $5
		median[$1, $2, $3] = $6
	}
}

# Without decimals, except for small numbers.
function number(value, u) {
	if (value == "")
		return "-"
	if (u == "times one")
		return sprintf("%.2f", value)
	return sprintf(value < 1000 ? "%.1f" : "%.0f", value)
}

function one(w,   i, n) {
	printf "\n%-46s%12s%12s\n", w ", " unit[w], "best", "median"
	for (i = 1; i <= names[w]; i++) {
		n = name[w, i]
		if ((w, n) in lacks)
			printf "  %-44s  %s\n", n, lacks[w, n]
		else
			printf "  %-44s%12s%12s\n", n,
			       number(best[w, n, among[w, 1]], unit[w]),
			       number(median[w, n, among[w, 1]], unit[w])
	}
}

function several(w, what, values,   i, j, n) {
	printf "\n%s, %s, %s; others:\n%-20s", w, what, unit[w], ""
	for (j = 1; j <= count[w]; j++)
		printf "%10s", among[w, j]
	print ""
	for (i = 1; i <= names[w]; i++) {
		n = name[w, i]
		printf "  %-18s", n
		if ((w, n) in lacks) {
			print "  " lacks[w, n]
			continue
		}
		for (j = 1; j <= count[w]; j++)
			printf "%10s", number(values[w, n, among[w, j]], unit[w])
		print ""
	}
}

function table(w) {
	if (!(w in count))
		return
	if (count[w] == 1) {
		one(w)
	} else {
		several(w, "best", best)
		several(w, "median", median)
	}
}

END {
	for (k = 1; k <= works; k++) {
		alone = work[k]
		if (sub(/ on (two|four) processors$/, "", alone) && alone in count)
			continue
		table(work[k])
		table(work[k] " on two processors")
		table(work[k] " on four processors")
	}
}
