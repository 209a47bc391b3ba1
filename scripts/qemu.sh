#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# qemu.sh [-b] [-t SECONDS] [-l LOG] VMLINUZ INITRAMFS [KERNEL PARAMETER...]
# Boots a machine with two processors and its console here. A crash ends it at
# once, SECONDS at the latest; LOG gets what the guest writes to /dev/ttyS1.
# With -b it tells a kernel without ACPI, too, of both processors.
set -eu
. "$(dirname "$0")/common.sh"

bios=()
bound=()
log=null
console=(-serial mon:stdio)
while getopts bt:l: option; do
	case $option in
	b)	bios=(-bios qboot.rom) ;;
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
"$(dirname "$0")/setup.sh" qemu-system-x86

accelerator=(-accel "tcg,thread=multi")
if [ -w /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo; then
	accelerator=(-accel kvm -cpu host)
fi

exec "${bound[@]}" qemu-system-x86_64 "${accelerator[@]}" "${bios[@]}" -smp 2 -m 512 \
	-nodefaults -no-reboot -display none "${console[@]}" -serial "$log" \
	-kernel "$vmlinuz" -initrd "$initramfs" -append \
	"console=ttyS0 loglevel=4 log_buf_len=16M panic=-1 oops=panic mitigations=off $*"
