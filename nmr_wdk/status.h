/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_WDK_STATUS_H
#define _NMR_WDK_STATUS_H

#include "windows.h"

int nmr_wdk_errno(NTSTATUS status);
int nmr_wdk_attach_errno(NTSTATUS status);
NTSTATUS nmr_wdk_attach_status(int err);
int nmr_wdk_detach_errno(NTSTATUS status);

#endif /* _NMR_WDK_STATUS_H */
