// SPDX-License-Identifier: GPL-2.0
/* Registering: check, pair with each peer that is there, attach. */
#include <linux/kernel.h>

#include "binding.h"
#include "log.h"
#include "race_point.h"
#include "register.h"

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
		return "where to store the handle";
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

	while ((binding = nmr_take_spare(spare, side)))
		nmr_binding_free(binding);
}

/*
 * Makes the registration visible, to its module and to peers, and a proposal to
 * each peer that is: both in one critical section, so of two that register at
 * the same time exactly the later one proposes (4.1). Memory for the proposals
 * comes before, as many as there were peers at the last look; so -ENOMEM has
 * nothing to take back (4.6), and nobody knows of what it frees.
 */
static int nmr_propose_to_peers(struct nmr_registration *registration, void **handle)
{
	enum nmr_side side = registration->registrant.side;
	enum nmr_side other = nmr_other_side(side);
	struct nmr_npi *npi = registration->npi;
	struct nmr_registration *peer;
	unsigned int spares = 0, want;
	LIST_HEAD(spare);

	spin_lock(&npi->lock);
	while (npi->side[other].count > spares) {
		want = npi->side[other].count;
		spin_unlock(&npi->lock);
		for (; spares < want; spares++) {
			struct nmr_binding_object *binding = nmr_binding_alloc();

			if (!binding) {
				nmr_free_spare(&spare, side);
				return -ENOMEM;
			}
			list_add(&binding->link[side], &spare);
		}
		nmr_race_point(NMR_RACE_REGISTER_ALLOCATED);
		spin_lock(&npi->lock);
	}

	atomic_set(&registration->state, NMR_REGISTERED);
	/*
	 * Before a peer can call back. Who reads it there finds it live; if it
	 * is to deregister, that waits here for the lock.
	 */
	smp_store_release(handle, nmr_registration_cookie(registration));
	list_add_tail(&registration->npi_node, &npi->side[side].registrations);
	npi->side[side].count++;
	list_for_each_entry(peer, &npi->side[other].registrations, npi_node)
		if (!nmr_registration_is_marked(peer))
			nmr_binding_propose(nmr_take_spare(&spare, side),
					    registration, peer);
	spin_unlock(&npi->lock);

	nmr_free_spare(&spare, side);
	return 0;
}

/**
 * nmr_register() - register a provider or a client
 * @registrant: which, and all that is the module's; copied
 * @handle: where the handle goes
 * @key: lockdep class
 * @name: of the class
 *
 * Context: Process context, may sleep; attach callbacks run inside it.
 * Contract: section 2; 4.1, 4.6, 5.2.
 * Return: 0; -EINVAL; -ENOMEM, and no callback was called.
 */
int nmr_register(const struct nmr_registrant *registrant, void **handle,
		 struct lock_class_key *key, const char *name)
{
	const char *lacks = nmr_registrant_lacks(registrant, handle);
	struct nmr_registration *registration;
	int err;

	might_sleep();
	if (handle)
		WRITE_ONCE(*handle, NULL);
	if (lacks) {
		pr_warn("%s: registers without %s\n",
			module_name(registrant->owner), lacks);
		return -EINVAL;
	}
	registration = nmr_registration_create(registrant, key, name);
	if (!registration)
		return -ENOMEM;

	err = nmr_propose_to_peers(registration, handle);
	nmr_log_registration(NMR_STEP_REGISTER, registration, err);
	if (err) {
		nmr_registration_retire(registration);
		return err;
	}
	nmr_race_point(NMR_RACE_REGISTER_LINKED);
	while (nmr_binding_attach_next(registration))
		;
	nmr_registration_put_user(registration);
	return 0;
}
