/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_OWNER_H
#define _NMR_OWNER_H

#include <linux/list.h>
#include <linux/module.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

struct nmr_registration;

/*
 * A module that registers. Exists from the module's first registration until
 * the module is unloaded, and as long as a registration refers to it, so that
 * messages can name a module that is already gone.
 */
struct nmr_owner {
	/* In the index; nmr_owners_lock, read under RCU. */
	struct hlist_node node;
	/* NULL: built in. */
	struct module *module;
	char name[MODULE_NAME_LEN];
	/* One for the index, one for each registration until that is freed. */
	refcount_t refs;
	/*
	 * Guards the lists below and their registrations' owner_node; a
	 * registration's handle is live as long as it is on a list. Taken in
	 * process context only, also inside npi->lock. nmr_slots_lock nests in
	 * it.
	 */
	spinlock_t lock;
	/* Registrations, from before peers can find them until they are retired. */
	struct hlist_head registrations;
	/* Those of them that nmr_owner_unload() has deregistered. */
	struct hlist_head abandoned;
	struct rcu_head rcu;
};

int nmr_owner_init(void);
void nmr_owner_exit(void);

struct nmr_owner *nmr_owner_get(struct module *module);
void nmr_owner_put(struct nmr_owner *owner);
int nmr_owner_add(struct nmr_registration *registration);
bool nmr_owner_remove(struct nmr_registration *registration);
void nmr_owner_unload(struct module *module);

#endif /* _NMR_OWNER_H */
