// SPDX-License-Identifier: GPL-2.0
/*
 * Windows' driver interface, as far as drivers that use NMR need it. Modules
 * that use it hold this one; it has nothing to set up.
 */
#include <linux/module.h>

MODULE_DESCRIPTION("Windows' NMR interface of the Network Module Registrar");
MODULE_LICENSE("GPL");
