// SPDX-License-Identifier: GPL-2.0
/* How often the log is told of calls that were wrong. */
#include <linux/hash.h>
#include <linux/ratelimit.h>

#include "misuse.h"
#include "race_point.h"

#define NMR_MISUSE_BITS 4

/* By culprit. Two that share one may suppress each other's lines. */
static struct ratelimit_state nmr_misuse[1 << NMR_MISUSE_BITS];

/**
 * nmr_misuse_limit() - begin to limit
 * @interval: jiffies; 0: a culprit gets all its lines
 * @burst: lines that a culprit gets in that time
 *
 * Context: nothing calls the registrar meanwhile.
 */
void nmr_misuse_limit(int interval, int burst)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(nmr_misuse); i++)
		ratelimit_state_init(&nmr_misuse[i], interval, burst);
}
EXPORT_SYMBOL_FOR_NMR_TESTS(nmr_misuse_limit);

/**
 * nmr_misuse_may_warn() - may this one be told of?
 * @culprit: the place of the call, or the module
 *
 * Context: Any.
 * Return: true, and a line is to be written; false, it had its lines.
 */
bool nmr_misuse_may_warn(const void *culprit)
{
	return __ratelimit(&nmr_misuse[hash_ptr(culprit, NMR_MISUSE_BITS)]);
}
