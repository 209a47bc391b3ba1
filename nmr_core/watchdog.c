// SPDX-License-Identifier: GPL-2.0
/*
 * Reports what holds up a deregistration (contract 5.6). One delayed work item
 * looks at all registrations once the first may be due, and again as long as any
 * is deregistering. While none is, it is not even queued.
 */
#include <linux/jiffies.h>
#include <linux/moduleparam.h>

#include "binding.h"
#include "handle.h"
#include "log.h"
#include "race_point.h"
#include "watchdog.h"

/* Of more bindings than this a look reports only the number. */
#define NMR_WATCHDOG_BINDINGS 8
/* At most so many looks report something before detach_warn_secs are over. */
#define NMR_WATCHDOG_REPORTS 8
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
	case NMR_DETACH_CALLING_EARLY:
		return "is inside its detach callback";
	default:
		return READ_ONCE(binding->caller[side]) ? "is inside a callback" : NULL;
	}
}

/* One look at everything. */
struct nmr_look {
	unsigned long now;
	unsigned long delay;
	/* Until the next registration is due; is there any? */
	unsigned long next;
	bool watching;
	/* That hold up a registration that is due. */
	unsigned long bindings;
};

static bool nmr_is_watched(struct nmr_registration *registration)
{
	return READ_ONCE(registration->began_detaching) &&
	       !completion_done(&registration->completed);
}

/* Jiffies since it began to detach. */
static unsigned long nmr_taken(const struct nmr_look *look,
			       struct nmr_registration *registration)
{
	long taken = look->now - READ_ONCE(registration->began_detaching);

	/* It may have begun after the look did. */
	return max(taken, 0L);
}

/* Jiffies from then on until it is to be reported. */
static unsigned long nmr_silent_for(const struct nmr_look *look,
				    struct nmr_registration *registration)
{
	return max(registration->silent_for, look->delay);
}

/* The same answer until nmr_look_at_registration() has put the next report off. */
static bool nmr_is_due(const struct nmr_look *look, struct nmr_registration *registration)
{
	return nmr_is_watched(registration) &&
	       nmr_taken(look, registration) >= nmr_silent_for(look, registration);
}

static void nmr_report(const struct nmr_look *look, struct nmr_registration *registration,
		       struct nmr_binding_object *binding)
{
	struct nmr_registration *debtor;
	enum nmr_side side;
	const char *owes;

	for (side = 0; side < NMR_SIDES; side++) {
		owes = nmr_watchdog_owes(binding, side);
		debtor = binding->registration[side];
		if (owes)
			pr_warn("%s#%u: deregistering for %lu s: binding %lu: %s#%u %s\n",
				registration->owner->name, registration->number,
				nmr_taken(look, registration) / HZ, binding->handle.id,
				debtor->owner->name, debtor->number, owes);
	}
}

static void nmr_look_at_binding(struct nmr_look *look, struct nmr_binding_object *binding)
{
	struct nmr_registration *provider = binding->registration[NMR_PROVIDER];
	struct nmr_registration *client = binding->registration[NMR_CLIENT];
	bool holds_up_provider = nmr_is_due(look, provider);
	bool holds_up_client = nmr_is_due(look, client);

	if (!holds_up_provider && !holds_up_client)
		return;
	if (!nmr_watchdog_owes(binding, NMR_PROVIDER) && !nmr_watchdog_owes(binding, NMR_CLIENT))
		return;
	if (look->bindings++ >= NMR_WATCHDOG_BINDINGS)
		return;
	if (holds_up_provider)
		nmr_report(look, provider, binding);
	if (holds_up_client)
		nmr_report(look, client, binding);
}

static void nmr_look_at_registration(struct nmr_look *look,
				     struct nmr_registration *registration)
{
	unsigned long taken;

	if (!nmr_is_watched(registration))
		return;
	look->watching = true;
	taken = nmr_taken(look, registration);
	if (nmr_is_due(look, registration))
		/* As long again as it took up to here. */
		registration->silent_for = taken +
			min(taken, NMR_WATCHDOG_MAX_SECS * (unsigned long)HZ);
	look->next = min(look->next, nmr_silent_for(look, registration) - taken);
}

/*
 * Bindings before registrations, as these put their next report off. What is
 * found is there until the walk goes on, and so are the registrations of a
 * binding.
 */
static void nmr_look_at_all(struct nmr_look *look)
{
	struct nmr_handle *handle;
	unsigned long position = 0;

	rcu_read_lock();
	while ((handle = nmr_handle_next(&position)))
		if (handle->kind == NMR_HANDLE_BINDING)
			nmr_look_at_binding(look, container_of(handle, struct nmr_binding_object,
							       handle));
	position = 0;
	while ((handle = nmr_handle_next(&position)))
		if (handle->kind != NMR_HANDLE_BINDING)
			nmr_look_at_registration(look, container_of(handle,
								    struct nmr_registration,
								    handle));
	rcu_read_unlock();
	if (look->bindings > NMR_WATCHDOG_BINDINGS)
		pr_warn("%lu more bindings hold up a deregistration\n",
			look->bindings - NMR_WATCHDOG_BINDINGS);
}

static void nmr_watchdog_work(struct work_struct *work)
{
	struct nmr_look look = { .now = jiffies, .delay = nmr_watchdog_delay() };

	if (!look.delay)
		return;
	/* Never later than a registration that begins now will be due. */
	look.next = look.delay;
	nmr_look_at_all(&look);
	/* However many began one after the other, do not report each by itself. */
	if (look.bindings)
		look.next = max(look.next, look.delay / NMR_WATCHDOG_REPORTS);
	if (look.watching)
		schedule_delayed_work(&nmr_watchdog, look.next);
}

/**
 * nmr_watchdog_begin() - a registration begins to detach
 * @registration: deregistering; watched until it is complete
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

#if IS_ENABLED(CONFIG_NMR_KUNIT_TEST)
/* Is it going to look? */
bool nmr_watchdog_is_queued(void)
{
	return delayed_work_pending(&nmr_watchdog);
}
EXPORT_SYMBOL_FOR_NMR_TESTS(nmr_watchdog_is_queued);

/* In how many jiffies? */
unsigned long nmr_watchdog_due_in(void)
{
	/* A snapshot. */
	return data_race(nmr_watchdog.timer.expires) - jiffies;
}
EXPORT_SYMBOL_FOR_NMR_TESTS(nmr_watchdog_due_in);
#endif

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
