/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_WDK_ATTACH_H
#define _NMR_WDK_ATTACH_H

#include "windows.h"

void nmr_wdk_attach_answer(HANDLE binding, NTSTATUS status);

#endif /* _NMR_WDK_ATTACH_H */
