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

# Netfilter patches its own code when the first hook comes and as the last goes,
# and QEMU's emulated processors now and then run a half patched instruction (any
# module with a hook crashes them, in ip_local_deliver()). So one hook stays.
insmod /modules/x_tables.ko
insmod /modules/ip_tables.ko
insmod /modules/iptable_filter.ko forward=0

# shellcheck disable=SC2154 # init gets run= from the kernel
sh "$run"
dmesg -n 1
poweroff -f
