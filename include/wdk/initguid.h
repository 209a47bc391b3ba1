/* SPDX-License-Identifier: GPL-2.0 */
/* After this header DEFINE_GUID() defines GUIDs instead of declaring them. */
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"
