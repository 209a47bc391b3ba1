#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Guest part of measure.sh. nmr_bench.ko measures as it is loaded; its lines go to
# the second serial port.

# Bring up the processors that maxcpus= left offline. The 6.1 kernel waits for each of
# them in a loop without a pause instruction, so under -icount the first processor's
# turn would never end; a program that executes pause runs beside it.
grep -lsx 0 /sys/devices/system/cpu/cpu*/online | while read -r online; do
	/pause &
	echo 1 >"$online"
	kill $!
done

insmod /modules/nmr_core.ko
insmod /modules/nmr_bench_callee.ko
# shellcheck disable=SC2154 # init gets timed= from the kernel
insmod /modules/nmr_bench.ko timed="$timed"
dmesg | sed -n 's/.*nmr_bench: //p' >/dev/ttyS1
rmmod nmr_bench && rmmod nmr_bench_callee && rmmod nmr_core &&
	echo end >/dev/ttyS1
dmesg | grep -E -A 20 'WARNING:|BUG:|Oops|Call Trace|nmr_core: .*#' &&
	echo bad >/dev/ttyS1
