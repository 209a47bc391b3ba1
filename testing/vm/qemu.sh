#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# qemu.sh [-b] [-i PROCESSORS] [-s] [-t SECONDS] [-l LOG] VMLINUZ INITRAMFS [PARAMETER...]
# Boots a machine with two processors and its console on the terminal. It ends on a
# crash, or after SECONDS; LOG gets what the guest writes to /dev/ttyS1. PARAMETER is
# for the kernel's command line.
# -i: that many processors, which take turns, and clocks that count the instructions
#     of all of them. Runs are nearly identical. A turn ends when a processor halts or
#     executes pause, so the kernel needs maxcpus=1.
# -s: take interrupts between any two instructions, and not only between translated
#     blocks: slower, for races with interrupts.
# -b: a kernel without ACPI finds both processors, too.
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
