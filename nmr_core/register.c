// SPDX-License-Identifier: GPL-2.0
/* Registering: check, propose a binding to each registered peer, attach. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/sched.h>

#include "binding.h"
#include "handle.h"
#include "log.h"
#include "owner.h"
#include "race_point.h"
#include "register.h"

/* As many peers are walked before the lock of the NPI is dropped. */
#define NMR_PEERS_AT_ONCE 32

/* What is missing (contract 5.2), or NULL. */
static const char *nmr_registrant_lacks(const struct nmr_registrant *registrant,
					void **handle)
{
	if (!registrant->instance)
		return "characteristics";
	if (!registrant->attach)
		return "an attach callback";
	if (!registrant->detach)
		return "a detach callback";
	if (!registrant->instance->npi_id)
		return "an npi_id";
	if (!handle)
		return "a handle pointer";
	return NULL;
}

static struct nmr_binding_object *nmr_take_spare(struct list_head *spare,
						 enum nmr_side side)
{
	struct nmr_binding_object *binding = nmr_binding_first(spare, side);

	if (binding)
		list_del(&binding->link[side]);
	return binding;
}

static void nmr_free_spare(struct list_head *spare, enum nmr_side side)
{
	struct nmr_binding_object *binding;

	while ((binding = nmr_take_spare(spare, side))) {
		nmr_binding_free(binding);
		cond_resched();
	}
}

static int nmr_alloc_spare(struct list_head *spare, enum nmr_side side, unsigned int count)
{
	struct nmr_binding_object *binding;

	while (count--) {
		binding = nmr_binding_alloc();
		if (!binding)
			return -ENOMEM;
		list_add(&binding->link[side], spare);
		cond_resched();
	}
	return 0;
}

/*
 * Proposes a binding to each peer that registered earlier; those that register
 * later propose themselves (4.1). Walks from the last peer to the first: when
 * the lock is dropped, a cursor keeps the place and new peers are added behind
 * it.
 */
static void nmr_propose_to_earlier(struct nmr_registration *registration,
				   struct list_head *spare)
{
	struct nmr_listed cursor = { .state = ATOMIC_INIT(NMR_STATE_DEREGISTERING) };
	enum nmr_side side = registration->registrant.side;
	struct nmr_npi *npi = registration->npi;
	struct nmr_listed *listed;
	unsigned int count = 0;

	lockdep_assert_held(&npi->lock);
	list_for_each_entry_reverse(listed, &npi->side[nmr_other_side(side)].registrations,
				    node) {
		if (!nmr_listed_is_deregistering(listed)) {
			nmr_race_point(NMR_RACE_REGISTER_PEER);
			nmr_binding_propose(nmr_take_spare(spare, side), registration,
					    container_of(listed, struct nmr_registration, listed));
		}
		/* A lock does not tell on all machines that others wait for it. */
		if (!need_resched() && ++count % NMR_PEERS_AT_ONCE)
			continue;
		list_add_tail(&cursor.node, &listed->node);
		spin_unlock(&npi->lock);
		cond_resched();
		spin_lock(&npi->lock);
		listed = list_next_entry(&cursor, node);
		list_del(&cursor.node);
	}
}

/* Publishes the handle, lists the registration, and proposes to earlier peers. */
static void nmr_make_visible(struct nmr_registration *registration, void **handle,
			     struct list_head *spare)
{
	enum nmr_side side = registration->registrant.side;
	struct nmr_npi *npi = registration->npi;

	lockdep_assert_held(&npi->lock);
	nmr_handle_publish(&registration->handle);
	/*
	 * Live before the module can read it, which is before a callback can
	 * run. A concurrent deregister waits for npi->lock.
	 */
	smp_store_release(handle, nmr_registration_cookie(registration));
	list_add_tail(&registration->listed.node, &npi->side[side].registrations);
	npi->side[side].count++;
	nmr_propose_to_earlier(registration, spare);
}

/*
 * Allocates a binding for each peer before the registration becomes visible: a
 * failure has nothing to undo (4.6).
 */
static int nmr_join_npi(struct nmr_registration *registration, void **handle)
{
	enum nmr_side side = registration->registrant.side;
	enum nmr_side other = nmr_other_side(side);
	struct nmr_npi *npi = registration->npi;
	unsigned int spares = 0, want;
	LIST_HEAD(spare);
	int err;

	nmr_npi_lock(npi);
	while ((want = npi->side[other].count) > spares) {
		nmr_npi_unlock(npi);
		err = nmr_alloc_spare(&spare, side, want - spares);
		if (err)
			goto out_free;
		spares = want;
		nmr_race_point(NMR_RACE_REGISTER_ALLOCATED);
		nmr_npi_lock(npi);
	}
	err = nmr_owner_add(registration);
	if (!err)
		nmr_make_visible(registration, handle, &spare);
	nmr_npi_unlock(npi);
out_free:
	nmr_free_spare(&spare, side);
	return err;
}

/**
 * nmr_register() - register a provider or a client
 * @registrant: the side, and what the module passed; copied
 * @handle: where to store the handle
 * @key: lockdep class
 * @name: of the class
 *
 * See Documentation/contract.rst, section 2, rows 4.1, 4.6, 5.2 and 5.7.
 *
 * Context: Process context, may sleep; attach callbacks run inside it.
 * Return: 0; -EINVAL; -ENOMEM or -ESHUTDOWN, and no callback was called.
 */
int nmr_register(const struct nmr_registrant *registrant, void **handle,
		 struct lock_class_key *key, const char *name)
{
	const char *lacks = nmr_registrant_lacks(registrant, handle);
	struct nmr_registration *registration;
	int err;

	might_sleep();
	if (lacks) {
		nmr_warn_misuse(registrant->module, "%s: cannot register without %s",
				module_name(registrant->module), lacks);
		return -EINVAL;
	}
	registration = nmr_registration_create(registrant, key, name);
	if (IS_ERR(registration)) {
		err = PTR_ERR(registration);
		goto out_failed;
	}
	err = nmr_join_npi(registration, handle);
	nmr_log_registration(NMR_STEP_REGISTER, registration, err);
	if (err) {
		nmr_registration_discard(registration);
		goto out_failed;
	}
	nmr_race_point(NMR_RACE_REGISTER_LINKED);
	while (nmr_binding_attach_next(registration))
		cond_resched();
	nmr_registration_put_user(registration);
	return 0;

out_failed:
	if (err == -ESHUTDOWN)
		nmr_warn_misuse(registrant->module,
				"%s: cannot register while it is being unloaded",
				module_name(registrant->module));
	return err;
}
