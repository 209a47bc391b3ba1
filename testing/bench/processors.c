// SPDX-License-Identifier: GPL-2.0
/*
 * Compares two processors with one in time. One does the work alone, then both
 * do the same amount each at once, alternately and many times: if both are as
 * fast as one, the result is 2. Of the fastest few runs of each the slowest is
 * compared: the host may be busy, and a single run may be lucky.
 */
#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "bench.h"

/*
 * After the least number of runs, measuring ends once BENCH_CONFIRMED runs came
 * close to the fastest, or on the limit of time or of runs: on a busy host both
 * virtual processors seldom run at the same time.
 */
#define BENCH_LEAST_RUNS 500
#define BENCH_RUNS 50000
#define BENCH_SECONDS 4
#define BENCH_CONFIRMED 8

/* Work of one processor. */
struct bench_worker {
	struct work_struct work;
	void (*run)(void);
	unsigned int workers;
	u64 start;
	u64 end;
};

/* A barrier: the workers begin together. */
static atomic_t bench_arrived;

static void bench_work(struct work_struct *work)
{
	struct bench_worker *worker = container_of(work, struct bench_worker, work);

	atomic_inc(&bench_arrived);
	while (atomic_read(&bench_arrived) < worker->workers)
		cond_resched();
	worker->start = ktime_get_ns();
	worker->run();
	worker->end = ktime_get_ns();
}

/* Returns the nanoseconds from the first worker's start to the last one's end. */
static u64 bench_together(const struct bench_subject *subject, unsigned int workers)
{
	static struct bench_worker worker[2];
	unsigned int i;

	if (subject->prepare)
		subject->prepare();
	atomic_set(&bench_arrived, 0);
	for (i = 0; i < workers; i++) {
		INIT_WORK(&worker[i].work, bench_work);
		worker[i].run = subject->run;
		worker[i].workers = workers;
		queue_work_on(i, system_wq, &worker[i].work);
	}
	for (i = 0; i < workers; i++)
		flush_work(&worker[i].work);
	if (subject->restore)
		subject->restore();
	if (workers == 1)
		return worker[0].end - worker[0].start;
	return max(worker[0].end, worker[1].end) - min(worker[0].start, worker[1].start);
}

/* Sorts the samples. */
static bool bench_is_confirmed(u64 *samples, unsigned int count)
{
	bench_sort(samples, count);
	return samples[BENCH_CONFIRMED] <= samples[0] + samples[0] / 50;
}

static u64 bench_ratio(u64 alone, u64 both)
{
	return div64_u64(200 * alone, both);
}

/**
 * bench_scale() - measure how much work two processors do compared to one
 * @subject: the work, which both do at the same time
 *
 * Context: Process context, may sleep; processors 0 and 1 are online.
 */
void bench_scale(const struct bench_subject *subject)
{
	static u64 alone[BENCH_RUNS], both[BENCH_RUNS];
	unsigned long enough;
	unsigned int runs;

	if (subject->setup && subject->setup())
		return bench_lacks(subject, "no memory");
	enough = jiffies + BENCH_SECONDS * HZ;
	for (runs = 0; runs < BENCH_RUNS && time_before(jiffies, enough); runs++) {
		if (runs >= BENCH_LEAST_RUNS && runs % BENCH_LEAST_RUNS == 0 &&
		    bench_is_confirmed(alone, runs) && bench_is_confirmed(both, runs))
			break;
		alone[runs] = bench_together(subject, 1);
		both[runs] = bench_together(subject, 2);
	}
	if (subject->teardown)
		subject->teardown();
	bench_sort(alone, runs);
	bench_sort(both, runs);
	bench_line(subject, "times one",
		   bench_ratio(alone[BENCH_CONFIRMED], both[BENCH_CONFIRMED]),
		   bench_ratio(alone[runs / 2], both[runs / 2]));
}
