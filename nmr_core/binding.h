/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_BINDING_H
#define _NMR_BINDING_H

#include <linux/atomic.h>

#include "calls.h"
#include "handle.h"
#include "registration.h"
#include "work.h"

/*
 * The life of a binding:
 *
 *                 a side deregisters before register claims it
 *   PROPOSED -------------------------------------------------> dropped
 *      | register claims it                                        ^
 *   OFFERED    attach_provider runs -- returns, not attached ------+
 *      | nmr_client_attach_provider()                              |
 *   ATTACHING  attach_client runs -- declines --> DECLINED --------+
 *      | accepts
 *   ACCEPTED   attach_provider still runs
 *      | returns 0                   | returns an error, or a side deregisters
 *   ATTACHED -- deregister claims it --> DETACHING --> dropped
 *
 * Guarded by npi->lock; from OFFERED to ACCEPTED, and in DETACHING, the binding
 * is busy: only the thread that claimed it reads and changes the phase.
 */
enum nmr_binding_phase {
	NMR_PROPOSED,
	NMR_OFFERED,
	NMR_ATTACHING,
	NMR_DECLINED,
	NMR_ACCEPTED,
	NMR_ATTACHED,
	NMR_DETACHING,
};

/*
 * What a side owes before the binding can be cleaned up. Detach complete may be
 * called before the detach callback is (contract 4.5) and while it runs (4.4): the
 * debts are cleared in any order. A callback that returns 0 clears both.
 */
#define NMR_OWES_RETURN		BIT(0)	/* its detach callback has to return */
#define NMR_OWES_COMPLETE	BIT(1)	/* it has to call detach complete */
#define NMR_OWES_ALL		(NMR_OWES_RETURN | NMR_OWES_COMPLETE)
/* Of the registrar itself, if the side's rundown or gate closes. */
#define NMR_OWES_CLOSE		BIT(2)
/* No debt: a client that attached and then failed (4.10). It has no cleanup. */
#define NMR_ABSENT		BIT(3)

/*
 * A binding; modules know its handle as struct nmr_binding. It has no reference
 * count: exactly one thread unlinks it and frees it after an RCU grace period.
 * As long as it is linked it is a user of both registrations.
 */
struct nmr_binding_object {
	struct nmr_handle handle;
	struct nmr_registration *registration[NMR_SIDES];
	/* On one list of each registration; npi->lock. */
	struct list_head link[NMR_SIDES];
	enum nmr_binding_phase phase;
	/* Of both sides, a byte each; in one word, so that one thread clears the last. */
	atomic_t debts;
	/* Each side's binding context, from its attach until its cleanup. */
	void *context[NMR_SIDES];
	/* The task in each side's callback; only ever compared with current. */
	struct task_struct *caller[NMR_SIDES];
	/* When each side's detach callback was called, in jiffies; or 0, not yet. */
	unsigned long called_at[NMR_SIDES];
	struct nmr_calls calls[NMR_SIDES];
	struct nmr_work cleanup_work;
	struct rcu_head rcu;
};

static inline struct nmr_binding_object *
nmr_binding_of_link(struct list_head *link, enum nmr_side side)
{
	return container_of(link - side, struct nmr_binding_object, link[0]);
}

static inline struct nmr_binding_object *
nmr_binding_first(struct list_head *bindings, enum nmr_side side)
{
	return list_empty(bindings) ? NULL : nmr_binding_of_link(bindings->next, side);
}

int nmr_binding_init(void);
void nmr_binding_exit(void);

struct nmr_binding_object *nmr_binding_alloc(void);
void nmr_binding_free(struct nmr_binding_object *binding);
void nmr_binding_propose(struct nmr_binding_object *binding,
			 struct nmr_registration *registration,
			 struct nmr_registration *peer);
bool nmr_binding_attach_next(struct nmr_registration *registration);
bool nmr_binding_detach_next(struct nmr_registration *registration);
bool nmr_binding_would_deadlock(struct nmr_registration *registration);
struct nmr_binding_object *nmr_binding_find_in_callback(const void *cookie, enum nmr_side side,
							bool attach);

int nmr_binding_attach_client(const void *cookie, void *client_binding_context,
			      const void *client_dispatch,
			      void **provider_binding_context,
			      const void **provider_dispatch, unsigned long caller);
int nmr_binding_detach_complete(const void *cookie, enum nmr_side side,
				unsigned long caller);
struct nmr_binding_object *nmr_binding_find(const void *cookie);
unsigned int nmr_binding_debts(struct nmr_binding_object *binding, enum nmr_side side);
void nmr_binding_add_debt(struct nmr_binding_object *binding, enum nmr_side side,
			  unsigned int debt);
void nmr_binding_pay_debt(struct nmr_binding_object *binding, enum nmr_side side,
			  unsigned int debt);
bool nmr_binding_is_in_detach(struct nmr_binding_object *binding, enum nmr_side side);
bool nmr_binding_is_pending(struct nmr_binding_object *binding, enum nmr_side side);

#endif /* _NMR_BINDING_H */
