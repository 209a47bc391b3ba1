/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_WDK_DRIVER_H
#define _NMR_WDK_DRIVER_H

#include <wdk/driver_storage.h>

#include "windows.h"

struct module;

/* wdk/driver_entry.h declares them for drivers, without Windows' types. */
int nmr_wdk_load_driver(struct nmr_wdk_driver *driver, struct module *owner, const char *name,
			PDRIVER_INITIALIZE entry);
void nmr_wdk_unload_driver(struct nmr_wdk_driver *driver);

#endif /* _NMR_WDK_DRIVER_H */
