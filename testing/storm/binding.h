/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A binding of the storm, the same for both sides: from attach to detach, a timer
 * and a work item call the other side repeatedly.
 */
#ifndef _NMR_STORM_BINDING_H
#define _NMR_STORM_BINDING_H

#include <linux/atomic.h>
#include <linux/container_of.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/nmr.h>
#include <linux/nmr_gate.h>
#include <linux/nmr_rundown.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

static unsigned int linger_ms;
module_param(linger_ms, uint, 0444);
MODULE_PARM_DESC(linger_ms, "how long a call stays in progress after detach (default 0: no such call)");

static bool lock_over_wait;
module_param(lock_over_wait, bool, 0444);
MODULE_PARM_DESC(lock_over_wait, "hold a lock over wait that attach takes, for lockdep to report (default N)");

/* Guards nothing; with lock_over_wait, attach takes it and it is held over wait. */
static DEFINE_MUTEX(storm_lock);

/* The dispatch table of both sides. */
struct storm_dispatch {
	void (*call)(void *binding_context, bool may_sleep);
};

struct storm_binding {
	struct nmr_rundown calls;
	/* In place of @calls if @gated; then no call sleeps. */
	struct nmr_gate gate;
	bool gated;
	const struct storm_dispatch *peer;
	void *peer_context;
	struct timer_list timer;
	struct delayed_work work;
	/* Ends the call that stays in progress after detach. */
	struct delayed_work linger;
	atomic_t received;
};

static void storm_called(void *binding_context, bool may_sleep)
{
	struct storm_binding *binding = binding_context;

	atomic_inc(&binding->received);
	if (may_sleep)
		usleep_range(200, 2000);
	atomic_inc(&binding->received);
}

static const struct storm_dispatch storm_dispatch = {
	.call = storm_called,
};

static bool storm_begin_call(struct storm_binding *binding)
{
	return binding->gated ? nmr_gate_enter(&binding->gate) :
				nmr_rundown_enter(&binding->calls);
}

static void storm_end_call(struct storm_binding *binding)
{
	if (binding->gated)
		nmr_gate_exit(&binding->gate);
	else
		nmr_rundown_exit(&binding->calls);
}

static void storm_timer(struct timer_list *timer)
{
	struct storm_binding *binding = container_of(timer, struct storm_binding, timer);

	if (!storm_begin_call(binding))
		return;
	binding->peer->call(binding->peer_context, false);
	mod_timer(&binding->timer, jiffies + 4);
	storm_end_call(binding);
}

static void storm_work(struct work_struct *work)
{
	struct storm_binding *binding =
		container_of(to_delayed_work(work), struct storm_binding, work);

	if (!storm_begin_call(binding))
		return;
	binding->peer->call(binding->peer_context, !binding->gated);
	schedule_delayed_work(&binding->work, 4);
	storm_end_call(binding);
}

static void storm_linger_work(struct work_struct *work)
{
	struct storm_binding *binding =
		container_of(to_delayed_work(work), struct storm_binding, linger);

	nmr_rundown_exit(&binding->calls);
}

static struct storm_binding *storm_binding_create(void)
{
	struct storm_binding *binding = kzalloc(sizeof(*binding), GFP_KERNEL);

	if (!binding)
		return NULL;
	if (lock_over_wait) {
		mutex_lock(&storm_lock);
		mutex_unlock(&storm_lock);
	}
	timer_setup(&binding->timer, storm_timer, 0);
	INIT_DELAYED_WORK(&binding->work, storm_work);
	INIT_DELAYED_WORK(&binding->linger, storm_linger_work);
	return binding;
}

/* Called in attach, so the binding is not detached before this returns. */
static void storm_binding_start(struct storm_binding *binding)
{
	if (linger_ms)
		WARN_ON(!nmr_rundown_enter(&binding->calls));
	mod_timer(&binding->timer, jiffies + 1);
	schedule_delayed_work(&binding->work, 1);
}

static int storm_detach(void *binding_context)
{
	struct storm_binding *binding = binding_context;

	if (linger_ms)
		schedule_delayed_work(&binding->linger, msecs_to_jiffies(linger_ms));
	return binding->gated ? nmr_gate_detach(&binding->gate) :
				nmr_rundown_detach(&binding->calls);
}

/* The last timer or work that called the other side may not have returned yet. */
static void storm_cleanup(void *binding_context)
{
	struct storm_binding *binding = binding_context;

	timer_shutdown_sync(&binding->timer);
	cancel_delayed_work_sync(&binding->work);
	cancel_delayed_work_sync(&binding->linger);
	nmr_rundown_destroy(&binding->calls);
	kfree(binding);
}

#endif /* _NMR_STORM_BINDING_H */
