/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a driver's module has to keep its driver object in: as long as the module
 * is there, so that a callback that comes late still finds it. No type of
 * Windows' is defined here, see driver_entry.h.
 */
#ifndef _NMR_DRIVER_STORAGE_H
#define _NMR_DRIVER_STORAGE_H

struct nmr_wdk_driver {
	unsigned long long reserved[128];
};

#endif /* _NMR_DRIVER_STORAGE_H */
