// SPDX-License-Identifier: GPL-2.0
/*
 * Reports what holds up a deregistration (contract 5.6). A delayed work item
 * scans all registrations when the first may be due, and again as long as any
 * is deregistering. It is not queued otherwise.
 */
#include <linux/jiffies.h>
#include <linux/moduleparam.h>

#include "binding.h"
#include "handle.h"
#include "log.h"
#include "race_point.h"
#include "watchdog.h"

/* Bindings beyond this many are only counted in the log, in each scan. */
#define NMR_WATCHDOG_BINDINGS 8
/* Scans that report something, at most, in detach_warn_secs. */
#define NMR_WATCHDOG_REPORTS 8
/* Longest delay between two reports. */
#define NMR_WATCHDOG_MAX_SECS (7 * 86400)

static unsigned int nmr_detach_warn_secs = 10;

/* The parameter can be set before init; kernel_param_lock(). */
static bool nmr_watchdog_ready;

static void nmr_watchdog_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(nmr_watchdog, nmr_watchdog_work);

/* Jiffies until the first report; 0, reports are disabled. */
static unsigned long nmr_watchdog_delay(void)
{
	unsigned int secs = READ_ONCE(nmr_detach_warn_secs);

	return min_t(unsigned int, secs, NMR_WATCHDOG_MAX_SECS) * HZ;
}

/* Why this side holds the binding up, or NULL. Not static, for testing/explore/ only. */
const char *nmr_watchdog_owes(struct nmr_binding_object *binding, enum nmr_side side)
{
	/* In this order: the callback may return in between. */
	if (nmr_binding_is_in_detach(binding, side))
		return "is inside its detach callback";
	if (nmr_binding_is_pending(binding, side))
		return "owes detach complete";
	return READ_ONCE(binding->caller[side]) ? "is inside a callback" : NULL;
}

struct nmr_scan {
	unsigned long now;
	unsigned long delay;
	/* Jiffies until the next registration is due; whether there is any. */
	unsigned long next;
	bool watching;
	/* Number that hold up a registration that is due. */
	unsigned long bindings;
};

static bool nmr_is_watched(struct nmr_registration *registration)
{
	return READ_ONCE(registration->began_detaching) &&
	       !completion_done(&registration->completed);
}

/* In jiffies. */
static unsigned long nmr_elapsed(const struct nmr_scan *scan,
				 struct nmr_registration *registration)
{
	long elapsed = scan->now - READ_ONCE(registration->began_detaching);

	/* It may have begun after the scan did. */
	return max(elapsed, 0L);
}

/* Jiffies after it began to detach at which the next report is due. */
static unsigned long nmr_silent_for(const struct nmr_scan *scan,
				    struct nmr_registration *registration)
{
	return max(registration->silent_for, scan->delay);
}

/* Constant until nmr_scan_registration() has postponed the next report. */
static bool nmr_is_due(const struct nmr_scan *scan, struct nmr_registration *registration)
{
	return nmr_is_watched(registration) &&
	       nmr_elapsed(scan, registration) >= nmr_silent_for(scan, registration);
}

static void nmr_report(const struct nmr_scan *scan, struct nmr_registration *registration,
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
				nmr_elapsed(scan, registration) / HZ, binding->handle.id,
				debtor->owner->name, debtor->number, owes);
	}
}

static void nmr_scan_binding(struct nmr_scan *scan, struct nmr_binding_object *binding)
{
	struct nmr_registration *provider = binding->registration[NMR_PROVIDER];
	struct nmr_registration *client = binding->registration[NMR_CLIENT];
	bool holds_up_provider = nmr_is_due(scan, provider);
	bool holds_up_client = nmr_is_due(scan, client);

	if (!holds_up_provider && !holds_up_client)
		return;
	if (!nmr_watchdog_owes(binding, NMR_PROVIDER) && !nmr_watchdog_owes(binding, NMR_CLIENT))
		return;
	if (scan->bindings++ >= NMR_WATCHDOG_BINDINGS)
		return;
	if (holds_up_provider)
		nmr_report(scan, provider, binding);
	if (holds_up_client)
		nmr_report(scan, client, binding);
}

static void nmr_scan_registration(struct nmr_scan *scan,
				  struct nmr_registration *registration)
{
	unsigned long elapsed;

	if (!nmr_is_watched(registration))
		return;
	scan->watching = true;
	elapsed = nmr_elapsed(scan, registration);
	if (nmr_is_due(scan, registration))
		/* Double the interval. */
		registration->silent_for = elapsed +
			min(elapsed, NMR_WATCHDOG_MAX_SECS * (unsigned long)HZ);
	scan->next = min(scan->next, nmr_silent_for(scan, registration) - elapsed);
}

/*
 * Bindings before registrations, as scanning a registration postpones its next
 * report. A binding keeps its registrations alive.
 */
static void nmr_scan_all(struct nmr_scan *scan)
{
	struct nmr_handle *handle;
	unsigned long position = 0;

	rcu_read_lock();
	while ((handle = nmr_handle_next(&position)))
		if (handle->kind == NMR_HANDLE_BINDING)
			nmr_scan_binding(scan, container_of(handle, struct nmr_binding_object,
							    handle));
	position = 0;
	while ((handle = nmr_handle_next(&position)))
		if (handle->kind != NMR_HANDLE_BINDING)
			nmr_scan_registration(scan, container_of(handle,
								 struct nmr_registration,
								    handle));
	rcu_read_unlock();
	if (scan->bindings > NMR_WATCHDOG_BINDINGS)
		pr_warn("%lu more bindings hold up a deregistration\n",
			scan->bindings - NMR_WATCHDOG_BINDINGS);
}

static void nmr_watchdog_work(struct work_struct *work)
{
	struct nmr_scan scan = { .now = jiffies, .delay = nmr_watchdog_delay() };

	if (!scan.delay)
		return;
	/* No later than a registration that begins to detach now. */
	scan.next = scan.delay;
	nmr_scan_all(&scan);
	/* Batch the reports of registrations that began one after the other. */
	if (scan.bindings)
		scan.next = max(scan.next, scan.delay / NMR_WATCHDOG_REPORTS);
	if (scan.watching)
		queue_delayed_work(system_unbound_wq, &nmr_watchdog, scan.next);
}

/**
 * nmr_watchdog_begin() - watch a registration that begins to detach
 * @registration: deregistering; watched until it is complete
 *
 * Context: Process context.
 */
void nmr_watchdog_begin(struct nmr_registration *registration)
{
	unsigned long delay = nmr_watchdog_delay();

	/* 0 means not yet. */
	WRITE_ONCE(registration->began_detaching, jiffies ?: -1UL);
	/*
	 * Pairs with the full barrier between clearing the pending bit of a
	 * work item and running it: if it is seen pending, it will see this
	 * one.
	 */
	smp_mb();
	if (delay && !delayed_work_pending(&nmr_watchdog))
		queue_delayed_work(system_unbound_wq, &nmr_watchdog, delay);
}

void __init nmr_watchdog_init(void)
{
	kernel_param_lock(THIS_MODULE);
	nmr_watchdog_ready = true;
	kernel_param_unlock(THIS_MODULE);
}

/* Context: nothing is deregistering, nor will be. */
void nmr_watchdog_exit(void)
{
	kernel_param_lock(THIS_MODULE);
	nmr_watchdog_ready = false;
	kernel_param_unlock(THIS_MODULE);
	cancel_delayed_work_sync(&nmr_watchdog);
}

#if IS_ENABLED(CONFIG_NMR_KUNIT_TEST)
bool nmr_watchdog_is_queued(void)
{
	return delayed_work_pending(&nmr_watchdog);
}
EXPORT_SYMBOL_FOR_NMR_TESTS(nmr_watchdog_is_queued);

/* In jiffies. */
unsigned long nmr_watchdog_due_in(void)
{
	/* A snapshot. */
	return data_race(nmr_watchdog.timer.expires) - jiffies;
}
EXPORT_SYMBOL_FOR_NMR_TESTS(nmr_watchdog_due_in);
#endif

/* The new value also applies to what is deregistering already. */
static int nmr_set_detach_warn_secs(const char *value, const struct kernel_param *param)
{
	int err = param_set_uint(value, param);

	if (!err && nmr_watchdog_ready)
		mod_delayed_work(system_unbound_wq, &nmr_watchdog, nmr_watchdog_delay());
	return err;
}

static const struct kernel_param_ops nmr_detach_warn_secs_ops = {
	.set = nmr_set_detach_warn_secs,
	.get = param_get_uint,
};

module_param_cb(detach_warn_secs, &nmr_detach_warn_secs_ops, &nmr_detach_warn_secs, 0644);
__MODULE_PARM_TYPE(detach_warn_secs, "uint");
MODULE_PARM_DESC(detach_warn_secs,
		 "seconds before a stuck deregistration is reported, doubled after each report (default 10; 0: never)");
