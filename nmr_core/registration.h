/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_REGISTRATION_H
#define _NMR_REGISTRATION_H

#include <linux/completion.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/nmr.h>
#include <linux/refcount.h>

#include "handle.h"
#include "npi.h"
#include "owner.h"
#include "side.h"
#include "work.h"

/*
 * What a module registers. All of it belongs to the module, which may be
 * unloaded once the registration is complete: do not touch it afterwards.
 */
struct nmr_registrant {
	enum nmr_side side;
	struct module *module;
	const struct nmr_layer *layer;
	const struct npi_registration_instance *instance;
	void *context;
	union {
		typeof_member(struct nmr_provider_characteristics, attach_client) attach_client;
		typeof_member(struct nmr_client_characteristics, attach_provider) attach_provider;
		/* To check for NULL, on either side. */
		void *attach;
	};
	int (*detach)(void *binding_context);
	void (*cleanup)(void *binding_context);
};

enum nmr_registration_state {
	NMR_STATE_REGISTERED,
	NMR_STATE_DEREGISTERING,
};

/*
 * What peers see of a registration. A walk that drops the lock keeps its place
 * with a bare nmr_listed as cursor, in state DEREGISTERING: walks skip those.
 */
struct nmr_listed {
	/* On npi->side[].registrations while peers may find it; npi->lock. */
	struct list_head node;
	/* enum nmr_registration_state; changed once, by cmpxchg, in any context. */
	atomic_t state;
};

/* A registration, of either side. */
struct nmr_registration {
	struct nmr_handle handle;
	struct nmr_registrant registrant;
	struct nmr_npi *npi;
	struct nmr_owner *owner;

	struct nmr_listed listed;
	/*
	 * Each binding is on one of these lists, by its link[] of this side;
	 * npi->lock. Proposed by this registration, not yet claimed:
	 */
	struct list_head proposed;
	/* Attached, or proposed by a peer: deregister may claim it. */
	struct list_head idle;
	/* Claimed by a thread, or detaching. */
	struct list_head busy;

	/*
	 * What keeps it from being complete: one until it is deregistered, one
	 * for a register call in progress, one for each binding until its
	 * cleanups have returned.
	 */
	refcount_t users;
	struct completion completed;

	/* References to the memory: one for the handle, one for each waiter. */
	refcount_t refs;
	/* On a list of the owner; owner->lock. */
	struct hlist_node owner_node;

	/* Detaches on behalf of an _atomic deregister. */
	struct nmr_work detach_work;

	/* When its detach began, or 0; how long after that to report it; jiffies. */
	unsigned long began_detaching;
	unsigned long silent_for;
	struct rcu_head rcu;

	/*
	 * Shared around callbacks of its bindings, exclusive in wait. The class
	 * belongs to the module: only touch it while the registration is not
	 * complete, or inside an RCU read section in which its handle was
	 * found.
	 */
	struct lockdep_map lockdep_map;

	/* Copied for messages: the instance belongs to the module. */
	u32 number;
};

int nmr_registration_init(void);
void nmr_registration_exit(void);

struct nmr_registration *
nmr_registration_create(const struct nmr_registrant *registrant,
			struct lock_class_key *key, const char *name);
void nmr_registration_discard(struct nmr_registration *registration);
void nmr_registration_retire(struct nmr_registration *registration);

struct nmr_registration *nmr_registration_find(const void *cookie, enum nmr_side side);
struct nmr_registration *nmr_registration_get(const void *cookie, enum nmr_side side);
void nmr_registration_ref(struct nmr_registration *registration);
void nmr_registration_put(struct nmr_registration *registration);

void nmr_registration_get_user(struct nmr_registration *registration);
void nmr_registration_put_user(struct nmr_registration *registration);

/* Contract 5.3: of any number of deregisters one gets true. */
static inline bool nmr_registration_set_deregistering(struct nmr_registration *registration)
{
	return atomic_cmpxchg(&registration->listed.state, NMR_STATE_REGISTERED,
			      NMR_STATE_DEREGISTERING) == NMR_STATE_REGISTERED;
}

static inline bool nmr_registration_is_registered(struct nmr_registration *registration)
{
	return atomic_read(&registration->listed.state) == NMR_STATE_REGISTERED;
}

static inline bool nmr_listed_is_deregistering(struct nmr_listed *listed)
{
	return atomic_read(&listed->state) == NMR_STATE_DEREGISTERING;
}

static inline bool nmr_registration_is_deregistering(struct nmr_registration *registration)
{
	return nmr_listed_is_deregistering(&registration->listed);
}

static inline void *nmr_registration_cookie(struct nmr_registration *registration)
{
	return (void *)registration->handle.cookie;
}

#endif /* _NMR_REGISTRATION_H */
