/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Static storage of a driver's module for its driver object, which so lives as
 * long as the module and is valid in late callbacks. Has none of Windows' types,
 * see driver_entry.h.
 */
#ifndef _NMR_DRIVER_STORAGE_H
#define _NMR_DRIVER_STORAGE_H

struct nmr_wdk_driver {
	unsigned long long reserved[128];
};

#endif /* _NMR_DRIVER_STORAGE_H */
