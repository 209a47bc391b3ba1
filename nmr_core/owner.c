// SPDX-License-Identifier: GPL-2.0
/*
 * The modules that register. When one is unloaded, or its init fails, while it
 * is still registered, nmr_core deregisters and waits on its behalf, as long as
 * its callbacks are still there (contract 5.7).
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/hashtable.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "deregister.h"
#include "handle.h"
#include "log.h"
#include "owner.h"
#include "race_point.h"
#include "registration.h"

/* Abandoned registrations beyond this many are only counted in the log. */
#define NMR_ABANDONED_LINES 8

/* Sized for few modules, with any number of registrations. Read under RCU. */
static DEFINE_HASHTABLE(nmr_owners, 6);

/*
 * Guards the index. An owner is added only if its module is not being unloaded,
 * and removed once it is: a module that is being unloaded gets no new owner.
 * Taken in process context only. Nothing nests in it.
 */
static DEFINE_SPINLOCK(nmr_owners_lock);

static bool nmr_owner_is_live(const struct nmr_owner *owner)
{
#ifdef CONFIG_MODULES
	enum module_state state;

	if (!owner->module)
		return true;
	/* The loader writes the state with a plain store. */
	state = data_race(owner->module->state);
	return state == MODULE_STATE_COMING || state == MODULE_STATE_LIVE;
#else
	return true;
#endif
}

/* Context: inside rcu_read_lock() or nmr_owners_lock. */
static struct nmr_owner *nmr_owner_find(struct module *module)
{
	struct nmr_owner *owner;

	hash_for_each_possible_rcu(nmr_owners, owner, node, (unsigned long)module,
				   lockdep_is_held(&nmr_owners_lock))
		if (owner->module == module)
			return owner;
	return NULL;
}

static struct nmr_owner *nmr_owner_alloc(struct module *module)
{
	struct nmr_owner *owner = kzalloc(sizeof(*owner), GFP_KERNEL);

	if (!owner)
		return NULL;
	owner->module = module;
	strscpy(owner->name, module_name(module), sizeof(owner->name));
	refcount_set(&owner->refs, 1);
	spin_lock_init(&owner->lock);
	return owner;
}

static struct nmr_owner *nmr_owner_create(struct module *module)
{
	struct nmr_owner *owner = nmr_owner_alloc(module), *found;
	int err = 0;

	if (!owner)
		return ERR_PTR(-ENOMEM);
	spin_lock(&nmr_owners_lock);
	found = nmr_owner_find(module);
	if (found) {
		refcount_inc(&found->refs);
	} else if (!nmr_owner_is_live(owner)) {
		err = -ESHUTDOWN;
	} else {
		refcount_inc(&owner->refs);
		hash_add_rcu(nmr_owners, &owner->node, (unsigned long)module);
	}
	spin_unlock(&nmr_owners_lock);

	if (!found && !err)
		return owner;
	kfree(owner);
	return found ?: ERR_PTR(err);
}

/**
 * nmr_owner_get() - find or create the owner of a module
 * @module: the module; NULL, built in
 *
 * Context: Process context, may sleep.
 * Return: the owner with a reference for the caller; ERR_PTR(-ENOMEM);
 *	ERR_PTR(-ESHUTDOWN), the module is being unloaded.
 */
struct nmr_owner *nmr_owner_get(struct module *module)
{
	struct nmr_owner *owner;

	rcu_read_lock();
	owner = nmr_owner_find(module);
	if (owner)
		nmr_race_point(NMR_RACE_OWNER_FOUND);
	if (owner && !refcount_inc_not_zero(&owner->refs))
		owner = NULL;
	rcu_read_unlock();
	return owner ?: nmr_owner_create(module);
}

/**
 * nmr_owner_put() - drop a reference
 * @owner: freed a grace period after the last
 *
 * Context: Process context.
 */
void nmr_owner_put(struct nmr_owner *owner)
{
	if (refcount_dec_and_test(&owner->refs))
		kfree_rcu(owner, rcu);
}

/**
 * nmr_owner_add() - add a registration to its owner
 * @registration: from here on deregistered when its module is unloaded
 *
 * Context: Process context.
 * Return: 0; -ESHUTDOWN, the module is being unloaded.
 */
int nmr_owner_add(struct nmr_registration *registration)
{
	struct nmr_owner *owner = registration->owner;
	int err = 0;

	spin_lock(&owner->lock);
	/* Either nmr_owner_unload() will find it, or this refuses it. */
	if (nmr_owner_is_live(owner))
		hlist_add_head(&registration->owner_node, &owner->registrations);
	else
		err = -ESHUTDOWN;
	spin_unlock(&owner->lock);
	return err;
}

/**
 * nmr_owner_remove() - remove a complete registration and its handle
 * @registration: added before
 *
 * Both under one lock: once all its registrations are removed a module may be
 * unloaded, and what a live handle finds must belong to a live module.
 *
 * Context: Process context.
 * Return: true for the one caller that removed it.
 */
bool nmr_owner_remove(struct nmr_registration *registration)
{
	struct nmr_owner *owner = registration->owner;
	bool added;

	spin_lock(&owner->lock);
	added = !hlist_unhashed(&registration->owner_node);
	if (added) {
		nmr_handle_remove(&registration->handle);
		hlist_del_init(&registration->owner_node);
	}
	spin_unlock(&owner->lock);
	return added;
}

#ifdef CONFIG_MODULES
/* Moves a registration of @from to @to; returns it with a reference, or NULL. */
static struct nmr_registration *nmr_owner_first(struct nmr_owner *owner,
						struct hlist_head *from,
						struct hlist_head *to)
{
	struct nmr_registration *registration = NULL;

	spin_lock(&owner->lock);
	if (!hlist_empty(from)) {
		registration = hlist_entry(from->first, struct nmr_registration, owner_node);
		/* On a list, so its handle holds a reference. */
		nmr_registration_ref(registration);
		hlist_del(&registration->owner_node);
		hlist_add_head(&registration->owner_node, to);
	}
	spin_unlock(&owner->lock);
	return registration;
}

static void nmr_owner_report(struct nmr_registration *registration, unsigned long count)
{
	if (count > NMR_ABANDONED_LINES)
		return;
	pr_warn("%s#%u: %s\n", registration->owner->name, registration->number,
		nmr_registration_is_registered(registration) ?
			"not deregistered" :
			"deregistered, but not waited for");
}

/*
 * Begins to deregister all before it waits for any: a callback of one registration
 * may depend on a callback of another.
 */
static void nmr_owner_abandon(struct nmr_owner *owner)
{
	struct nmr_registration *registration;
	unsigned long count = 0;

	while ((registration = nmr_owner_first(owner, &owner->registrations,
					       &owner->abandoned))) {
		if (!count++)
			pr_warn("%s: unloaded while still registered; nmr_core deregisters for it\n",
				owner->name);
		nmr_owner_report(registration, count);
		nmr_deregister_abandoned(registration);
		nmr_registration_put(registration);
		cond_resched();
	}
	if (count > NMR_ABANDONED_LINES)
		pr_warn("%s: %lu more registrations\n", owner->name,
			count - NMR_ABANDONED_LINES);

	while ((registration = nmr_owner_first(owner, &owner->abandoned,
					       &owner->abandoned))) {
		nmr_wait_abandoned(registration);
		nmr_registration_put(registration);
		cond_resched();
	}
}

/**
 * nmr_owner_unload() - deregister and wait on behalf of a module
 * @module: being unloaded; it can register nothing more
 *
 * Not static only for the tests, which fake the unloading of a module.
 *
 * Context: Process context, may sleep; callbacks of the module run meanwhile.
 */
void nmr_owner_unload(struct module *module)
{
	struct nmr_owner *owner;

	spin_lock(&nmr_owners_lock);
	owner = nmr_owner_find(module);
	if (owner)
		hash_del_rcu(&owner->node);
	spin_unlock(&nmr_owners_lock);

	if (!owner)
		return;
	nmr_owner_abandon(owner);
	nmr_owner_put(owner);
}
EXPORT_SYMBOL_FOR_NMR_TESTS(nmr_owner_unload);

static int nmr_owner_notify(struct notifier_block *block, unsigned long state, void *module)
{
	if (state == MODULE_STATE_GOING)
		nmr_owner_unload(module);
	return NOTIFY_DONE;
}

static struct notifier_block nmr_owner_notifier = {
	.notifier_call = nmr_owner_notify,
	/* First: callbacks may need what later notifiers tear down. */
	.priority = INT_MAX,
};

int __init nmr_owner_init(void)
{
	return register_module_notifier(&nmr_owner_notifier);
}

static void nmr_owner_stop_notifier(void)
{
	unregister_module_notifier(&nmr_owner_notifier);
}
#else
/* Built-in code is never unloaded. */
int __init nmr_owner_init(void)
{
	return 0;
}

static void nmr_owner_stop_notifier(void)
{
}
#endif

/* Context: nothing is registered. */
void nmr_owner_exit(void)
{
	struct hlist_node *next;
	struct nmr_owner *owner;
	int bucket;

	nmr_owner_stop_notifier();
	hash_for_each_safe(nmr_owners, bucket, next, owner, node) {
		hash_del_rcu(&owner->node);
		nmr_owner_put(owner);
	}
}
