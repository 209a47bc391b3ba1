/* SPDX-License-Identifier: GPL-2.0 */
/* Of what Windows has here beyond wdm.h, nothing is offered. */
#ifndef _NMR_NTDDK_H
#define _NMR_NTDDK_H

#include "wdm.h"

#endif /* _NMR_NTDDK_H */
