// SPDX-License-Identifier: GPL-2.0
/* The client that is told to take its time. */
#include "client.h"

MODULE_DESCRIPTION("Network Module Registrar: storm, slow");
MODULE_LICENSE("GPL");
