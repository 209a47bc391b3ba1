#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Guest part of run.sh, for when the suites are over: where the kernel has
# kmemleak, what leaked goes to the kernel's log. It takes two scans to be sure.
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
# On PREEMPT_RT a thread prints, and reboot does not wait for it.
sleep 1
# Not poweroff: the machine has no ACPI.
reboot -f
