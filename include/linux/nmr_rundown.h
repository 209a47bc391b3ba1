/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rundown: counts one side's calls into the other side of a binding, so that
 * its detach is complete when the last of them has returned.
 */
#ifndef _LINUX_NMR_RUNDOWN_H
#define _LINUX_NMR_RUNDOWN_H

#include <linux/gfp.h>
#include <linux/percpu-refcount.h>
#include <linux/types.h>

/**
 * DOC: calls in progress
 *
 * A side that detaches must not be inside the other side's code any more when
 * it says so. It embeds a &struct nmr_rundown in its binding context and
 *
 * 1. calls nmr_rundown_init_client() or nmr_rundown_init_provider() from its
 *    attach callback;
 * 2. puts each call into the other side between nmr_rundown_enter() and
 *    nmr_rundown_exit(), and does not call when enter says false;
 * 3. returns nmr_rundown_detach() from its detach callback. From then on enter
 *    says false, and detach complete is said by whoever leaves last;
 * 4. calls nmr_rundown_destroy() from its cleanup_binding_context. Where the
 *    attach failed after step 1 it calls it there: no detach will come.
 *
 * enter and exit take no lock and, while the binding is attached, write to no
 * cache line that another processor writes to. They work in any context but
 * NMI, may nest, and what is between them may sleep. enter may still be called
 * after destroy, and says false, for as long as the memory is there: contexts
 * on an RCU list are freed with kfree_rcu().
 */

struct nmr_binding;

/**
 * struct nmr_rundown - calls in progress of one side of a binding
 *
 * The members are private. The memory is the caller's, from init until destroy.
 */
struct nmr_rundown {
	/* private: */
	struct percpu_ref calls;
	struct nmr_binding *binding;
	int (*complete)(struct nmr_binding *binding);
};

int nmr_rundown_init_client(struct nmr_rundown *rundown,
			    struct nmr_binding *binding, gfp_t gfp);
int nmr_rundown_init_provider(struct nmr_rundown *rundown,
			      struct nmr_binding *binding, gfp_t gfp);
int nmr_rundown_detach(struct nmr_rundown *rundown);
void nmr_rundown_destroy(struct nmr_rundown *rundown);

/**
 * nmr_rundown_enter() - begin a call into the other side
 * @rundown: of the binding to call through
 *
 * Context: Any but NMI.
 * Contract: section 6.
 * Return: true, and nmr_rundown_exit() must follow; false: the binding is
 *	detaching, do not call.
 */
static inline bool __must_check nmr_rundown_enter(struct nmr_rundown *rundown)
{
	return percpu_ref_tryget_live(&rundown->calls);
}

/**
 * nmr_rundown_exit() - end a call into the other side
 * @rundown: what nmr_rundown_enter() said true for
 *
 * After detach the last exit says detach complete: @rundown and the context it
 * is embedded in may be gone when this returns.
 *
 * Context: Any but NMI; need not be the one that entered.
 * Contract: section 6.
 */
static inline void nmr_rundown_exit(struct nmr_rundown *rundown)
{
	percpu_ref_put(&rundown->calls);
}

#endif /* _LINUX_NMR_RUNDOWN_H */
