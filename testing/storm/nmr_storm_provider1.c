// SPDX-License-Identifier: GPL-2.0
/* Provider 1 of two with the same code. */
#include "provider.h"

MODULE_DESCRIPTION("Network Module Registrar: storm, provider1");
MODULE_LICENSE("GPL");
