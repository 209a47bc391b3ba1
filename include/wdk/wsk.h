/* SPDX-License-Identifier: GPL-2.0 */
/*
 * On Windows this header includes netioddk.h. Winsock Kernel is not supported and
 * not declared.
 */
#ifndef _NMR_WSK_H
#define _NMR_WSK_H

#include "netioddk.h"

#endif /* _NMR_WSK_H */
