// SPDX-License-Identifier: GPL-2.0
/*
 * Measures for how long others cannot run: on each processor a real-time thread
 * repeatedly sleeps for a short time and records how late it wakes up.
 */
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/sched.h>

#include "delay.h"
#include "report.h"

#define DELAY_PAUSE_US 5000

struct delay {
	struct task_struct *thread;
	/* Microseconds; written by the thread, and cleared when read. */
	s64 longest;
	s64 recent;
};

static DEFINE_PER_CPU(struct delay, delays);

static int delay_thread(void *data)
{
	struct delay *delay = data;

	sched_set_fifo(current);
	while (!kthread_should_stop()) {
		ktime_t began = ktime_get();
		s64 late;

		usleep_range(DELAY_PAUSE_US, DELAY_PAUSE_US + 1);
		late = ktime_us_delta(ktime_get(), began) - DELAY_PAUSE_US;
		WRITE_ONCE(delay->longest, max(READ_ONCE(delay->longest), late));
		WRITE_ONCE(delay->recent, max(READ_ONCE(delay->recent), late));
	}
	return 0;
}

int scale_delay_start(void)
{
	int err = 0, cpu;

	cpus_read_lock();
	for_each_online_cpu(cpu) {
		struct delay *delay = per_cpu_ptr(&delays, cpu);
		struct task_struct *thread;

		thread = kthread_create_on_cpu(delay_thread, delay, cpu, "nmr_scale/%u");
		if (IS_ERR(thread)) {
			err = PTR_ERR(thread);
			break;
		}
		delay->thread = thread;
		wake_up_process(thread);
	}
	cpus_read_unlock();
	if (err)
		scale_delay_stop();
	return err;
}

void scale_delay_stop(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct delay *delay = per_cpu_ptr(&delays, cpu);

		if (delay->thread)
			kthread_stop(delay->thread);
	}
}

/* Returns the longest delay since the last call, in microseconds. */
s64 scale_delay_recent(void)
{
	s64 recent = 0;
	int cpu;

	/* Let each thread run, so that it records the latest delay. */
	usleep_range(4 * DELAY_PAUSE_US, 5 * DELAY_PAUSE_US);
	for_each_online_cpu(cpu)
		recent = max(recent, xchg(&per_cpu_ptr(&delays, cpu)->recent, 0));
	return recent;
}

/* delay MS: fails if a delay since the last such part reached MS */
int scale_delay(const unsigned int *numbers)
{
	s64 longest = 0;
	int cpu;

	for_each_online_cpu(cpu)
		longest = max(longest, xchg(&per_cpu_ptr(&delays, cpu)->longest, 0));
	scale_report("the longest wait for a processor: %lld us\n", longest);
	return longest >= (s64)numbers[0] * USEC_PER_MSEC ? -EIO : 0;
}
