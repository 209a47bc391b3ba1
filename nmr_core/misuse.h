/* SPDX-License-Identifier: GPL-2.0 */
/* Calls that were wrong: contract, section 5. */
#ifndef _NMR_MISUSE_H
#define _NMR_MISUSE_H

#include <linux/printk.h>
#include <linux/types.h>

void nmr_misuse_limit(int interval, int burst);
bool nmr_misuse_may_warn(const void *culprit);

/*
 * At most one line. @culprit is the place or the module that goes on with it: it
 * must not drown the log, nor the lines of others. Any context.
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
