// SPDX-License-Identifier: GPL-2.0
/* Deregistering: stop new bindings, detach the existing ones, wait. */
#include <linux/kernel.h>

#include "binding.h"
#include "calls.h"
#include "deregister.h"
#include "log.h"
#include "race_point.h"
#include "watchdog.h"
#include "work.h"

/*
 * Makes the registration of a handle DEREGISTERING. The one caller that
 * succeeds must call nmr_detach_all(); until that is over the registration has
 * a user and cannot complete.
 */
static struct nmr_registration *nmr_begin_deregister(const void *cookie, enum nmr_side side,
						     unsigned long caller)
{
	struct nmr_registration *registration;
	bool begun = false;

	rcu_read_lock();
	registration = nmr_registration_find(cookie, side);
	if (registration) {
		nmr_race_point(NMR_RACE_DEREGISTER_FOUND);
		begun = nmr_registration_set_deregistering(registration);
		nmr_log_registration(NMR_STEP_DEREGISTER, registration,
				     begun ? -EINPROGRESS : -EINVAL);
	}
	rcu_read_unlock();

	if (begun)
		return registration;
	nmr_warn_caller(caller, "%s: %s", nmr_step_names[NMR_STEP_DEREGISTER][side],
			registration ? "deregistered already" : "no such handle");
	return NULL;
}

static void nmr_unlist(struct nmr_registration *registration)
{
	struct nmr_npi *npi = registration->npi;

	nmr_npi_lock(npi);
	list_del(&registration->listed.node);
	npi->side[registration->registrant.side].count--;
	nmr_npi_unlock(npi);
}

static void nmr_detach_all(struct nmr_registration *registration)
{
	nmr_race_point(NMR_RACE_DEREGISTER_BEGUN);
	nmr_watchdog_begin(registration);
	nmr_unlist(registration);
	while (nmr_binding_detach_next(registration))
		cond_resched();
	nmr_registration_put_user(registration);
}

static void nmr_detach_work(struct nmr_work *work)
{
	nmr_detach_all(container_of(work, struct nmr_registration, detach_work));
}

static void nmr_detach_later(struct nmr_registration *registration)
{
	nmr_work_set(&registration->detach_work, nmr_detach_work);
	nmr_work_queue(&registration->detach_work);
}

/**
 * nmr_deregister() - begin to deregister
 * @cookie: the registration's handle, or anything
 * @side: what it must be a handle of
 * @caller: for messages
 *
 * See Documentation/contract.rst, section 2, rows 4.2, 4.3, 4.12 and 5.3.
 *
 * Context: Process context, may sleep; detach and cleanup callbacks run inside.
 * Return: -EINPROGRESS; -EINVAL.
 */
int nmr_deregister(const void *cookie, enum nmr_side side, unsigned long caller)
{
	struct nmr_registration *registration;

	might_sleep();
	registration = nmr_begin_deregister(cookie, side, caller);
	if (!registration)
		return -EINVAL;
	nmr_detach_all(registration);
	return -EINPROGRESS;
}

/**
 * nmr_deregister_atomic() - begin to deregister from atomic context
 * @cookie: the registration's handle, or anything
 * @side: what it must be a handle of
 * @caller: for messages
 *
 * See Documentation/contract.rst, section 2, rows 4.15 and 5.3.
 *
 * Context: Any but NMI: takes no lock; the workqueue does the rest.
 * Return: -EINPROGRESS; -EINVAL.
 */
int nmr_deregister_atomic(const void *cookie, enum nmr_side side, unsigned long caller)
{
	struct nmr_registration *registration;

	registration = nmr_begin_deregister(cookie, side, caller);
	if (!registration)
		return -EINVAL;
	nmr_detach_later(registration);
	return -EINPROGRESS;
}

/**
 * nmr_deregister_abandoned() - begin to deregister for an unloaded module
 * @registration: the caller has a reference
 *
 * See Documentation/contract.rst, row 5.7.
 *
 * Context: Process context. Callbacks run elsewhere: one may block until those of
 *	another registration of the module have run.
 */
void nmr_deregister_abandoned(struct nmr_registration *registration)
{
	if (!nmr_registration_set_deregistering(registration))
		return;
	nmr_log_registration(NMR_STEP_DEREGISTER, registration, -EINPROGRESS);
	nmr_detach_later(registration);
}

/**
 * nmr_wait_abandoned() - wait on behalf of an unloaded module
 * @registration: deregistering; the caller has a reference
 *
 * See Documentation/contract.rst, row 5.7.
 *
 * Context: Process context, may sleep.
 */
void nmr_wait_abandoned(struct nmr_registration *registration)
{
	wait_for_completion(&registration->completed);
	nmr_registration_retire(registration);
	nmr_log_registration(NMR_STEP_WAIT, registration, 0);
}

/*
 * The lockdep class belongs to the module, which may be unloaded once another
 * thread's wait has returned. So touch it only while the handle is live, inside
 * an RCU read section, which the unloading of the module waits for.
 */
static void nmr_wait_lockdep(const void *cookie, enum nmr_side side)
{
	struct nmr_registration *registration;

	if (!IS_ENABLED(CONFIG_LOCKDEP))
		return;
	rcu_read_lock();
	registration = nmr_registration_find(cookie, side);
	if (registration) {
		lock_map_acquire(&registration->lockdep_map);
		lock_map_release(&registration->lockdep_map);
	}
	rcu_read_unlock();
}

/**
 * nmr_wait() - wait until a deregistration is complete
 * @cookie: the registration's handle, or anything
 * @side: what it must be a handle of
 * @caller: for messages
 *
 * The first wait that returns retires the handle. Concurrent ones return 0 as
 * well (4.8) and touch nothing that belonged to the module (5.8).
 *
 * See Documentation/contract.rst, section 2, rows 4.8, 4.13, 5.4, 5.5 and 5.8.
 *
 * Context: Process context, may sleep.
 * Return: 0; -EINVAL; -EDEADLK.
 */
int nmr_wait(const void *cookie, enum nmr_side side, unsigned long caller)
{
	const char *name = nmr_step_names[NMR_STEP_WAIT][side];
	struct nmr_registration *registration;
	bool complete;
	int ret = 0;

	might_sleep();
	registration = nmr_registration_get(cookie, side);
	if (!registration) {
		nmr_warn_caller(caller, "%s: no such handle", name);
		return -EINVAL;
	}
	nmr_race_point(NMR_RACE_WAIT_FOUND);
	complete = completion_done(&registration->completed);
	if (!nmr_registration_is_deregistering(registration)) {
		nmr_warn_caller(caller, "%s: not deregistered", name);
		ret = -EINVAL;
	} else if (!complete && nmr_binding_would_deadlock(registration)) {
		nmr_warn_caller(caller, "%s: inside a callback that it would wait for", name);
		ret = -EDEADLK;
	} else {
		nmr_wait_lockdep(cookie, side);
		nmr_race_point(NMR_RACE_WAIT);
		if (!complete) {
			nmr_calls_close_all();
			wait_for_completion(&registration->completed);
		}
		nmr_race_point(NMR_RACE_WAITED);
		nmr_registration_retire(registration);
	}
	nmr_log_registration(NMR_STEP_WAIT, registration, ret);
	nmr_registration_put(registration);
	return ret;
}
