#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# qemu.sh [-b] [-i PROCESSORS] [-s] [-t SECONDS] [-l LOG] VMLINUZ INITRAMFS [PARAMETER...]
# Boots a machine with two processors and its console here. A crash ends it at
# once, SECONDS at the latest; LOG gets what the guest writes to /dev/ttyS1. The
# parameters are the kernel's.
# With -i it has so many processors, which take turns, and its clocks count the
# instructions of all of them. It does the same every time, or nearly the same.
# A turn ends where a processor halts or executes pause: give the kernel maxcpus=1.
# With -s it takes interrupts between any two instructions, not only between the
# blocks that it translates: slower, for what races with an interrupt.
# With -b it tells a kernel without ACPI, too, of both processors.
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
. "$project/scripts/common.sh"

bios=()
bound=()
log=null
console=(-serial mon:stdio)
accelerator=(-smp 2 -accel "tcg,thread=multi")
if [ -w /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo; then
	accelerator=(-smp 2 -accel kvm -cpu host)
fi
while getopts bi:st:l: option; do
	case $option in
	b)	bios=(-bios qboot.rom) ;;
	i)	accelerator=(-smp "$OPTARG" -accel tcg -icount "shift=0,sleep=off" -seed 1
			-rtc "base=2000-01-01,clock=vm") ;;
	s)	if qemu-system-x86_64 -help | grep -q -e '^-singlestep'; then
			accelerator=(-smp 2 -accel "tcg,thread=multi" -singlestep)
		else
			accelerator=(-smp 2 -accel "tcg,thread=multi,one-insn-per-tb=on")
		fi ;;
	t)	bound=(timeout --foreground -k 5 "$OPTARG")
		console=(-serial stdio -monitor none) ;;
	l)	log=file:$OPTARG ;;
	*)	exit 2 ;;
	esac
done
shift $((OPTIND - 1))
vmlinuz=$1
initramfs=$2
shift 2
"$scripts/setup.sh" qemu-system-x86

exec "${bound[@]}" qemu-system-x86_64 "${accelerator[@]}" "${bios[@]}" -m 512 \
	-nodefaults -no-reboot -display none "${console[@]}" -serial "$log" \
	-kernel "$vmlinuz" -initrd "$initramfs" -append \
	"console=ttyS0 loglevel=4 log_buf_len=16M panic=-1 oops=panic mitigations=off $*"
