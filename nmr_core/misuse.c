// SPDX-License-Identifier: GPL-2.0
/* Rate limit of the warnings about invalid calls. */
#include <linux/hash.h>
#include <linux/ratelimit.h>

#include "misuse.h"
#include "race_point.h"

#define NMR_MISUSE_BITS 4

/* Hashed by culprit: on a collision two share one limit. */
static struct ratelimit_state nmr_misuse[1 << NMR_MISUSE_BITS];

/**
 * nmr_misuse_limit() - set the rate limit
 * @interval: in jiffies; 0: no limit
 * @burst: lines for each culprit in an interval
 *
 * Context: no concurrent call of the registrar.
 */
void nmr_misuse_limit(int interval, int burst)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(nmr_misuse); i++)
		ratelimit_state_init(&nmr_misuse[i], interval, burst);
}
EXPORT_SYMBOL_FOR_NMR_TESTS(nmr_misuse_limit);

/**
 * nmr_misuse_may_warn() - account for a warning
 * @culprit: the call site, or the module
 *
 * Context: Any.
 * Return: true, the caller should warn; false, rate limited.
 */
bool nmr_misuse_may_warn(const void *culprit)
{
	return __ratelimit(&nmr_misuse[hash_ptr(culprit, NMR_MISUSE_BITS)]);
}
