#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Guest part of run.sh, run after the suites: if the kernel has kmemleak, writes
# what leaked to the kernel's log. kmemleak needs two scans to be sure.
leaks=/sys/kernel/debug/kmemleak
if [ -e "$leaks" ]; then
	echo scan >"$leaks"
	echo scan >"$leaks"
	echo "kmemleak scanned" >/dev/kmsg
	while read -r line; do
		echo "$line" >/dev/kmsg
	done <"$leaks"
fi
echo "suites are over" >/dev/kmsg
# On PREEMPT_RT a thread prints, which reboot does not wait for.
sleep 1
# Not poweroff: the machine has no ACPI.
reboot -f
