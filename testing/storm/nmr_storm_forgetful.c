// SPDX-License-Identifier: GPL-2.0
/* The client that is told to forget to deregister. */
#include "client.h"

MODULE_DESCRIPTION("Network Module Registrar: storm, forgetful");
MODULE_LICENSE("GPL");
