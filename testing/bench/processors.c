// SPDX-License-Identifier: GPL-2.0
/*
 * Two processors, in time. One does the work alone, then both do as much each at
 * once, in turns, many times: where both are as fast as one, they do twice the
 * work. Of the fastest of each the slowest is compared: the host may have had
 * something else to do, and a single one may have been lucky.
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
 * So many runs; more, but not for longer, until the fastest was nearly reached so
 * often: on a host that is busy both processors seldom have one of its own.
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

/* Nobody begins before everybody is there. */
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

/* Nanoseconds from when the first began until the last was done. */
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
 * bench_scale() - measure how much two processors do against one
 * @subject: what they do; both the same at the same time
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
