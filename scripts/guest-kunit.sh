#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Guest part of kunit-module.sh: loading nmr_kunit.ko runs its suites.
insmod /modules/nmr_core.ko
insmod /modules/nmr_kunit.ko
rmmod nmr_kunit
rmmod nmr_core
# Not poweroff: the machine has no ACPI.
reboot -f
