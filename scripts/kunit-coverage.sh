#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kunit-coverage.sh
# What of nmr_core/ the suites reach, line by line and branch by branch, by gcov.
set -eu
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/kunit-lib.sh"

kunit_prepare coverage
workdir
echo 'GCOV_PROFILE := y' >>"$overlay/drivers/nmr/nmr_core/Kbuild"
kunit_py build "$suites/configs/module.config" --jobs="$(nproc)" \
	--kunitconfig="$suites/configs/coverage.config" >"$build/kunit.out" ||
	{ cat "$build/kunit.out"; die "no kernel was built"; }
kunit_boot "$build/test.log" "$build/covered"
kunit_parse "$build/test.log" "$build/kunit.out" || cat "$build/kunit.out"
kunit_judge "$build/kunit.out" "$build/test.log"

# The counts of each object beside what the compiler wrote of its lines.
tr -d '\r' <"$build/covered" | base64 -d -i | tar -C "$work" -x -f -
find "$work" -name '*.gcda' -exec cp -t "$build/drivers/nmr/nmr_core" {} +
cd "$work"
for gcda in "$build"/drivers/nmr/nmr_core/*.gcda; do
	gcov -b -c -o "${gcda%.gcda}.o" "$gcda" >>gcov.log 2>&1
done

# Not the headers' inline functions: those count with each file.
set --
for file in "$suites"/../nmr_core/*.c; do
	[ ! -e "${file##*/}.gcov" ] || set -- "$@" "${file##*/}.gcov"
done

# In foo.c.gcov: ' #####: 12:...' is a line, 'branch 0 never' a branch not taken.
awk '
FNR == 1 { file = FILENAME; sub(/\.gcov$/, "", file) }
/^branch/ {
	branches[file]++
	if ($3 == "taken" && $4 + 0 > 0)
		taken[file]++
	next
}
$1 ~ /^[0-9#=]+\*?:$/ {
	lines[file]++
	if ($1 ~ /^[#=]/)
		missed[file] = missed[file] "\n  " file ":" $0
	else
		reached[file]++
}
function row(name, l, r, b, t) {
	printf "%-18s %5d %7.1f%% %8d %7.1f%%\n", name, l, l ? 100 * r / l : 100,
	       b, b ? 100 * t / b : 100
}
END {
	printf "%-18s %5s %8s %8s %8s\n", "file", "lines", "", "branches", ""
	for (file in lines) {
		row(file, lines[file], reached[file], branches[file], taken[file])
		l += lines[file]; r += reached[file]
		b += branches[file]; t += taken[file]
	}
	row("all", l, r, b, t)
	print "not reached:"
	for (file in missed)
		print substr(missed[file], 2)
}' "$@"
