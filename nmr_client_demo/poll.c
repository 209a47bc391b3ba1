// SPDX-License-Identifier: GPL-2.0
/*
 * The polling thread: calls the providers repeatedly.
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>

#include "binding.h"
#include "poll.h"

#define MAX_POLL_INTERVAL_MS 10000

static unsigned int poll_interval_ms = 10;

static int set_poll_interval(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 0, MAX_POLL_INTERVAL_MS);
}

static const struct kernel_param_ops poll_interval_ops = {
	.set = set_poll_interval,
	.get = param_get_uint,
};

module_param_cb(poll_interval_ms, &poll_interval_ops, &poll_interval_ms, 0644);
__MODULE_PARM_TYPE(poll_interval_ms, "uint");
MODULE_PARM_DESC(poll_interval_ms,
		 "milliseconds between two rounds of calls to the providers, 0 to 10000 (default 10)");

static struct task_struct *poll_thread;

/* Sets the task state before the test, or it could miss kthread_stop()'s wakeup. */
static void poll_pause(void)
{
	unsigned int pause_ms = READ_ONCE(poll_interval_ms);

	if (!pause_ms) {
		cond_resched();
		return;
	}

	set_current_state(TASK_INTERRUPTIBLE);
	if (!kthread_should_stop())
		schedule_timeout(msecs_to_jiffies(pause_ms));
	__set_current_state(TASK_RUNNING);
}

static int poll_providers(void *unused)
{
	while (!kthread_should_stop()) {
		client_demo_bindings_poll();
		poll_pause();
	}
	return 0;
}

int client_demo_poll_start(void)
{
	poll_thread = kthread_run(poll_providers, NULL, KBUILD_MODNAME);
	return PTR_ERR_OR_ZERO(poll_thread);
}

void client_demo_poll_stop(void)
{
	kthread_stop(poll_thread);
}
