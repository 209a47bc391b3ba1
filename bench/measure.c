// SPDX-License-Identifier: GPL-2.0
/*
 * One processor. The cycle counter of a machine under QEMU's -icount counts
 * instructions, and the least of many runs is the work alone: no interrupt, all
 * tables warm, no two entries of a hash table in one bucket. The median has as
 * much of the latter as there usually is.
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/rcupdate.h>
#include <linux/timex.h>

#include "bench.h"

/* So many runs; fewer, but not less than so many, of what takes long. */
#define BENCH_RUNS 500
#define BENCH_LEAST_RUNS 25
#define BENCH_ENOUGH 100000000ULL

static u64 bench_samples[BENCH_RUNS];

static u64 bench_cycles(void)
{
	return get_cycles();
}

/* Leaves the samples sorted; returns how many. */
static unsigned int bench_sample(const struct bench_subject *subject, u64 (*clock)(void))
{
	unsigned int runs = 0;
	u64 all = 0, start;

	while (runs < BENCH_RUNS && (runs < BENCH_LEAST_RUNS || all < BENCH_ENOUGH)) {
		if (subject->prepare)
			subject->prepare();
		start = clock();
		subject->run();
		bench_samples[runs] = clock() - start;
		all += bench_samples[runs++];
		if (subject->restore)
			subject->restore();
		/* What was freed is to be free again before the next. */
		rcu_barrier();
	}
	bench_sort(bench_samples, runs);
	return runs;
}

static void bench_do_nothing(void)
{
}

static void bench_measure(const struct bench_subject *subject, u64 (*clock)(void),
			  const char *unit)
{
	static const struct bench_subject nothing = { .run = bench_do_nothing };
	unsigned int times = subject->times ?: 1, runs;
	u64 overhead;

	bench_sample(&nothing, clock);
	overhead = bench_samples[0];
	if (subject->setup && subject->setup())
		return bench_lacks(subject, "no memory");
	runs = bench_sample(subject, clock);
	if (subject->teardown)
		subject->teardown();
	bench_line(subject, unit,
		   div_u64((bench_samples[0] - overhead) * 100, times),
		   div_u64((bench_samples[runs / 2] - overhead) * 100, times));
}

/**
 * bench_count() - measure one subject in instructions and write its line
 * @subject: what to measure
 *
 * Context: Process context, may sleep; under -icount.
 */
void bench_count(const struct bench_subject *subject)
{
	bench_measure(subject, bench_cycles, "instructions");
}

/**
 * bench_time() - measure one subject in time and write its line
 * @subject: what to measure
 *
 * Context: Process context, may sleep.
 */
void bench_time(const struct bench_subject *subject)
{
	bench_measure(subject, ktime_get_ns, "ns");
}
