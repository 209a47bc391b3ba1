/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The header by which sources get netioddk.h on Windows. There is no Winsock
 * Kernel here, and none is declared.
 */
#ifndef _NMR_WSK_H
#define _NMR_WSK_H

#include "netioddk.h"

#endif /* _NMR_WSK_H */
