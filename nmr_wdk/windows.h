/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Windows' headers for files that read Linux' as well: last of all, since they
 * define words, IN and OUT among them, that Linux' headers use as names.
 */
#ifndef _NMR_WDK_WINDOWS_H
#define _NMR_WDK_WINDOWS_H

#include <wdk/netioddk.h>

#endif /* _NMR_WDK_WINDOWS_H */
