/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_WDK_DRIVER_H
#define _NMR_WDK_DRIVER_H

#include "windows.h"

struct module;

/* Drivers have them from nmr/driver_entry.h, where no type of Windows' is. */
int nmr_wdk_load_driver(PDRIVER_OBJECT *driver, struct module *owner, const char *name,
			PDRIVER_INITIALIZE entry);
void nmr_wdk_unload_driver(PDRIVER_OBJECT driver);

#endif /* _NMR_WDK_DRIVER_H */
