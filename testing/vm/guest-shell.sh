#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Guest part of shell.sh: prints a hint and starts a shell.
cd /modules || exit
cat <<'HINT'

The modules are here, the loopback device is up. For instance:

  insmod nmr_core.ko dyndbg=+p           # logs each step
  insmod nmr_provider_demo.ko
  insmod nmr_client_demo.ko
  ping -c 3 127.0.0.1
  rmmod nmr_provider_demo
  dmesg | awk -f /trace-annotate.awk     # explains each step

poweroff -f, or Ctrl-A X, leaves.

HINT
exec setsid cttyhack sh
