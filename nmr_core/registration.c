// SPDX-License-Identifier: GPL-2.0
/* A registration: its memory, its users, its completion. */
#include <linux/err.h>
#include <linux/slab.h>

#include "log.h"
#include "race_point.h"
#include "registration.h"

static struct kmem_cache *nmr_registration_cache;

/*
 * Objects are also freed in this state. The allocator skips init_on_alloc for
 * caches with a constructor.
 */
static void nmr_registration_construct(void *memory)
{
	struct nmr_registration *registration = memory;

	INIT_LIST_HEAD(&registration->proposed);
	INIT_LIST_HEAD(&registration->idle);
	INIT_LIST_HEAD(&registration->busy);
	init_completion(&registration->completed);
}

int __init nmr_registration_init(void)
{
	nmr_registration_cache = kmem_cache_create("nmr_registration",
						   sizeof(struct nmr_registration),
						   __alignof__(struct nmr_registration), 0,
						   nmr_registration_construct);
	return nmr_registration_cache ? 0 : -ENOMEM;
}

/* Context: after rcu_barrier(), which ran the last nmr_registration_free(). */
void nmr_registration_exit(void)
{
	kmem_cache_destroy(nmr_registration_cache);
}

static enum nmr_handle_kind nmr_registration_kind(enum nmr_side side)
{
	return side == NMR_PROVIDER ? NMR_HANDLE_PROVIDER : NMR_HANDLE_CLIENT;
}

/**
 * nmr_registration_create() - allocate a registration, not to be found yet
 * @registrant: checked and complete
 * @key: lockdep class
 * @name: of the class
 *
 * Context: Process context, may sleep.
 * Return: the registration with its handle reserved and two users, one until it
 *	is deregistered and one for the register call; ERR_PTR(-ENOMEM);
 *	ERR_PTR(-ESHUTDOWN), its module is being unloaded.
 */
struct nmr_registration *
nmr_registration_create(const struct nmr_registrant *registrant,
			struct lock_class_key *key, const char *name)
{
	struct nmr_registration *registration;
	int err = -ENOMEM;

	registration = kmem_cache_alloc(nmr_registration_cache, GFP_KERNEL);
	if (!registration)
		return ERR_PTR(err);
	registration->registrant = *registrant;
	atomic_set(&registration->listed.state, NMR_STATE_REGISTERED);
	refcount_set(&registration->users, 2);
	reinit_completion(&registration->completed);
	refcount_set(&registration->refs, 1);
	lockdep_init_map(&registration->lockdep_map, name, key, 0);
	registration->number = registrant->instance->number;
	registration->began_detaching = 0;
	registration->silent_for = 0;

	registration->owner = nmr_owner_get(registrant->module);
	if (IS_ERR(registration->owner)) {
		err = PTR_ERR(registration->owner);
		goto err_free;
	}
	registration->npi = nmr_npi_get(registrant->instance->npi_id);
	if (!registration->npi)
		goto err_put_owner;
	if (nmr_handle_reserve(&registration->handle,
			       nmr_registration_kind(registrant->side)))
		goto err_put_npi;
	return registration;

err_put_npi:
	nmr_npi_put(registration->npi);
err_put_owner:
	nmr_owner_put(registration->owner);
err_free:
	kmem_cache_free(nmr_registration_cache, registration);
	return ERR_PTR(err);
}

static void nmr_registration_free(struct rcu_head *rcu)
{
	kmem_cache_free(nmr_registration_cache,
			container_of(rcu, struct nmr_registration, rcu));
}

/**
 * nmr_registration_put() - drop a reference to the memory
 * @registration: freed a grace period after the last
 *
 * Context: Process context.
 */
void nmr_registration_put(struct nmr_registration *registration)
{
	if (!refcount_dec_and_test(&registration->refs))
		return;
	nmr_npi_put(registration->npi);
	nmr_owner_put(registration->owner);
	call_rcu(&registration->rcu, nmr_registration_free);
}

/* Context: another reference keeps the registration alive. */
void nmr_registration_ref(struct nmr_registration *registration)
{
	refcount_inc(&registration->refs);
}

/**
 * nmr_registration_discard() - free a registration that was never visible
 * @registration: created; its handle was not published
 *
 * Context: Process context.
 */
void nmr_registration_discard(struct nmr_registration *registration)
{
	nmr_handle_remove(&registration->handle);
	nmr_registration_put(registration);
}

/**
 * nmr_registration_retire() - make the handle of a registration stale
 * @registration: complete; a second call is a no-op
 *
 * Context: Process context; the caller has a reference of its own.
 */
void nmr_registration_retire(struct nmr_registration *registration)
{
	if (nmr_owner_remove(registration))
		nmr_registration_put(registration);
}

/**
 * nmr_registration_find() - look a handle up
 * @cookie: anything
 * @side: what it must be a handle of
 *
 * Context: Any but NMI, inside rcu_read_lock(), which alone keeps the
 *	registration alive.
 * Return: the registration or NULL.
 */
struct nmr_registration *nmr_registration_find(const void *cookie, enum nmr_side side)
{
	struct nmr_handle *handle;

	handle = nmr_handle_find(cookie, nmr_registration_kind(side));
	return handle ? container_of(handle, struct nmr_registration, handle) : NULL;
}

/**
 * nmr_registration_get() - look a handle up and take a reference
 * @cookie: anything
 * @side: what it must be a handle of
 *
 * Context: Process context.
 * Return: the registration with a reference for the caller, or NULL.
 */
struct nmr_registration *nmr_registration_get(const void *cookie, enum nmr_side side)
{
	struct nmr_registration *registration;

	rcu_read_lock();
	registration = nmr_registration_find(cookie, side);
	if (registration && !refcount_inc_not_zero(&registration->refs))
		registration = NULL;
	rcu_read_unlock();
	return registration;
}

/* Context: the registration has another user. */
void nmr_registration_get_user(struct nmr_registration *registration)
{
	refcount_inc(&registration->users);
}

/**
 * nmr_registration_put_user() - drop a user
 * @registration: complete after the last
 *
 * Nothing that belongs to the module may be touched afterwards.
 *
 * Context: Process context.
 */
void nmr_registration_put_user(struct nmr_registration *registration)
{
	const struct nmr_layer *layer = registration->registrant.layer;

	if (!refcount_dec_and_test(&registration->users))
		return;
	nmr_log_registration(NMR_STEP_DEREGISTERED, registration, 0);
	if (layer)
		layer->released(registration->registrant.context);
	nmr_race_point(NMR_RACE_COMPLETED);
	complete_all(&registration->completed);
}
