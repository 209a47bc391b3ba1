#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Guest part of bench-run.sh: loading nmr_bench.ko measures. Its lines go to the
# second serial line.
insmod /modules/nmr_core.ko
insmod /modules/nmr_bench_callee.ko
# shellcheck disable=SC2154 # init gets processors= from the kernel
insmod /modules/nmr_bench.ko two="$([ "$processors" = two ] && echo Y || echo N)"
dmesg | sed -n 's/.*nmr_bench: //p' >/dev/ttyS1
rmmod nmr_bench && rmmod nmr_bench_callee && rmmod nmr_core &&
	echo end >/dev/ttyS1
dmesg | grep -E -A 20 'WARNING:|BUG:|Oops|Call Trace|nmr_core: .*#' &&
	echo bad >/dev/ttyS1
