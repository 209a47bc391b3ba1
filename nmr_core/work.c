// SPDX-License-Identifier: GPL-2.0
/*
 * Runs callbacks that their caller's context does not allow. They may block without
 * limit, and one that does must not delay those of another binding (contract 4.16).
 * A workqueue alone cannot ensure that, as it has a maximum of active items, of which
 * a NUMA node has a share. So only a few callbacks run on the workqueue, in as many
 * slots. Further items wait on a list, from which a slot takes the next one when its
 * callback returns. If callbacks block while some wait, the dispatcher adds threads that
 * do the same.
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

/* Slots on the workqueue: few of the smallest share of a node, which is 8. */
#define NMR_WORK_SLOTS 4

/* Callbacks in threads, so that those that block leave some for others. */
#define NMR_WORK_THREADS 1024

/* How long items wait before the dispatcher adds threads, in jiffies. */
#define NMR_WORK_PATIENCE max(1, HZ / 100)

static struct workqueue_struct *nmr_workqueue;

/* Slots that are taken, and attempts to take one. */
static atomic_t nmr_work_running = ATOMIC_INIT(0);

/*
 * Guards the list, and the number of items taken from it since the dispatcher last
 * looked. Taken in process context only. Nothing nests in it.
 */
static DEFINE_SPINLOCK(nmr_work_lock);
static LIST_HEAD(nmr_work_waiting);
static unsigned int nmr_work_taken;

/* When a callback in a slot last returned, in jiffies. */
static unsigned long nmr_work_returned;

static void nmr_work_dispatch(struct work_struct *work);
static DECLARE_DELAYED_WORK(nmr_work_dispatcher, nmr_work_dispatch);

/* Only the dispatcher accesses these: threads to add, and threads ever started. */
static unsigned int nmr_work_growth;
static unsigned int nmr_work_started;

/* Threads that run, and a completion for each that has left this module's code. */
static atomic_t nmr_work_threads = ATOMIC_INIT(0);
static DECLARE_COMPLETION(nmr_work_thread_ended);

static bool nmr_work_take_slot(void)
{
	if (atomic_inc_return(&nmr_work_running) <= NMR_WORK_SLOTS)
		return true;
	atomic_dec(&nmr_work_running);
	return false;
}

static struct nmr_work *nmr_work_take(void)
{
	struct nmr_work *nmr_work;

	/* If this misses an item that is being added, the dispatcher finds it. */
	if (list_empty(&nmr_work_waiting))
		return NULL;
	spin_lock(&nmr_work_lock);
	nmr_work = list_first_entry_or_null(&nmr_work_waiting, struct nmr_work, waiting);
	if (nmr_work) {
		list_del(&nmr_work->waiting);
		nmr_work_taken++;
	}
	spin_unlock(&nmr_work_lock);
	return nmr_work;
}

static void nmr_work_in_slot(struct work_struct *work);

/*
 * Passes a slot on to the next item that waits, as a work item of its own: the workqueue
 * defers an item whose address is that of one that it still executes, even if that one
 * was freed and its memory reused.
 */
static void nmr_work_pass_on(void)
{
	struct nmr_work *next = nmr_work_take();

	if (!next) {
		atomic_dec(&nmr_work_running);
		return;
	}
	INIT_WORK(&next->work, nmr_work_in_slot);
	queue_work(nmr_workqueue, &next->work);
}

static void nmr_work_in_slot(struct work_struct *work)
{
	struct nmr_work *nmr_work = container_of(work, struct nmr_work, work);

	nmr_work->run(nmr_work);
	WRITE_ONCE(nmr_work_returned, jiffies);
	nmr_work_pass_on();
}

static void nmr_work_wait(struct nmr_work *nmr_work)
{
	unsigned long returned = READ_ONCE(nmr_work_returned);

	spin_lock(&nmr_work_lock);
	list_add_tail(&nmr_work->waiting, &nmr_work_waiting);
	spin_unlock(&nmr_work_lock);
	/* If the slots have been blocked for as long already, do not wait any longer. */
	if (time_after(jiffies, returned + NMR_WORK_PATIENCE))
		mod_delayed_work(nmr_workqueue, &nmr_work_dispatcher, 0);
	else
		queue_delayed_work(nmr_workqueue, &nmr_work_dispatcher, NMR_WORK_PATIENCE);
}

/* Not static, for nmr_work_set() only. */
void nmr_work_start(struct work_struct *work)
{
	if (nmr_work_take_slot())
		nmr_work_in_slot(work);
	else
		nmr_work_wait(container_of(work, struct nmr_work, work));
}

static int nmr_work_thread(void *unused)
{
	struct nmr_work *nmr_work;

	while ((nmr_work = nmr_work_take())) {
		nmr_work->run(nmr_work);
		cond_resched();
	}
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

/* Did fewer callbacks begin since this was last called than may run at a time? */
static bool nmr_work_is_blocked(void)
{
	unsigned int taken;

	spin_lock(&nmr_work_lock);
	taken = nmr_work_taken;
	nmr_work_taken = 0;
	spin_unlock(&nmr_work_lock);
	return taken < NMR_WORK_SLOTS + atomic_read(&nmr_work_threads);
}

/* Adds twice as many threads each time, until no item waits or callbacks return. */
static void nmr_work_dispatch(struct work_struct *work)
{
	unsigned long delay = NMR_WORK_PATIENCE;
	unsigned int add = 0;

	/* An item may have begun to wait just before a slot became free. */
	while (!list_empty(&nmr_work_waiting) && nmr_work_take_slot())
		nmr_work_pass_on();
	if (nmr_work_is_blocked() && !list_empty(&nmr_work_waiting))
		add = nmr_work_growth ? 2 * nmr_work_growth : 1;
	nmr_work_growth = add;
	while (add-- && !list_empty(&nmr_work_waiting)) {
		if (!nmr_work_add_thread()) {
			nmr_work_growth = 0;
			delay = HZ;
			break;
		}
	}
	if (!list_empty(&nmr_work_waiting))
		queue_delayed_work(nmr_workqueue, &nmr_work_dispatcher, delay);
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

/**
 * nmr_work_queue_delayed() - queue a work item that calls no module
 * @work: may be queued already
 * @delay: in jiffies
 *
 * Unlike on a system workqueue, work items of other subsystems cannot delay it.
 *
 * Context: Any but NMI.
 */
void nmr_work_queue_delayed(struct delayed_work *work, unsigned long delay)
{
	queue_delayed_work(nmr_workqueue, work, delay);
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
	cancel_delayed_work_sync(&nmr_work_dispatcher);
	destroy_workqueue(nmr_workqueue);
	while (nmr_work_started--)
		wait_for_completion(&nmr_work_thread_ended);
}
