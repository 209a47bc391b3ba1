#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# plot.sh [SERIES|VERSION]
# Plots the last measurement over the number of other registrations, as SVG beside
# the CSV.
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

kernel=$("$vm/kernel-package.sh" "${1:-6.12}")
lines=$NMR_CACHE/bench/${kernel##*/}.csv
[ -e "$lines" ] || lines=$("$here/measure.sh" "${1:-6.12}")
"$scripts/setup.sh" gnuplot-nox

# plot WORK FILE
plot()
{
	{
		cat <<-GNUPLOT
		set terminal svg size 860,480 font "sans,14"
		set output "$2"
		set datafile separator ","
		set datafile commentschars "#"
		set logscale xy
		set format xy "%.0f"
		set xlabel "other registrations"
		set ylabel "instructions"
		set title "$1"
		set key outside right center vertical
		set yrange [1000:]
		GNUPLOT
		printf 'plot'
		grep "^$1,[^,]*,[1-9][0-9]*,instructions," "$lines" |
			cut -d, -f2 | uniq | while read -r name; do
			printf " '%s' using ((stringcolumn(1) eq '%s' &&" "$lines" "$1"
			printf " stringcolumn(2) eq '%s' && \$3 > 0) ?" "$name"
			printf " \$3 : NaN):5 with linespoints title '%s'," "$name"
		done
		echo
	} | gnuplot
	echo "$2"
}

plot "pair life cycle" "${lines%.csv}-pair.svg"
plot "client deregister" "${lines%.csv}-deregister.svg"
