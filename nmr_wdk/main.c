// SPDX-License-Identifier: GPL-2.0
/*
 * Windows' driver interface, as far as drivers that use NMR need it. The module
 * needs no init: drivers use its symbols and so keep it loaded.
 */
#include <linux/module.h>

MODULE_DESCRIPTION("Windows' NMR interface of the Network Module Registrar");
MODULE_LICENSE("GPL");
