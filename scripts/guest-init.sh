#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The guest's init: makes it usable, runs the script that the kernel's command
# line names in run=, and powers off.
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t debugfs debug /sys/kernel/debug
mkdir /tmp
ip link set lo up
# shellcheck disable=SC2154 # init gets run= from the kernel
sh "$run"
dmesg -n 1
poweroff -f
