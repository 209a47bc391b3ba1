// SPDX-License-Identifier: GPL-2.0
/*
 * Measures in instructions, which the cycle counter counts under QEMU's -icount.
 * The least of many runs is the work alone: no interrupt, warm tables, no hash
 * collision. The median has the usual number of collisions. Several processors
 * take turns, and the counter counts the instructions of all of them.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/rcupdate.h>
#include <linux/timex.h>

#include "bench.h"

/* Subjects that take long stop early, but not before the least number of runs. */
#define BENCH_RUNS 500
#define BENCH_LEAST_RUNS 25
#define BENCH_ENOUGH 100000000ULL

static u64 bench_samples[BENCH_RUNS];

/* The subject being measured, how long a run took, and whether it ran at all. */
static const struct bench_subject *bench_current;
static u64 bench_elapsed;
static bool bench_has_run;

/* Not inlined, so that the overhead is the same for all callers. */
static noinline void bench_run(void)
{
	u64 start = get_cycles();

	bench_current->run();
	bench_elapsed = get_cycles() - start;
	bench_has_run = true;
}

/* Returns the number of samples, which are sorted. */
static unsigned int bench_sample(const struct bench_subject *subject)
{
	unsigned int runs = 0;
	u64 all = 0;

	bench_current = subject;
	while (runs < BENCH_RUNS && (runs < BENCH_LEAST_RUNS || all < BENCH_ENOUGH)) {
		if (subject->prepare)
			subject->prepare();
		bench_has_run = false;
		if (subject->within)
			subject->within(bench_run);
		else
			bench_run();
		if (!bench_has_run)
			bench_failed();
		bench_samples[runs] = bench_elapsed;
		all += bench_samples[runs++];
		if (subject->restore)
			subject->restore();
		/* Complete deferred frees before the next run. */
		rcu_barrier();
	}
	bench_sort(bench_samples, runs);
	return runs;
}

static void bench_do_nothing(void)
{
}

/**
 * bench_count() - measure one subject in instructions and write its line
 * @subject: what to measure
 *
 * Context: Process context, may sleep; under -icount.
 */
void bench_count(const struct bench_subject *subject)
{
	static const struct bench_subject nothing = { .run = bench_do_nothing };
	unsigned int times = subject->times ?: 1, runs;
	u64 overhead;

	bench_sample(&nothing);
	overhead = bench_samples[0];
	if (subject->setup && subject->setup())
		return bench_lacks(subject, "no memory");
	runs = bench_sample(subject);
	if (subject->teardown)
		subject->teardown();
	bench_line(subject, "instructions",
		   div_u64((bench_samples[0] - overhead) * 100, times),
		   div_u64((bench_samples[runs / 2] - overhead) * 100, times));
}
