/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_WDK_LEVEL_H
#define _NMR_WDK_LEVEL_H

#include <linux/types.h>

#include "windows.h"

KIRQL nmr_wdk_level(void);
bool nmr_wdk_surely_may_sleep(void);

#endif /* _NMR_WDK_LEVEL_H */
