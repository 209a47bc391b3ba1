// SPDX-License-Identifier: GPL-2.0
/*
 * Says who holds up a deregistration (contract 5.6): a delayed work item for
 * each registration that is left with bindings once all are detaching. While
 * nothing pends there is none.
 */
#include <linux/jiffies.h>
#include <linux/moduleparam.h>

#include "binding.h"
#include "log.h"
#include "watchdog.h"

static unsigned int nmr_detach_warn_secs = 10;
module_param_named(detach_warn_secs, nmr_detach_warn_secs, uint, 0644);
MODULE_PARM_DESC(detach_warn_secs,
		 "seconds until a deregistration that is held up is reported, then twice as many, and so on (default 10; 0: never)");

/* Of more bindings than this only the number is reported. */
#define NMR_WATCHDOG_LINES 8

static unsigned long nmr_watchdog_delay(void)
{
	/* No timer is that long; and not later than never. */
	return min(READ_ONCE(nmr_detach_warn_secs), 86400u * 7) * HZ;
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
					unsigned int secs)
{
	enum nmr_side side;

	for (side = 0; side < NMR_SIDES; side++) {
		struct nmr_registration *debtor = binding->registration[side];
		const char *owes = nmr_watchdog_owes(binding, side);

		if (owes)
			pr_warn("%s#%u: deregistering for %u s: binding %lu: %s#%u %s\n",
				registration->owner, registration->number, secs,
				binding->handle.id, debtor->owner, debtor->number, owes);
	}
}

static void nmr_watchdog_report(struct nmr_registration *registration)
{
	unsigned int secs = (jiffies - registration->watch_began) / HZ;
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
		pr_warn("%s#%u: deregistering for %u s: %u more bindings\n",
			registration->owner, registration->number, secs,
			bindings - NMR_WATCHDOG_LINES);
}

static void nmr_watchdog_work(struct work_struct *work)
{
	struct nmr_registration *registration =
		container_of(to_delayed_work(work), struct nmr_registration, watch);
	unsigned long delay = nmr_watchdog_delay();

	if (!delay || completion_done(&registration->completed))
		return;
	nmr_watchdog_report(registration);
	/* As long again as it took up to here. */
	delay = max(delay, jiffies - registration->watch_began);
	schedule_delayed_work(&registration->watch, delay);
}

/**
 * nmr_watchdog_start() - watch a registration until it is complete
 * @registration: marked, and all its bindings detaching; has a user
 *
 * Context: Process context.
 */
void nmr_watchdog_start(struct nmr_registration *registration)
{
	unsigned long delay = nmr_watchdog_delay();

	if (!delay)
		return;
	registration->watch_began = jiffies;
	INIT_DELAYED_WORK(&registration->watch, nmr_watchdog_work);
	registration->watched = true;
	schedule_delayed_work(&registration->watch, delay);
}

/**
 * nmr_watchdog_stop() - be sure that nothing watches a registration any more
 * @registration: complete; the caller has a reference
 *
 * Context: Process context, may sleep.
 */
void nmr_watchdog_stop(struct nmr_registration *registration)
{
	if (registration->watched)
		cancel_delayed_work_sync(&registration->watch);
}
