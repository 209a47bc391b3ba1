# SPDX-License-Identifier: GPL-2.0
#
# For kunit.py --qemu_config: its x86_64, plus an init from NMR_INITRAMFS that runs
# after the suites. The reboot option that kunit.py appends goes to init, behind the
# --, so that the kernel ignores it.
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
