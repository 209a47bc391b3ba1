// SPDX-License-Identifier: GPL-2.0
/*
 * Runs callbacks that their caller's context does not allow. They may block without
 * limit, and one that does must not delay those of another binding (contract 4.16).
 * A workqueue alone cannot ensure that, as it has a maximum of active items, of which
 * a NUMA node has a share. So only a few callbacks run on the workqueue. Further items
 * wait on a list, from which each worker takes the next one when a callback returns.
 * As long as some wait, the dispatcher adds threads that do the same.
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/printk.h>
#include <linux/spinlock.h>

#include "work.h"

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

/* Callbacks on the workqueue: less than the smallest share of a node, which is 8. */
#define NMR_WORK_WORKERS 4

/* Callbacks in threads, so that those that block leave some for others. */
#define NMR_WORK_THREADS 1024

/* How long items wait before the dispatcher adds threads, in jiffies. */
#define NMR_WORK_PATIENCE max(1, HZ / 100)

static struct workqueue_struct *nmr_workqueue;

/* How many workers run callbacks, and those that are about to wait. */
static atomic_t nmr_work_running = ATOMIC_INIT(0);

/* Guards the list. Taken in process context only. Nothing nests in it. */
static DEFINE_SPINLOCK(nmr_work_lock);
static LIST_HEAD(nmr_work_waiting);

static void nmr_work_dispatch(struct work_struct *work);
static DECLARE_DELAYED_WORK(nmr_work_dispatcher, nmr_work_dispatch);

/* Only the dispatcher accesses these: threads to add, and threads ever started. */
static unsigned int nmr_work_growth;
static unsigned int nmr_work_started;

/* Threads that run, and a completion for each that has left this module's code. */
static atomic_t nmr_work_threads = ATOMIC_INIT(0);
static DECLARE_COMPLETION(nmr_work_thread_ended);

static void nmr_work_wait(struct nmr_work *nmr_work)
{
	spin_lock(&nmr_work_lock);
	list_add_tail(&nmr_work->waiting, &nmr_work_waiting);
	spin_unlock(&nmr_work_lock);
	queue_delayed_work(system_unbound_wq, &nmr_work_dispatcher, NMR_WORK_PATIENCE);
}

static struct nmr_work *nmr_work_take(void)
{
	struct nmr_work *nmr_work;

	/* If this misses an item that is being added, the dispatcher finds it. */
	if (list_empty(&nmr_work_waiting))
		return NULL;
	spin_lock(&nmr_work_lock);
	nmr_work = list_first_entry_or_null(&nmr_work_waiting, struct nmr_work, waiting);
	if (nmr_work)
		list_del(&nmr_work->waiting);
	spin_unlock(&nmr_work_lock);
	return nmr_work;
}

static void nmr_work_run(struct nmr_work *nmr_work)
{
	while (nmr_work) {
		nmr_work->run(nmr_work);
		cond_resched();
		nmr_work = nmr_work_take();
	}
}

/* Not static, for nmr_work_set() only. */
void nmr_work_start(struct work_struct *work)
{
	struct nmr_work *nmr_work = container_of(work, struct nmr_work, work);

	if (atomic_inc_return(&nmr_work_running) <= NMR_WORK_WORKERS)
		nmr_work_run(nmr_work);
	else
		nmr_work_wait(nmr_work);
	atomic_dec(&nmr_work_running);
}

static int nmr_work_thread(void *unused)
{
	nmr_work_run(nmr_work_take());
	atomic_dec(&nmr_work_threads);
	kthread_complete_and_exit(&nmr_work_thread_ended, 0);
}

static bool nmr_work_add_thread(void)
{
	if (atomic_read(&nmr_work_threads) >= NMR_WORK_THREADS) {
		pr_warn_once("%u callbacks block, and others wait for them\n",
			     NMR_WORK_THREADS);
		return false;
	}
	atomic_inc(&nmr_work_threads);
	if (IS_ERR(kthread_run(nmr_work_thread, NULL, "nmr_callback"))) {
		atomic_dec(&nmr_work_threads);
		return false;
	}
	nmr_work_started++;
	return true;
}

/* Doubles the threads it adds each time, until none wait. */
static void nmr_work_dispatch(struct work_struct *work)
{
	unsigned long delay = NMR_WORK_PATIENCE;
	unsigned int add;

	if (list_empty(&nmr_work_waiting)) {
		nmr_work_growth = 0;
		return;
	}
	nmr_work_growth = nmr_work_growth ? 2 * nmr_work_growth : 1;
	for (add = nmr_work_growth; add; add--) {
		if (list_empty(&nmr_work_waiting))
			break;
		if (!nmr_work_add_thread()) {
			nmr_work_growth = 0;
			delay = HZ;
			break;
		}
	}
	queue_delayed_work(system_unbound_wq, &nmr_work_dispatcher, delay);
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
	/* Not WQ_MEM_RECLAIM: callbacks may flush workqueues without it. */
	nmr_workqueue = alloc_workqueue("nmr", WQ_UNBOUND, WQ_MAX_ACTIVE);
	return nmr_workqueue ? 0 : -ENOMEM;
}

/* Context: nothing is registered. */
void nmr_work_exit(void)
{
	destroy_workqueue(nmr_workqueue);
	cancel_delayed_work_sync(&nmr_work_dispatcher);
	while (nmr_work_started--)
		wait_for_completion(&nmr_work_thread_ended);
}
