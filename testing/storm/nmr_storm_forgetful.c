// SPDX-License-Identifier: GPL-2.0
/* The client that is made to forget to deregister or to wait. */
#include "client.h"

MODULE_DESCRIPTION("Network Module Registrar: storm, forgetful");
MODULE_LICENSE("GPL");
