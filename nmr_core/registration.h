/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_REGISTRATION_H
#define _NMR_REGISTRATION_H

#include <linux/completion.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/nmr.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "handle.h"
#include "npi.h"
#include "side.h"

/*
 * Who registers: all that is the module's own. None of it may be touched once
 * the registration is complete: the module may be gone.
 */
struct nmr_registrant {
	enum nmr_side side;
	struct module *owner;
	const struct nmr_layer *layer;
	const struct npi_registration_instance *instance;
	void *context;
	union {
		typeof_member(struct nmr_provider_characteristics, attach_client) attach_client;
		typeof_member(struct nmr_client_characteristics, attach_provider) attach_provider;
		/* To ask whether there is one, on either side. */
		void *attach;
	};
	int (*detach)(void *binding_context);
	void (*cleanup)(void *binding_context);
};

/* REGISTERED as its handle goes out and peers find it; nobody knew it before. */
enum nmr_registration_state {
	NMR_REGISTERING,
	NMR_REGISTERED,
	NMR_DEREGISTERING,
};

/* A registration, of either side. */
struct nmr_registration {
	struct nmr_handle handle;
	struct nmr_registrant registrant;
	struct nmr_npi *npi;

	/* enum nmr_registration_state; marked by one cmpxchg, anywhere. */
	atomic_t state;

	/* On npi->side[].registrations while peers are to find it; npi->lock. */
	struct list_head npi_node;
	/*
	 * Each binding is on one of these, by its link[] of this side; under
	 * npi->lock. Those this registration proposes and has not begun with:
	 */
	struct list_head proposed;
	/* In nobody's hands, attached or proposed by a peer: may be claimed. */
	struct list_head idle;
	/* In a thread's hands, or detaching: not to be claimed. */
	struct list_head busy;

	/*
	 * Why it is not complete: that it is registered, a register call under
	 * way, each binding until its cleanups have returned.
	 */
	refcount_t users;
	struct completion completed;

	/* The memory: one for the handle, one for each waiter. */
	refcount_t refs;

	/* Detaches on behalf of an _atomic deregister. */
	struct work_struct detach_work;

	/* When, or 0; and how long the watchdog keeps silent; in jiffies. */
	unsigned long began_detaching;
	unsigned long silent_for;
	/* Its module went without; owner.c alone looks at it. */
	bool left;
	struct rcu_head rcu;

	/* Shared around callbacks of its bindings, exclusive in wait. */
	struct lockdep_map lockdep_map;

	/*
	 * For messages. The name is the module's: good until the registration is
	 * complete, and inside an RCU read section that began before.
	 */
	const char *owner;
	u32 number;
};

int nmr_registration_init(void);
void nmr_registration_exit(void);

struct nmr_registration *
nmr_registration_create(const struct nmr_registrant *registrant,
			struct lock_class_key *key, const char *name);
void nmr_registration_retire(struct nmr_registration *registration);

struct nmr_registration *nmr_registration_find(const void *cookie, enum nmr_side side);
struct nmr_registration *nmr_registration_get(const void *cookie, enum nmr_side side);
void nmr_registration_put(struct nmr_registration *registration);

void nmr_registration_get_user(struct nmr_registration *registration);
void nmr_registration_put_user(struct nmr_registration *registration);

/* Contract 5.3: of any number of deregisters one gets true. */
static inline bool nmr_registration_mark(struct nmr_registration *registration)
{
	return atomic_cmpxchg(&registration->state, NMR_REGISTERED,
			      NMR_DEREGISTERING) == NMR_REGISTERED;
}

static inline bool nmr_registration_is_registered(struct nmr_registration *registration)
{
	return atomic_read(&registration->state) == NMR_REGISTERED;
}

static inline bool nmr_registration_is_marked(struct nmr_registration *registration)
{
	return atomic_read(&registration->state) == NMR_DEREGISTERING;
}

static inline void *nmr_registration_cookie(struct nmr_registration *registration)
{
	return (void *)registration->handle.cookie;
}

#endif /* _NMR_REGISTRATION_H */
