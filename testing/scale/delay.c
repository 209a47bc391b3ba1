// SPDX-License-Identifier: GPL-2.0
/*
 * How long others are kept from running: on each processor a real-time thread
 * sleeps for a short time, again and again, and notes how late it woke up.
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
	/* Microseconds. The thread writes them, and each is cleared when it is read. */
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

/* The longest wait since the last call, in microseconds. */
s64 scale_delay_recent(void)
{
	s64 recent = 0;
	int cpu;

	/* A thread notes how late it is only when it has run. */
	usleep_range(4 * DELAY_PAUSE_US, 5 * DELAY_PAUSE_US);
	for_each_online_cpu(cpu)
		recent = max(recent, xchg(&per_cpu_ptr(&delays, cpu)->recent, 0));
	return recent;
}

/* Fails if anybody had to wait for MS or longer since the last such part. */
int scale_delay(const unsigned int *numbers)
{
	s64 longest = 0;
	int cpu;

	for_each_online_cpu(cpu)
		longest = max(longest, xchg(&per_cpu_ptr(&delays, cpu)->longest, 0));
	scale_report("the longest wait for a processor: %lld us\n", longest);
	return longest >= (s64)numbers[0] * USEC_PER_MSEC ? -EIO : 0;
}
