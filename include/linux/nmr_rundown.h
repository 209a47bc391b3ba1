/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rundown: counts one side's calls into the other side of a binding, so that
 * its detach is complete when the last of them has returned.
 */
#ifndef _LINUX_NMR_RUNDOWN_H
#define _LINUX_NMR_RUNDOWN_H

#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/types.h>

/**
 * DOC: calls in progress
 *
 * A side that detaches must not be inside the other side's code any more when
 * its detach is complete. It embeds a &struct nmr_rundown in its binding context
 * and
 *
 * 1. calls nmr_rundown_init_client() or nmr_rundown_init_provider() from its
 *    attach callback;
 * 2. puts each call into the other side between nmr_rundown_enter() and
 *    nmr_rundown_exit(), and does not call when enter returns false;
 * 3. returns nmr_rundown_detach() from its detach callback. From then on enter
 *    returns false, and the last exit says detach complete;
 * 4. calls nmr_rundown_destroy() from its cleanup_binding_context. If the
 *    attach fails after step 1 it calls it there: no detach follows.
 *
 * enter and exit work in any context but NMI, may nest, and what is between them
 * may sleep. A rundown that is all zero is closed, and so is one after its detach
 * for as long as its memory is there, also once it is destroyed. So a thread may
 * go on trying until it is stopped, and contexts on an RCU list are freed with
 * kfree_rcu().
 *
 * Each side of a binding has one rundown, if any: when it has drained, detach
 * complete is said for that side.
 *
 * No other thread may use a rundown while it is initialised, and none may use it
 * before the dispatch table of the other side is known: a thread that tries too
 * early can see the open rundown and no dispatch table, or, in memory that is
 * used again, that of the binding before. So each binding has memory of its own,
 * and publishes it when the attach has returned::
 *
 *	err = nmr_rundown_init_client(&context->rundown, binding, GFP_KERNEL);
 *	if (err)
 *		goto err_free;
 *	err = nmr_client_attach_provider(binding, context, &my_dispatch,
 *					 &context->peer, &context->peer_dispatch);
 *	if (err)
 *		goto err_destroy;
 *	rcu_assign_pointer(my_context, context);
 *
 * or, where that memory is not found through a pointer, by smp_store_release() of
 * a flag that the callers read with smp_load_acquire(). A provider has all that it
 * needs in @attach_client, and publishes its context there.
 *
 * While the binding is attached, each is one addition to a counter of the
 * processor that it runs on, and a look at the sum's sign: no lock, no atomic
 * operation, no barrier, no cache line that another processor writes to. That
 * is enough because detach closes each processor's counter on that processor:
 * it takes what was counted and leaves a number so negative that from then on
 * every sum is. The addition is one step as far as that processor is concerned,
 * so it came either before, and was taken, or after, and sees the sign. No grace
 * period is needed.
 */

struct nmr_binding;
struct nmr_rundown_calls;

/**
 * struct nmr_rundown - calls in progress of one side of a binding
 *
 * The members are private. The memory is the caller's, from init until destroy.
 */
struct nmr_rundown {
	/* private: */
	s64 __percpu *count;
	struct nmr_rundown_calls *calls;
};

int nmr_rundown_init_client(struct nmr_rundown *rundown,
			    struct nmr_binding *binding, gfp_t gfp);
int nmr_rundown_init_provider(struct nmr_rundown *rundown,
			      struct nmr_binding *binding, gfp_t gfp);
int nmr_rundown_detach(struct nmr_rundown *rundown);
void nmr_rundown_destroy(struct nmr_rundown *rundown);

void __nmr_rundown_exit(struct nmr_rundown *rundown);

/**
 * nmr_rundown_enter() - begin a call into the other side
 * @rundown: of the binding to call through
 *
 * See Documentation/contract.rst, section 6, row 5.9.
 *
 * Context: Any but NMI.
 * Return: true, and nmr_rundown_exit() must follow; false: the rundown is all
 *	zero, or the binding is detaching; do not call.
 */
static inline bool __must_check nmr_rundown_enter(struct nmr_rundown *rundown)
{
	s64 __percpu *count;
	bool open = false;

	/* Destroying waits for this, as for an RCU read section, to free it. */
	preempt_disable();
	count = READ_ONCE(rundown->count);
	if (likely(count))
		open = this_cpu_inc_return(*count) >= 0;
	preempt_enable();
	return likely(open);
}

/**
 * nmr_rundown_exit() - end a call into the other side
 * @rundown: for which nmr_rundown_enter() returned true
 *
 * After detach the last exit says detach complete: @rundown and the context it
 * is embedded in may be gone when this returns.
 *
 * See Documentation/contract.rst, section 6.
 *
 * Context: Any but NMI; need not be where it entered.
 */
static inline void nmr_rundown_exit(struct nmr_rundown *rundown)
{
	if (unlikely(this_cpu_dec_return(*READ_ONCE(rundown->count)) < 0))
		__nmr_rundown_exit(rundown);
}

#endif /* _LINUX_NMR_RUNDOWN_H */
