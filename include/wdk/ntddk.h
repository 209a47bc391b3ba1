/* SPDX-License-Identifier: GPL-2.0 */
/* Nothing of Windows' ntddk.h beyond wdm.h is supported. */
#ifndef _NMR_NTDDK_H
#define _NMR_NTDDK_H

#include "wdm.h"

#endif /* _NMR_NTDDK_H */
