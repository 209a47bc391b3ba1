# SPDX-License-Identifier: GPL-2.0
#
# For kunit.py --qemu_config: x86_64 as it knows it, and when the suites are
# over an init of ours, from NMR_INITRAMFS. What kunit.py appends, to reboot
# before that, goes behind the -- to init.
import os

from ..qemu_config import QemuArchParams

QEMU_ARCH = QemuArchParams(linux_arch='x86_64',
			   kconfig='''
CONFIG_SERIAL_8250=y
CONFIG_SERIAL_8250_CONSOLE=y''',
			   qemu_arch='x86_64',
			   kernel_path='arch/x86/boot/bzImage',
			   kernel_command_line='console=ttyS0 run=/guest-done.sh --',
			   extra_qemu_params=['-bios', 'qboot.rom',
					      '-initrd', os.environ['NMR_INITRAMFS']])
