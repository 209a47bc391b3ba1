// SPDX-License-Identifier: GPL-2.0
/* The client that does all it should. */
#include "client.h"

MODULE_DESCRIPTION("Network Module Registrar: storm, client");
MODULE_LICENSE("GPL");
