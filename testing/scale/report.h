/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_SCALE_REPORT_H
#define _NMR_SCALE_REPORT_H

#include <linux/compiler_attributes.h>

struct kernel_param;

void scale_report_begin(void);
__printf(1, 2) void scale_report(const char *fmt, ...);
int scale_report_get(char *buffer, const struct kernel_param *param);

#endif /* _NMR_SCALE_REPORT_H */
