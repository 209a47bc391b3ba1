// SPDX-License-Identifier: GPL-2.0
/* Writes the lines of the table to the kernel's log, where guest.sh reads them. */
#include <linux/math64.h>
#include <linux/printk.h>
#include <linux/sort.h>

#include "bench.h"

static bool failed;

/**
 * bench_failed() - report that the measured function failed
 *
 * The next line then reads "failed" instead of the result.
 */
void bench_failed(void)
{
	WRITE_ONCE(failed, true);
}

/**
 * bench_lacks() - write the line of a subject that cannot be measured
 * @subject: the subject
 * @why: the reason, without a comma
 */
void bench_lacks(const struct bench_subject *subject, const char *why)
{
	WRITE_ONCE(failed, false);
	pr_info("nmr_bench: %s,%s,%u,%s,-,-\n", subject->work, subject->name,
		subject->others, why);
}

/**
 * bench_line() - write the line of a subject
 * @subject: the subject
 * @unit: unit of the numbers
 * @least: least of all runs, in hundredths
 * @median: median of all runs, in hundredths
 */
void bench_line(const struct bench_subject *subject, const char *unit, u64 least,
		u64 median)
{
	u32 least_hundredths, median_hundredths;

	if (READ_ONCE(failed))
		return bench_lacks(subject, "failed");
	least = div_u64_rem(least, 100, &least_hundredths);
	median = div_u64_rem(median, 100, &median_hundredths);
	pr_info("nmr_bench: %s,%s,%u,%s,%llu.%02u,%llu.%02u\n", subject->work,
		subject->name, subject->others, unit, least, least_hundredths,
		median, median_hundredths);
}

static int bench_compare(const void *a, const void *b)
{
	u64 left = *(const u64 *)a, right = *(const u64 *)b;

	return left < right ? -1 : left > right;
}

void bench_sort(u64 *samples, unsigned int count)
{
	sort(samples, count, sizeof(*samples), bench_compare, NULL);
}
