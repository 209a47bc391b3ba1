#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Guest part of kunit-module.sh and the like: loading nmr_kunit.ko runs its
# suites. What was covered, if the kernel counts that, goes to the second
# serial line.
insmod /modules/nmr_core.ko
insmod /modules/nmr_kunit.ko
rmmod nmr_kunit
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
