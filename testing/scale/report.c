// SPDX-License-Identifier: GPL-2.0
/* The report of the last part. */
#include <linux/kernel.h>
#include <linux/stdarg.h>

#include "report.h"

/* Parts run one at a time, under the module's parameter lock. */
static char scale_reported[2048];
static size_t scale_reported_length;

void scale_report_begin(void)
{
	scale_reported_length = 0;
	scale_reported[0] = '\0';
}

/**
 * scale_report() - add to the report of the running part
 * @fmt: a line or a part of one; truncated once the report is full
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
