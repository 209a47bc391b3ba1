/* SPDX-License-Identifier: GPL-2.0 */
/* Warnings about invalid calls: contract, section 5. */
#ifndef _NMR_MISUSE_H
#define _NMR_MISUSE_H

#include <linux/printk.h>
#include <linux/types.h>

void nmr_misuse_limit(int interval, int burst);
bool nmr_misuse_may_warn(const void *culprit);

/*
 * Rate limited by @culprit, the call site or the module, so that a repeated
 * misuse floods neither the log nor the limit of others. Any context.
 */
#define nmr_warn_misuse(culprit, fmt, ...)				\
do {									\
	if (nmr_misuse_may_warn(culprit))				\
		pr_warn(fmt "\n", ##__VA_ARGS__);			\
} while (0)

/* The same, naming the caller. */
#define nmr_warn_caller(caller, fmt, ...)				\
do {									\
	void *__caller = (void *)(caller);				\
									\
	nmr_warn_misuse(__caller, "%pS: " fmt, __caller, ##__VA_ARGS__);	\
} while (0)

#endif /* _NMR_MISUSE_H */
