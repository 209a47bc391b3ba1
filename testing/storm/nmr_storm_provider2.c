// SPDX-License-Identifier: GPL-2.0
/* Provider 2 of two with the same code. */
#include "provider.h"

MODULE_DESCRIPTION("Network Module Registrar: storm, provider2");
MODULE_LICENSE("GPL");
