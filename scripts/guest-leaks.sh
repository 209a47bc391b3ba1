#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Guest part of kunit.sh on a kernel that has kmemleak: what leaked goes to the
# kernel's log. It takes two scans to be sure of one.
leaks=/sys/kernel/debug/kmemleak
if [ -e "$leaks" ]; then
	echo scan >"$leaks"
	echo scan >"$leaks"
	echo "kmemleak scanned" >/dev/kmsg
	while read -r line; do
		echo "$line" >/dev/kmsg
	done <"$leaks"
fi
# Not poweroff: the machine has no ACPI.
reboot -f
