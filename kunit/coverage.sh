#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# coverage.sh
# Line and branch coverage of nmr_core/ by the suites, with gcov. Fails if it is
# too low, on an unreached line without a reason in kunit/unreached, and on a line
# listed there that is reached.
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)
. "$project/scripts/common.sh"
. "$project/kunit/lib.sh"

kunit_prepare coverage
workdir
echo 'GCOV_PROFILE := y' >>"$overlay/drivers/nmr/nmr_core/Kbuild"
kunit_py build "$here/configs/module.config" --jobs="$(nproc)" \
	--kunitconfig="$here/configs/coverage.config" >"$build/kunit.out" ||
	{ cat "$build/kunit.out"; die "no kernel was built"; }
kunit_boot "$build/test.log" "$build/covered" "" "" each
kunit_parse "$build/test.log" "$build/kunit.out" || {
	cat "$build/kunit.out"
	die "failed; the kernel's log: $build/test.log"
}
kunit_judge "$build/kunit.out" "$build/test.log"

# The .gcda of each object beside its .gcno.
tr -d '\r' <"$build/covered" | base64 -d -i | tar -C "$work" -x -f -
find "$work" -name '*.gcda' -exec cp -t "$build/drivers/nmr/nmr_core" {} +
cd "$work"
for gcda in "$build"/drivers/nmr/nmr_core/*.gcda; do
	gcov -b -c -o "${gcda%.gcda}.o" "$gcda" >>gcov.log 2>&1
done

# Not the headers' inline functions: those count with each file.
set --
for file in "$project"/nmr_core/*.c; do
	[ ! -e "${file##*/}.gcov" ] || set -- "$@" "${file##*/}.gcov"
done

# In foo.c.gcov: ' #####: 12:...' is a line, 'branch 0 never' a branch not taken.
awk -v least_lines=95 -v least_branches=90 '
function trim(text) {
	gsub(/^[ \t]+|[ \t]+$/, "", text)
	return text
}
FILENAME ~ /unreached$/ {
	if (/^[ \t]/) {
		for (i = 1; i <= pending; i++)
			reason[entry[i]] = reason[entry[i]] " " trim($0)
		reasoned = 1
	} else if (!/^(#|$)/) {
		if (reasoned)
			pending = reasoned = 0
		entry[++pending] = $0
	}
	next
}
FNR == 1 {
	file = FILENAME
	sub(/\.gcov$/, "", file)
	files[++count] = file
}
/^branch/ {
	branches[file]++
	if ($3 == "taken" && $4 + 0 > 0)
		taken[file]++
	next
}
/^ *[0-9#=]+\*?:/ {
	lines[file]++
	if (/^ *[0-9]/) {
		reached[file]++
		next
	}
	line = $0
	sub(/^[^:]*: *[0-9]+:/, "", line)
	line = file ": " trim(line)
	missed[++misses] = line
	met[line] = 1
}
function percent(part, whole) {
	return whole ? 100 * part / whole : 100
}
function row(name, l, r, b, t) {
	printf "%-16s %6d %7.1f%% %9d %7.1f%%\n", name, l, percent(r, l), b,
	       percent(t, b)
}
function complain(text) {
	print "FAIL coverage: " text
	bad = 1
}
END {
	printf "%-16s %6s %8s %9s %8s\n", "file", "lines", "", "branches", ""
	for (i = 1; i <= count; i++) {
		file = files[i]
		row(file, lines[file], reached[file], branches[file], taken[file])
		l += lines[file]; r += reached[file]
		b += branches[file]; t += taken[file]
	}
	row("all", l, r, b, t)
	print "\nnot reached:"
	for (i = 1; i <= misses; i++)
		print missed[i] "\n\t" (missed[i] in reason ? trim(reason[missed[i]]) : "?")
	for (i = 1; i <= misses; i++)
		if (!(missed[i] in reason))
			complain("not reached, without a reason: " missed[i])
	for (line in reason)
		if (!(line in met) && reason[line] !~ /in some runs only/)
			complain("listed as unreached, but reached: " line)
	if (percent(r, l) < least_lines)
		complain("less than " least_lines "% of lines")
	if (percent(t, b) < least_branches)
		complain("less than " least_branches "% of branches")
	exit bad
}' "$here/unreached" "$@"
