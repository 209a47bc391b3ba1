#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Guest part of module.sh and the like: loads nmr_kunit.ko, which runs its suites.
# With load=each on the kernel's command line it first loads the registrar with
# each of its allocations failing in turn. Coverage data, if the kernel has gcov,
# goes to the second serial line.
failslab=/sys/kernel/debug/failslab

# load_without_memory NTH: fails if there was no nth allocation. It may be one of
# insmod; busybox's insmod tries twice, so the module may be loaded nevertheless.
load_without_memory()
{
	echo 1 >$failslab/times
	sh -c 'echo "$0" >/proc/self/fail-nth && exec insmod /modules/nmr_core.ko' \
		"$1" 2>/dev/null
	if grep -q nmr_core /proc/modules && ! rmmod nmr_core; then
		echo "not ok nmr_load: rmmod, when allocation $1 had failed"
	fi
	[ "$(cat $failslab/times)" = 0 ]
}

# shellcheck disable=SC2154 # init gets load= from the kernel
if [ "${load:-}" ] && [ -d $failslab ]; then
	echo N >$failslab/ignore-gfp-wait
	echo 0 >$failslab/verbose
	nth=1
	while load_without_memory $nth; do
		nth=$((nth + 1))
	done
	echo "nmr_load: each of $((nth - 1)) allocations has failed"
	echo -1 >$failslab/times
fi
insmod /modules/nmr_core.ko
insmod /modules/nmr_wdk.ko
insmod /modules/nmr_kunit.ko
rmmod nmr_kunit
rmmod nmr_wdk
rmmod nmr_core
# After rmmod, to include the exit functions. These files have no size.
if cd /sys/kernel/debug/gcov 2>/dev/null; then
	mkdir /tmp/gcov
	find . -name '*.gcda' | while read -r file; do
		cat "$file" >"/tmp/gcov/${file##*/}"
	done
	tar -c -C /tmp/gcov -f - . | base64 >/dev/ttyS1
fi
# Not poweroff: the machine has no ACPI.
reboot -f
