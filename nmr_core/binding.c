// SPDX-License-Identifier: GPL-2.0
/* The life of a binding: proposed, attached, detaching, cleaned up, freed. */
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "binding.h"
#include "log.h"
#include "race_point.h"
#include "work.h"

/* Bindings that a walk visits before it may reschedule. */
#define NMR_BINDINGS_AT_ONCE 32

static struct kmem_cache *nmr_binding_cache;

/*
 * Objects are also freed in this state. The allocator skips init_on_alloc for
 * caches with a constructor.
 */
static void nmr_binding_construct(void *memory)
{
	struct nmr_binding_object *binding = memory;

	binding->caller[NMR_PROVIDER] = NULL;
	binding->caller[NMR_CLIENT] = NULL;
}

int __init nmr_binding_init(void)
{
	nmr_binding_cache = kmem_cache_create("nmr_binding_object",
					      sizeof(struct nmr_binding_object),
					      __alignof__(struct nmr_binding_object), 0,
					      nmr_binding_construct);
	return nmr_binding_cache ? 0 : -ENOMEM;
}

/* Context: after rcu_barrier(), which ran the last nmr_binding_free_rcu(). */
void nmr_binding_exit(void)
{
	kmem_cache_destroy(nmr_binding_cache);
}

static struct nmr_npi *nmr_binding_npi(struct nmr_binding_object *binding)
{
	return binding->registration[NMR_PROVIDER]->npi;
}

/*
 * Debts of both sides.
 */

static unsigned int nmr_debts_of(unsigned int debts, enum nmr_side side)
{
	return debts << (side * BITS_PER_BYTE);
}

/* Lockless snapshot. If a callback has returned, called_at is seen as well. */
unsigned int nmr_binding_debts(struct nmr_binding_object *binding, enum nmr_side side)
{
	return (atomic_read_acquire(&binding->debts) >> (side * BITS_PER_BYTE)) & 0xff;
}

/* Was the side's detach callback called, and has it not returned? */
bool nmr_binding_is_in_detach(struct nmr_binding_object *binding, enum nmr_side side)
{
	return READ_ONCE(binding->called_at[side]) &&
	       nmr_binding_debts(binding, side) & NMR_OWES_RETURN;
}

/* Has the side's detach callback returned, and is its detach complete still owed? */
bool nmr_binding_is_pending(struct nmr_binding_object *binding, enum nmr_side side)
{
	return (nmr_binding_debts(binding, side) & NMR_OWES_ALL) == NMR_OWES_COMPLETE;
}

/**
 * nmr_binding_clear() - the only place where debts are cleared
 * @binding: may be freed on return, unless the return value is 1
 * @side: whose debts
 * @debts: to clear, at least one of which a correct module still owes
 *
 * Context: Any.
 * Return: 1, neither side owes anything any more, and the caller must run cleanup
 *	(4.7); 0; -EALREADY, the side did not owe that; -EINVAL, it never attached.
 */
static int nmr_binding_clear(struct nmr_binding_object *binding, enum nmr_side side,
			     unsigned int debts)
{
	unsigned int mask = nmr_debts_of(debts, side);
	unsigned int any = NMR_OWES_ALL | NMR_OWES_CLOSE;
	unsigned int all = nmr_debts_of(any, NMR_PROVIDER) | nmr_debts_of(any, NMR_CLIENT);
	unsigned int owed = atomic_fetch_andnot(mask, &binding->debts);

	if (!(owed & mask))
		return owed & nmr_debts_of(NMR_ABSENT, side) ? -EINVAL : -EALREADY;
	return !(owed & ~mask & all);
}

/*
 * Memory and lists.
 */

static void nmr_binding_free_rcu(struct rcu_head *rcu)
{
	struct nmr_binding_object *binding;

	binding = container_of(rcu, struct nmr_binding_object, rcu);
	free_percpu(binding->calls[NMR_PROVIDER].count);
	free_percpu(binding->calls[NMR_CLIENT].count);
	kmem_cache_free(nmr_binding_cache, binding);
}

/**
 * nmr_binding_free() - free a binding that is on no list
 * @binding: its handle becomes stale
 *
 * Context: Process context.
 */
void nmr_binding_free(struct nmr_binding_object *binding)
{
	nmr_handle_remove(&binding->handle);
	call_rcu(&binding->rcu, nmr_binding_free_rcu);
}

static void nmr_binding_cleanup_work(struct nmr_work *work);

/**
 * nmr_binding_alloc() - allocate a binding to be proposed
 *
 * Context: Process context, may sleep.
 * Return: the binding with its handle reserved, or NULL.
 */
struct nmr_binding_object *nmr_binding_alloc(void)
{
	struct nmr_binding_object *binding;

	binding = kmem_cache_alloc(nmr_binding_cache, GFP_KERNEL);
	if (!binding)
		return NULL;
	binding->calls[NMR_PROVIDER].guard = NULL;
	binding->calls[NMR_CLIENT].guard = NULL;
	binding->calls[NMR_PROVIDER].count = NULL;
	binding->calls[NMR_CLIENT].count = NULL;
	binding->called_at[NMR_PROVIDER] = 0;
	binding->called_at[NMR_CLIENT] = 0;
	nmr_work_set(&binding->cleanup_work, nmr_binding_cleanup_work);
	if (nmr_handle_reserve(&binding->handle, NMR_HANDLE_BINDING)) {
		kmem_cache_free(nmr_binding_cache, binding);
		return NULL;
	}
	return binding;
}

/* Context: inside rcu_read_lock(), which alone keeps the binding alive. */
struct nmr_binding_object *nmr_binding_find(const void *cookie)
{
	struct nmr_handle *handle = nmr_handle_find(cookie, NMR_HANDLE_BINDING);

	return handle ? container_of(handle, struct nmr_binding_object, handle) : NULL;
}

/**
 * nmr_binding_propose() - link a binding of two registrations
 * @binding: allocated
 * @registration: whose register call is to attach it
 * @peer: of the other side; listed and not deregistering
 *
 * Context: npi->lock; the caller knows that both registrations have users.
 */
void nmr_binding_propose(struct nmr_binding_object *binding,
			 struct nmr_registration *registration,
			 struct nmr_registration *peer)
{
	enum nmr_side side = registration->registrant.side;
	enum nmr_side other = nmr_other_side(side);

	lockdep_assert_held(&registration->npi->lock);
	binding->registration[side] = registration;
	binding->registration[other] = peer;
	nmr_registration_get_user(registration);
	nmr_registration_get_user(peer);
	binding->phase = NMR_PROPOSED;
	atomic_set(&binding->debts, nmr_debts_of(NMR_OWES_ALL, NMR_PROVIDER) |
				    nmr_debts_of(NMR_OWES_ALL, NMR_CLIENT));
	/* At the head: register walks its peers from the last to the first. */
	list_add(&binding->link[side], &registration->proposed);
	list_add_tail(&binding->link[other], &peer->idle);
	nmr_handle_publish(&binding->handle);
}

static void nmr_binding_claim(struct nmr_binding_object *binding,
			      enum nmr_binding_phase phase)
{
	enum nmr_side side;

	lockdep_assert_held(&nmr_binding_npi(binding)->lock);
	binding->phase = phase;
	for (side = 0; side < NMR_SIDES; side++)
		list_move_tail(&binding->link[side], &binding->registration[side]->busy);
}

static void nmr_binding_put_back(struct nmr_binding_object *binding)
{
	enum nmr_side side;

	lockdep_assert_held(&nmr_binding_npi(binding)->lock);
	binding->phase = NMR_ATTACHED;
	for (side = 0; side < NMR_SIDES; side++)
		list_move_tail(&binding->link[side], &binding->registration[side]->idle);
}

static void nmr_binding_unlink(struct nmr_binding_object *binding)
{
	lockdep_assert_held(&nmr_binding_npi(binding)->lock);
	list_del(&binding->link[NMR_PROVIDER]);
	list_del(&binding->link[NMR_CLIENT]);
}

/* Frees an unlinked binding; its registrations may complete. */
static void nmr_binding_drop(struct nmr_binding_object *binding)
{
	struct nmr_registration *provider = binding->registration[NMR_PROVIDER];
	struct nmr_registration *client = binding->registration[NMR_CLIENT];

	nmr_binding_free(binding);
	nmr_registration_put_user(client);
	nmr_registration_put_user(provider);
}

static void nmr_binding_unlink_and_drop(struct nmr_binding_object *binding)
{
	struct nmr_npi *npi = nmr_binding_npi(binding);

	nmr_npi_lock(npi);
	nmr_binding_unlink(binding);
	nmr_npi_unlock(npi);
	nmr_binding_drop(binding);
}

static bool nmr_binding_is_deregistering(struct nmr_binding_object *binding, enum nmr_side side)
{
	return nmr_registration_is_deregistering(binding->registration[side]);
}

/*
 * Calling back.
 */

static __always_inline void nmr_callback_begin(struct nmr_binding_object *binding,
					       enum nmr_side side, enum nmr_step step)
{
	nmr_log_call(step, side, binding);
	WRITE_ONCE(binding->caller[side], current);
	/* Waiting for either registration waits for this callback. */
	lock_map_acquire_read(&binding->registration[NMR_PROVIDER]->lockdep_map);
	lock_map_acquire_read(&binding->registration[NMR_CLIENT]->lockdep_map);
}

static __always_inline void nmr_callback_end(struct nmr_binding_object *binding,
					     enum nmr_side side, enum nmr_step step,
					     int result)
{
	lock_map_release(&binding->registration[NMR_CLIENT]->lockdep_map);
	lock_map_release(&binding->registration[NMR_PROVIDER]->lockdep_map);
	WRITE_ONCE(binding->caller[side], NULL);
	nmr_log_result(step, side, binding, result);
}

/**
 * nmr_binding_would_deadlock() - is the caller in a callback of a registration?
 * @registration: the registration whose bindings to check, of either side
 *
 * Context: Process context.
 * Return: true, waiting for @registration would wait for the caller itself
 *	(5.5).
 */
noinline_for_stack bool nmr_binding_would_deadlock(struct nmr_registration *registration)
{
	enum nmr_side side = registration->registrant.side;
	struct nmr_npi *npi = registration->npi;
	/* Keeps the place on the list while the lock is dropped; has no caller. */
	struct nmr_binding_object cursor = {};
	struct nmr_binding_object *binding;
	unsigned int looked_at = 0;
	bool found = false;

	nmr_npi_lock(npi);
	list_add(&cursor.link[side], &registration->busy);
	while (!found && !list_is_last(&cursor.link[side], &registration->busy)) {
		binding = nmr_binding_of_link(cursor.link[side].next, side);
		found = READ_ONCE(binding->caller[NMR_PROVIDER]) == current ||
			READ_ONCE(binding->caller[NMR_CLIENT]) == current;
		list_move(&cursor.link[side], &binding->link[side]);
		/* Not after each, or the cursors of two walks would chase each other. */
		if (++looked_at % NMR_BINDINGS_AT_ONCE)
			continue;
		spin_unlock(&npi->lock);
		cond_resched();
		spin_lock(&npi->lock);
	}
	list_del(&cursor.link[side]);
	nmr_npi_unlock(npi);
	return found;
}

/* Does the callback that runs for @side attach, or detach? */
static bool nmr_binding_in_callback(struct nmr_binding_object *binding, enum nmr_side side,
				    bool attach)
{
	/* Stable: only the thread inside the callback changes the phase. */
	if (attach)
		return binding->phase < NMR_DETACHING;
	return nmr_binding_is_in_detach(binding, side);
}

/**
 * nmr_binding_find_in_callback() - look up the binding of a running callback
 * @cookie: the binding's handle, or anything
 * @side: whose callback
 * @attach: the attach callback; else the detach callback
 *
 * Context: Any.
 * Return: the binding, valid until the callback returns; NULL, the caller is
 *	not inside that callback.
 */
struct nmr_binding_object *nmr_binding_find_in_callback(const void *cookie, enum nmr_side side,
							bool attach)
{
	struct nmr_binding_object *binding;

	rcu_read_lock();
	binding = nmr_binding_find(cookie);
	if (binding && (READ_ONCE(binding->caller[side]) != current ||
			!nmr_binding_in_callback(binding, side, attach)))
		binding = NULL;
	rcu_read_unlock();
	return binding;
}

/*
 * Detach and cleanup.
 */

static void nmr_binding_cleanup_side(struct nmr_binding_object *binding,
				     enum nmr_side side)
{
	struct nmr_registrant *registrant = &binding->registration[side]->registrant;

	if (nmr_binding_debts(binding, side) & NMR_ABSENT || !registrant->cleanup)
		return;
	nmr_callback_begin(binding, side, NMR_STEP_CLEANUP);
	registrant->cleanup(binding->context[side]);
	nmr_callback_end(binding, side, NMR_STEP_CLEANUP, 0);
}

/* Called once, by the thread that cleared the last debt. */
static void nmr_binding_finish(struct nmr_binding_object *binding)
{
	nmr_race_point(NMR_RACE_CLEANUP);
	nmr_binding_cleanup_side(binding, NMR_CLIENT);
	nmr_binding_cleanup_side(binding, NMR_PROVIDER);
	nmr_log_result(NMR_STEP_UNBOUND, NMR_CLIENT, binding, 0);
	nmr_binding_unlink_and_drop(binding);
}

/**
 * nmr_binding_add_debt() - postpone cleanup
 * @binding: in the detach callback of @side, which has not returned
 * @side: whose debt
 * @debt: not owed yet
 *
 * Context: Any.
 */
void nmr_binding_add_debt(struct nmr_binding_object *binding, enum nmr_side side,
			  unsigned int debt)
{
	atomic_or(nmr_debts_of(debt, side), &binding->debts);
}

/**
 * nmr_binding_pay_debt() - clear a debt that nmr_binding_add_debt() added
 * @binding: may be freed on return
 * @side: whose debt
 * @debt: what nmr_binding_add_debt() added
 *
 * Context: Any but NMI.
 */
void nmr_binding_pay_debt(struct nmr_binding_object *binding, enum nmr_side side,
			  unsigned int debt)
{
	if (nmr_binding_clear(binding, side, debt) == 1)
		nmr_work_queue(&binding->cleanup_work);
}

static void nmr_binding_cleanup_work(struct nmr_work *work)
{
	nmr_binding_finish(container_of(work, struct nmr_binding_object, cleanup_work));
}

/*
 * Calls one side's detach callback. Returns true if that cleared the last debt. If
 * not, and the other side was called before, @binding may be freed already.
 */
static bool nmr_binding_detach_side(struct nmr_binding_object *binding,
				    enum nmr_side side)
{
	struct nmr_registration *registration = binding->registration[side];
	const struct nmr_layer *layer = registration->registrant.layer;
	int result;

	/* 0 means not yet. */
	WRITE_ONCE(binding->called_at[side], jiffies ?: -1UL);
	nmr_callback_begin(binding, side, NMR_STEP_DETACH);
	result = registration->registrant.detach(binding->context[side]);
	if (layer)
		result = layer->detach_result(result);
	nmr_callback_end(binding, side, NMR_STEP_DETACH, result);
	if (result && result != -EINPROGRESS)
		nmr_warn_misuse(registration->owner,
				"%s#%u: %s returned %d, neither 0 nor -EINPROGRESS; treated as 0",
				registration->owner->name, registration->number,
				nmr_step_names[NMR_STEP_DETACH][side], result);
	nmr_race_point(NMR_RACE_DETACH_RETURNED);
	return nmr_binding_clear(binding, side,
				 result == -EINPROGRESS ? NMR_OWES_RETURN : NMR_OWES_ALL) == 1;
}

/* The first detach cannot clear the last debt: the second callback has to return. */
static void nmr_binding_detach(struct nmr_binding_object *binding, enum nmr_side first)
{
	nmr_binding_detach_side(binding, first);
	if (nmr_binding_detach_side(binding, nmr_other_side(first)))
		nmr_binding_finish(binding);
}

/**
 * nmr_binding_detach_next() - detach one binding of a registration
 * @registration: deregistering
 *
 * Claims one binding at a time, so that while a callback of it blocks, the
 * others may be detached from their other side (4.16).
 *
 * Context: Process context; detach and cleanup callbacks run inside it.
 * Return: false, no idle binding remains.
 */
bool nmr_binding_detach_next(struct nmr_registration *registration)
{
	enum nmr_side side = registration->registrant.side;
	struct nmr_npi *npi = registration->npi;
	struct nmr_binding_object *binding;
	bool proposed;

	/* Lockless is safe: a deregistering side gains no bindings. */
	if (list_empty(&registration->idle))
		return false;
	nmr_npi_lock(npi);
	binding = nmr_binding_first(&registration->idle, side);
	if (!binding) {
		nmr_npi_unlock(npi);
		return false;
	}
	proposed = binding->phase == NMR_PROPOSED;
	if (proposed)
		nmr_binding_unlink(binding);
	else
		nmr_binding_claim(binding, NMR_DETACHING);
	nmr_npi_unlock(npi);

	if (proposed)
		nmr_binding_drop(binding);
	else
		nmr_binding_detach(binding, side);
	return true;
}

/**
 * nmr_binding_detach_complete() - a side's calls into the other are over
 * @cookie: the binding's handle, or anything
 * @side: the side that calls
 * @caller: for messages
 *
 * See Documentation/contract.rst, section 2, rows 4.4, 4.5 and 4.7.
 *
 * Context: Any but NMI: takes neither lock nor reference.
 * Return: 0; -EINVAL; -EALREADY.
 */
int nmr_binding_detach_complete(const void *cookie, enum nmr_side side,
				unsigned long caller)
{
	const char *name = nmr_step_names[NMR_STEP_DETACH_COMPLETE][side];
	struct nmr_binding_object *binding;
	int ret = -EINVAL;

	nmr_race_point(NMR_RACE_COMPLETE);
	rcu_read_lock();
	binding = nmr_binding_find(cookie);
	if (binding) {
		nmr_race_point(NMR_RACE_COMPLETE_FOUND);
		ret = nmr_binding_clear(binding, side, NMR_OWES_COMPLETE);
	}
	if (ret >= 0)
		nmr_log_result(NMR_STEP_DETACH_COMPLETE, side, binding, 0);
	if (ret == 1)
		nmr_work_queue(&binding->cleanup_work);
	rcu_read_unlock();

	if (ret == -EALREADY)
		nmr_warn_caller(caller, "%s: called twice, or not owed", name);
	else if (ret < 0)
		nmr_warn_caller(caller, "%s: no such binding", name);
	return min(ret, 0);
}

/*
 * Attach.
 */

/**
 * nmr_binding_attach_client() - offer a client to its provider
 * @cookie: the binding's handle, or anything
 * @client_binding_context: the client's binding context
 * @client_dispatch: the client's dispatch table
 * @provider_binding_context: where to store the provider's binding context
 * @provider_dispatch: where to store the provider's dispatch table
 * @caller: for messages
 *
 * See Documentation/contract.rst, section 2.
 *
 * Context: Process context, inside the client's attach_provider callback.
 * Return: what attach_client returned; -EINVAL.
 */
int nmr_binding_attach_client(const void *cookie, void *client_binding_context,
			      const void *client_dispatch,
			      void **provider_binding_context,
			      const void **provider_dispatch, unsigned long caller)
{
	struct nmr_registration *provider, *client;
	struct nmr_binding_object *binding;
	const void *dispatch = NULL;
	void *context = NULL;
	int result;

	if (!provider_binding_context || !provider_dispatch) {
		nmr_warn_caller(caller, "attach_provider: no out-pointer");
		return -EINVAL;
	}
	binding = nmr_binding_find_in_callback(cookie, NMR_CLIENT, true);
	if (!binding || binding->phase != NMR_OFFERED) {
		nmr_warn_caller(caller, "attach_provider: outside this callback, or called twice");
		return -EINVAL;
	}

	provider = binding->registration[NMR_PROVIDER];
	client = binding->registration[NMR_CLIENT];
	binding->phase = NMR_ATTACHING;
	binding->context[NMR_CLIENT] = client_binding_context;
	nmr_callback_begin(binding, NMR_PROVIDER, NMR_STEP_ATTACH);
	result = provider->registrant.attach_client((struct nmr_binding *)cookie,
						    provider->registrant.context,
						    client->registrant.instance,
						    client_binding_context,
						    client_dispatch,
						    &context, &dispatch);
	nmr_callback_end(binding, NMR_PROVIDER, NMR_STEP_ATTACH, result);
	if (result) {
		binding->phase = NMR_DECLINED;
		return result;
	}
	binding->phase = NMR_ACCEPTED;
	binding->context[NMR_PROVIDER] = context;
	*provider_binding_context = context;
	*provider_dispatch = dispatch;
	return 0;
}

static int nmr_binding_offer(struct nmr_binding_object *binding)
{
	struct nmr_registration *provider = binding->registration[NMR_PROVIDER];
	struct nmr_registration *client = binding->registration[NMR_CLIENT];
	int result;

	nmr_race_point(NMR_RACE_ATTACH_CLAIMED);
	nmr_callback_begin(binding, NMR_CLIENT, NMR_STEP_ATTACH);
	result = client->registrant.attach_provider((void *)binding->handle.cookie,
						    client->registrant.context,
						    provider->registrant.instance);
	nmr_callback_end(binding, NMR_CLIENT, NMR_STEP_ATTACH, result);
	nmr_race_point(NMR_RACE_ATTACH_RETURNED);
	return result;
}

static void nmr_binding_attached(struct nmr_binding_object *binding)
{
	struct nmr_npi *npi = nmr_binding_npi(binding);
	bool provider_deregisters, client_deregisters;

	nmr_log_result(NMR_STEP_ATTACHED, NMR_CLIENT, binding, 0);
	nmr_npi_lock(npi);
	/*
	 * A side that began to deregister during the attach may have searched
	 * its idle list already; one that begins later finds the binding there
	 * (4.2).
	 */
	provider_deregisters = nmr_binding_is_deregistering(binding, NMR_PROVIDER);
	client_deregisters = nmr_binding_is_deregistering(binding, NMR_CLIENT);
	if (provider_deregisters || client_deregisters)
		binding->phase = NMR_DETACHING;
	else
		nmr_binding_put_back(binding);
	nmr_npi_unlock(npi);

	if (client_deregisters)
		nmr_binding_detach(binding, NMR_CLIENT);
	else if (provider_deregisters)
		nmr_binding_detach(binding, NMR_PROVIDER);
}

/* Contract 4.10: the provider attached to a client that then failed. */
static void nmr_binding_half_attached(struct nmr_binding_object *binding, int result)
{
	struct nmr_registration *provider = binding->registration[NMR_PROVIDER];
	struct nmr_registration *client = binding->registration[NMR_CLIENT];

	nmr_warn_misuse(client->owner,
			"%s#%u: attach_provider returned %d after attaching to %s#%u",
			client->owner->name, client->number, result,
			provider->owner->name, provider->number);
	binding->phase = NMR_DETACHING;
	atomic_or(nmr_debts_of(NMR_ABSENT, NMR_CLIENT), &binding->debts);
	nmr_binding_clear(binding, NMR_CLIENT, NMR_OWES_ALL);
	if (nmr_binding_detach_side(binding, NMR_PROVIDER))
		nmr_binding_finish(binding);
}

static void nmr_binding_declined(struct nmr_binding_object *binding, int result)
{
	struct nmr_registration *provider = binding->registration[NMR_PROVIDER];
	struct nmr_registration *client = binding->registration[NMR_CLIENT];

	nmr_log_result(NMR_STEP_DECLINED, NMR_CLIENT, binding, result);
	if (!result)	/* Contract 4.11. */
		nmr_warn_misuse(client->owner,
				"%s#%u: attach_provider returned 0 without attaching to %s#%u",
				client->owner->name, client->number,
				provider->owner->name, provider->number);
	else if (result != -ENODEV && nmr_misuse_may_warn(client->owner))
		pr_info("%s#%u: did not attach to %s#%u: %d\n", client->owner->name,
			client->number, provider->owner->name, provider->number, result);
	nmr_binding_unlink_and_drop(binding);
}

static void nmr_binding_attach(struct nmr_binding_object *binding)
{
	int result = nmr_binding_offer(binding);

	if (binding->phase != NMR_ACCEPTED)
		nmr_binding_declined(binding, result);
	else if (result)
		nmr_binding_half_attached(binding, result);
	else
		nmr_binding_attached(binding);
}

/**
 * nmr_binding_attach_next() - attach one binding that a registration proposed
 * @registration: in its register call
 *
 * Context: Process context; attach callbacks run inside it, and if a side
 *	deregisters meanwhile, detach and cleanup callbacks too.
 * Return: false, no proposed binding remains.
 */
bool nmr_binding_attach_next(struct nmr_registration *registration)
{
	struct nmr_npi *npi = registration->npi;
	struct nmr_binding_object *binding;
	bool deregistering;

	/* Lockless is safe: only this thread adds proposals. */
	if (list_empty(&registration->proposed))
		return false;
	nmr_npi_lock(npi);
	binding = nmr_binding_first(&registration->proposed, registration->registrant.side);
	if (!binding) {
		nmr_npi_unlock(npi);
		return false;
	}
	deregistering = nmr_binding_is_deregistering(binding, NMR_PROVIDER) ||
			nmr_binding_is_deregistering(binding, NMR_CLIENT);
	if (deregistering)
		nmr_binding_unlink(binding);
	else
		nmr_binding_claim(binding, NMR_OFFERED);
	nmr_npi_unlock(npi);

	if (deregistering)
		nmr_binding_drop(binding);
	else
		nmr_binding_attach(binding);
	return true;
}
