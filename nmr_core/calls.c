// SPDX-License-Identifier: GPL-2.0
/*
 * What a rundown and a gate have in common: closing. A grace period after one is
 * closed, no thread still acts on having found it open. One grace period serves all
 * that were closed before it began.
 */
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "binding.h"
#include "calls.h"
#include "log.h"
#include "race_point.h"
#include "work.h"

/* Closed rundowns and gates whose grace period has not begun, a list for each side. */
static struct llist_head nmr_closing[NMR_SIDES];

/* Closes rundowns and gates that no nmr_wait() has taken within a jiffy. */
static void nmr_close_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(nmr_closer, nmr_close_work);

/**
 * nmr_calls_init() - begin to protect one side's calls
 * @guard: the module's rundown or gate
 * @is_gate: which of the two
 * @handle: the binding's handle, or anything
 * @side: whose calls
 * @what: name of the exported call, for messages
 * @caller: for messages
 *
 * Context: Any.
 * Return: the binding, valid until the attach callback returns; NULL, not inside
 *	that callback, or the side has a rundown or a gate already.
 */
struct nmr_binding_object *nmr_calls_init(const void *guard, bool is_gate,
					  struct nmr_binding *handle, enum nmr_side side,
					  const char *what, unsigned long caller)
{
	struct nmr_binding_object *binding;
	struct nmr_calls *calls;

	binding = nmr_binding_find_in_callback(handle, side, true);
	if (!binding) {
		nmr_warn_caller(caller, "%s: not in the binding's attach callback", what);
		return NULL;
	}
	calls = &binding->calls[side];
	if (calls->guard) {
		nmr_warn_caller(caller, "%s: this side has a rundown or a gate already", what);
		return NULL;
	}
	atomic_set(&calls->remaining, NMR_CALLS_BIAS);
	WRITE_ONCE(calls->is_gate, is_gate);
	WRITE_ONCE(calls->guard, guard);
	return binding;
}

/**
 * nmr_calls_find() - look up the binding of a rundown or a gate
 * @guard: the module's rundown or gate
 * @handle: what its init stored
 * @side: where to store whose it is
 *
 * Context: Any but NMI, inside rcu_read_lock(), which alone keeps the binding alive.
 * Return: the binding, or NULL.
 */
struct nmr_binding_object *nmr_calls_find(const void *guard, struct nmr_binding *handle,
					  enum nmr_side *side)
{
	struct nmr_binding_object *binding = nmr_binding_find(handle);

	for (*side = 0; binding && *side < NMR_SIDES; ++*side)
		if (READ_ONCE(binding->calls[*side].guard) == guard)
			return binding;
	return NULL;
}

/**
 * nmr_calls_find_in_detach() - look up the binding of a running detach callback
 * @guard: the module's rundown or gate
 * @handle: what its init stored
 * @side: where to store whose it is
 * @what: name of the exported call, for messages
 * @caller: for messages
 *
 * Context: Any.
 * Return: the binding, valid until the callback returns; NULL, the caller is not
 *	inside the detach callback.
 */
struct nmr_binding_object *nmr_calls_find_in_detach(const void *guard,
						    struct nmr_binding *handle,
						    enum nmr_side *side, const char *what,
						    unsigned long caller)
{
	struct nmr_binding_object *binding;

	rcu_read_lock();
	binding = nmr_calls_find(guard, handle, side);
	rcu_read_unlock();
	if (binding)
		binding = nmr_binding_find_in_callback(handle, *side, false);
	if (!binding)
		nmr_warn_caller(caller, "%s: not in the binding's detach callback", what);
	return binding;
}

static unsigned int nmr_calls_counted(const struct nmr_calls *calls)
{
	unsigned int __percpu *count = READ_ONCE(calls->count);
	unsigned int sum = 0, cpu;

	if (!count)
		return 0;
	for_each_possible_cpu(cpu)
		/* Before the grace period has ended, a snapshot. */
		sum += data_race(*per_cpu_ptr(count, cpu));
	return sum;
}

/* Are the counts of all processors in @remaining? */
static bool nmr_calls_are_summed(const struct nmr_calls *calls)
{
	return atomic_read(&calls->remaining) <= NMR_CALLS_BIAS / 2;
}

/**
 * nmr_calls_in_progress() - estimate the number of calls in progress
 * @calls: inside an RCU read section in which their binding was found
 *
 * Context: Any.
 * Return: the number, exact if no call begins or ends meanwhile.
 */
int nmr_calls_in_progress(const struct nmr_calls *calls)
{
	int remaining = atomic_read(&calls->remaining);

	if (remaining <= NMR_CALLS_BIAS / 2)
		return remaining;
	return remaining - NMR_CALLS_BIAS + (int)nmr_calls_counted(calls);
}

/**
 * nmr_calls_drained() - the last call of a side has ended
 * @handle: the binding's
 * @side: whose calls
 * @caller: for messages
 *
 * Context: Any but NMI. If the module has called detach complete itself, the handle
 *	may be stale.
 */
void nmr_calls_drained(struct nmr_binding *handle, enum nmr_side side, unsigned long caller)
{
	struct nmr_binding_object *binding;

	rcu_read_lock();
	binding = nmr_binding_find(handle);
	if (binding && !READ_ONCE(binding->calls[side].is_gate))
		nmr_log_result(NMR_STEP_RUNDOWN_DRAINED, side, binding, 0);
	rcu_read_unlock();
	nmr_binding_detach_complete(handle, side, caller);
}

/**
 * nmr_calls_are_closed() - was nmr_calls_close() called?
 * @binding: in the side's detach callback
 * @side: whose
 *
 * Context: Inside the side's detach callback.
 * Return: true, this detach callback has called it already.
 */
bool nmr_calls_are_closed(struct nmr_binding_object *binding, enum nmr_side side)
{
	/* In this order: nmr_calls_closed() changes the second one first. */
	return nmr_binding_debts(binding, side) & NMR_OWES_CLOSE ||
	       nmr_calls_are_summed(&binding->calls[side]);
}

/**
 * nmr_calls_close() - have detach complete called for a side
 * @binding: its rundown or gate is closed, and this was not called before
 * @side: whose
 *
 * Detach complete is called once a grace period has passed and the last call has
 * ended.
 *
 * Context: Inside the side's detach callback.
 */
void nmr_calls_close(struct nmr_binding_object *binding, enum nmr_side side)
{
	nmr_binding_add_debt(binding, side, NMR_OWES_CLOSE);
	llist_add(&binding->calls[side].closing, &nmr_closing[side]);
	nmr_work_queue_delayed(&nmr_closer, 1);
}

/* Context: a grace period after nmr_calls_close(). */
static void nmr_calls_closed(struct nmr_calls *calls, enum nmr_side side)
{
	struct nmr_binding_object *binding;
	unsigned int counted = nmr_calls_counted(calls);
	unsigned long detach;
	int remaining;

	binding = container_of(calls - side, struct nmr_binding_object, calls[0]);
	detach = (unsigned long)binding->registration[side]->registrant.detach;
	remaining = atomic_add_return((int)counted - NMR_CALLS_BIAS, &calls->remaining);
	if (!remaining)
		nmr_calls_drained((struct nmr_binding *)binding->handle.cookie, side, detach);
	else if (remaining < 0)
		nmr_warn_caller(detach, "more calls of a rundown have ended than begun");
	nmr_binding_pay_debt(binding, side, NMR_OWES_CLOSE);
}

/**
 * nmr_calls_close_all() - end what nmr_calls_close() has begun
 *
 * Waits for one grace period if a rundown or gate of any binding is to be closed.
 *
 * Context: Process context, may sleep.
 */
void nmr_calls_close_all(void)
{
	struct llist_node *closing[NMR_SIDES];
	struct nmr_calls *calls, *next;
	enum nmr_side side;

	/* If this misses what is being added, the work item finds it. */
	if (llist_empty(&nmr_closing[NMR_PROVIDER]) && llist_empty(&nmr_closing[NMR_CLIENT]))
		return;
	for (side = 0; side < NMR_SIDES; side++)
		closing[side] = llist_del_all(&nmr_closing[side]);
	if (!closing[NMR_PROVIDER] && !closing[NMR_CLIENT])
		return;
	synchronize_rcu_expedited();
	nmr_race_point(NMR_RACE_CLOSED);
	for (side = 0; side < NMR_SIDES; side++) {
		llist_for_each_entry_safe(calls, next, closing[side], closing) {
			nmr_calls_closed(calls, side);
			cond_resched();
		}
	}
}

static void nmr_close_work(struct work_struct *work)
{
	nmr_calls_close_all();
}

/* Context: nothing is registered. */
void nmr_calls_exit(void)
{
	cancel_delayed_work_sync(&nmr_closer);
}
