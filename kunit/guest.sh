#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Guest part of module.sh and the like: loading nmr_kunit.ko runs its
# suites. With load=each on the kernel's command line the registrar is loaded
# before with each of its allocations failing in turn. What was covered, if the
# kernel counts that, goes to the second serial line.
failslab=/sys/kernel/debug/failslab

# load_without_memory NTH: is there an nth allocation that could fail? It may be
# insmod's own; busybox's tries twice, so that after all the module may be there.
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
# Here, too, what is counted when a module goes. These files have no size.
if cd /sys/kernel/debug/gcov 2>/dev/null; then
	mkdir /tmp/gcov
	find . -name '*.gcda' | while read -r file; do
		cat "$file" >"/tmp/gcov/${file##*/}"
	done
	tar -c -C /tmp/gcov -f - . | base64 >/dev/ttyS1
fi
# Not poweroff: the machine has no ACPI.
reboot -f
