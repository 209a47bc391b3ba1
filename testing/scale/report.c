// SPDX-License-Identifier: GPL-2.0
/* What the last part had to report. */
#include <linux/kernel.h>
#include <linux/stdarg.h>

#include "report.h"

/* Parts run one at a time, under the lock of the module's parameters. */
static char scale_reported[2048];
static size_t scale_reported_length;

void scale_report_begin(void)
{
	scale_reported_length = 0;
	scale_reported[0] = '\0';
}

/**
 * scale_report() - add to the report of the part that runs
 * @fmt: a line or a part of it; dropped once the report is full
 *
 * Context: The thread that runs the part.
 */
void scale_report(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	scale_reported_length += vscnprintf(scale_reported + scale_reported_length,
					    sizeof(scale_reported) - scale_reported_length,
					    fmt, args);
	va_end(args);
}

int scale_report_get(char *buffer, const struct kernel_param *param)
{
	return sprintf(buffer, "%s", scale_reported);
}
