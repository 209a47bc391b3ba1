// SPDX-License-Identifier: GPL-2.0
/* The well-behaved client. */
#include "client.h"

MODULE_DESCRIPTION("Network Module Registrar: storm, client");
MODULE_LICENSE("GPL");
