// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/rcupdate.h>

#include "race_point.h"

/* Set by one test case at a time, without concurrent calls of the registrar. */
static void (*nmr_race_hook)(enum nmr_race_point point);

void nmr_race_point(enum nmr_race_point point)
{
	void (*hook)(enum nmr_race_point point) = READ_ONCE(nmr_race_hook);

	if (hook)
		hook(point);
}

void nmr_set_race_hook(void (*hook)(enum nmr_race_point point))
{
	WRITE_ONCE(nmr_race_hook, hook);
}
EXPORT_SYMBOL_GPL(nmr_set_race_hook);
