// SPDX-License-Identifier: GPL-2.0
/*
 * Says who holds up a deregistration (contract 5.6). One delayed work item looks
 * at all registrations once the first may be due; it goes on while any is
 * deregistering, and while none is there is nothing.
 */
#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/rhashtable.h>

#include "binding.h"
#include "handle.h"
#include "log.h"
#include "watchdog.h"

/* Of more bindings than this only the number is reported. */
#define NMR_WATCHDOG_LINES 8
/* No delay is longer. */
#define NMR_WATCHDOG_MAX_SECS (7 * 86400)

static unsigned int nmr_detach_warn_secs = 10;

/* The parameter can be set before there is a registrar; kernel_param_lock(). */
static bool nmr_watchdog_is_there;

static void nmr_watchdog_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(nmr_watchdog, nmr_watchdog_work);

/* Jiffies until the first report; 0, none is wanted. */
static unsigned long nmr_watchdog_delay(void)
{
	return min_t(unsigned int, READ_ONCE(nmr_detach_warn_secs),
		     NMR_WATCHDOG_MAX_SECS) * HZ;
}

/* What this side of a binding owes, or NULL. */
static const char *nmr_watchdog_owes(struct nmr_binding_object *binding, enum nmr_side side)
{
	switch (nmr_binding_detach_state(binding, side)) {
	case NMR_DETACH_PENDING:
		return "owes detach complete";
	case NMR_DETACH_CALLING:
	case NMR_DETACH_CALLING_SAID:
		return "is inside its detach callback";
	default:
		return READ_ONCE(binding->caller[side]) ? "is inside a callback" : NULL;
	}
}

static void nmr_watchdog_report_binding(struct nmr_registration *registration,
					struct nmr_binding_object *binding,
					unsigned long secs)
{
	enum nmr_side side;

	for (side = 0; side < NMR_SIDES; side++) {
		struct nmr_registration *debtor = binding->registration[side];
		const char *owes = nmr_watchdog_owes(binding, side);

		if (owes)
			pr_warn("%s#%u: deregistering for %lu s: binding %lu: %s#%u %s\n",
				registration->owner, registration->number, secs,
				binding->handle.id, debtor->owner, debtor->number, owes);
	}
}

static void nmr_watchdog_report(struct nmr_registration *registration, unsigned long secs)
{
	enum nmr_side side = registration->registrant.side;
	unsigned int bindings = 0;
	struct list_head *link;

	/* What is linked is not unbound: its modules, and their names, are there. */
	spin_lock(&registration->npi->lock);
	list_for_each(link, &registration->busy)
		if (bindings++ < NMR_WATCHDOG_LINES)
			nmr_watchdog_report_binding(registration,
						    nmr_binding_of_link(link, side), secs);
	spin_unlock(&registration->npi->lock);
	if (bindings > NMR_WATCHDOG_LINES)
		pr_warn("%s#%u: deregistering for %lu s: %u more bindings\n",
			registration->owner, registration->number, secs,
			bindings - NMR_WATCHDOG_LINES);
}

/* Reports if it is time to. Returns the jiffies until it is again. */
static unsigned long nmr_watchdog_look(struct nmr_registration *registration,
				       unsigned long delay)
{
	unsigned long taken = jiffies - READ_ONCE(registration->began_detaching);

	if (taken < max(registration->silent_for, delay))
		return max(registration->silent_for, delay) - taken;
	nmr_watchdog_report(registration, taken / HZ);
	/* As long again as it took up to here. */
	registration->silent_for = taken + min(taken, NMR_WATCHDOG_MAX_SECS * (unsigned long)HZ);
	return registration->silent_for - taken;
}

static bool nmr_watchdog_watches(struct nmr_handle *handle)
{
	struct nmr_registration *registration;

	if (IS_ERR(handle) || handle->kind == NMR_HANDLE_BINDING)
		return false;
	registration = container_of(handle, struct nmr_registration, handle);
	return READ_ONCE(registration->began_detaching) &&
	       !completion_done(&registration->completed);
}

static void nmr_watchdog_work(struct work_struct *work)
{
	unsigned long delay = nmr_watchdog_delay(), next = delay;
	struct nmr_registration *registration;
	struct rhashtable_iter iter;
	struct nmr_handle *handle;
	bool watching = false;

	if (!delay)
		return;
	/*
	 * In an RCU read section, as long as it takes: what is found live stays,
	 * and so does its module, which waits for one after its exit.
	 */
	nmr_handle_walk_enter(&iter);
	rhashtable_walk_start(&iter);
	while ((handle = rhashtable_walk_next(&iter))) {
		if (!nmr_watchdog_watches(handle))
			continue;
		registration = container_of(handle, struct nmr_registration, handle);
		next = min(next, nmr_watchdog_look(registration, delay));
		watching = true;
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	/* Never later than one that begins now will be due. */
	if (watching)
		schedule_delayed_work(&nmr_watchdog, next);
}

/**
 * nmr_watchdog_begin() - a registration begins to detach
 * @registration: marked; watched until it is complete
 *
 * Context: Process context.
 */
void nmr_watchdog_begin(struct nmr_registration *registration)
{
	unsigned long delay = nmr_watchdog_delay();

	/* 0 is not yet. */
	WRITE_ONCE(registration->began_detaching, jiffies ?: 1);
	/*
	 * Pairs with the barrier behind which a work item that is no longer
	 * pending runs: if it is seen pending, it will see this one.
	 */
	smp_mb();
	if (delay && !delayed_work_pending(&nmr_watchdog))
		schedule_delayed_work(&nmr_watchdog, delay);
}

void __init nmr_watchdog_init(void)
{
	kernel_param_lock(THIS_MODULE);
	nmr_watchdog_is_there = true;
	kernel_param_unlock(THIS_MODULE);
}

/* Context: nothing is detaching, or will. */
void nmr_watchdog_exit(void)
{
	kernel_param_lock(THIS_MODULE);
	nmr_watchdog_is_there = false;
	kernel_param_unlock(THIS_MODULE);
	cancel_delayed_work_sync(&nmr_watchdog);
}

/* What is detaching already is due by the new value. */
static int nmr_set_detach_warn_secs(const char *value, const struct kernel_param *param)
{
	int err = param_set_uint(value, param);

	if (!err && nmr_watchdog_is_there)
		mod_delayed_work(system_wq, &nmr_watchdog, nmr_watchdog_delay());
	return err;
}

static const struct kernel_param_ops nmr_detach_warn_secs_ops = {
	.set = nmr_set_detach_warn_secs,
	.get = param_get_uint,
};

module_param_cb(detach_warn_secs, &nmr_detach_warn_secs_ops, &nmr_detach_warn_secs, 0644);
__MODULE_PARM_TYPE(detach_warn_secs, "uint");
MODULE_PARM_DESC(detach_warn_secs,
		 "seconds until a deregistration that is held up is reported, then twice as many, and so on (default 10; 0: never)");
