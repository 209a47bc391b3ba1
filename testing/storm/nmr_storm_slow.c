// SPDX-License-Identifier: GPL-2.0
/* The client that is made slow to detach. */
#include "client.h"

MODULE_DESCRIPTION("Network Module Registrar: storm, slow");
MODULE_LICENSE("GPL");
