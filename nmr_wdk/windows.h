/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Windows' headers for files that include Linux' headers as well. Include this
 * last: it defines macros, such as IN and OUT, whose names Linux' headers use.
 */
#ifndef _NMR_WDK_WINDOWS_H
#define _NMR_WDK_WINDOWS_H

#include <wdk/netioddk.h>

#endif /* _NMR_WDK_WINDOWS_H */
