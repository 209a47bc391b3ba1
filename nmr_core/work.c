// SPDX-License-Identifier: GPL-2.0
/*
 * Runs callbacks that cannot run in their caller's context. They may block without
 * limit, and one that does must not delay those of another binding (contract 4.16).
 * A workqueue alone cannot ensure that, as it limits the number of active items. So
 * a limited number of callbacks run on the workqueue, which is nearly always enough,
 * and each one beyond that gets a thread.
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>

#include "work.h"

/*
 * While this many callbacks run on the workqueue, further work items hand theirs to a
 * thread. Far below WQ_MAX_ACTIVE, of which each NUMA node gets only a share.
 */
#define NMR_WORK_WORKERS 64

static struct workqueue_struct *nmr_workqueue;

/* Work items that run or hand over a callback. */
static atomic_t nmr_work_running = ATOMIC_INIT(0);

/* The number of threads ever started; each completes as it leaves this module's code. */
static atomic_t nmr_work_threads = ATOMIC_INIT(0);
static DECLARE_COMPLETION(nmr_work_thread_ended);

static int nmr_work_thread(void *data)
{
	struct nmr_work *nmr_work = data;

	nmr_work->run(nmr_work);
	kthread_complete_and_exit(&nmr_work_thread_ended, 0);
}

/* Returns false if there is no memory for a thread. */
static bool nmr_work_hand_over(struct nmr_work *nmr_work)
{
	if (IS_ERR(kthread_run(nmr_work_thread, nmr_work, "nmr_callback")))
		return false;
	atomic_inc(&nmr_work_threads);
	return true;
}

/* Global only for nmr_work_set(). */
void nmr_work_start(struct work_struct *work)
{
	struct nmr_work *nmr_work = container_of(work, struct nmr_work, work);

	if (atomic_inc_return(&nmr_work_running) <= NMR_WORK_WORKERS ||
	    !nmr_work_hand_over(nmr_work))
		nmr_work->run(nmr_work);
	atomic_dec(&nmr_work_running);
}

/**
 * nmr_work_queue() - run callbacks in process context
 * @nmr_work: not queued
 *
 * Context: Any but NMI.
 */
void nmr_work_queue(struct nmr_work *nmr_work)
{
	queue_work(nmr_workqueue, &nmr_work->work);
}

int __init nmr_work_init(void)
{
	/* No WQ_MEM_RECLAIM: callbacks may flush workqueues that lack it. */
	nmr_workqueue = alloc_workqueue("nmr", WQ_UNBOUND, WQ_MAX_ACTIVE);
	return nmr_workqueue ? 0 : -ENOMEM;
}

/* Context: nothing is registered. */
void nmr_work_exit(void)
{
	int threads;

	destroy_workqueue(nmr_workqueue);
	for (threads = atomic_read(&nmr_work_threads); threads; threads--)
		wait_for_completion(&nmr_work_thread_ended);
}
