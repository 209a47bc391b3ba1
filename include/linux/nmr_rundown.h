/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rundown: counts one side's calls into the other side of a binding, and
 * completes its detach when the last of them has returned.
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
 * When a side's detach is complete, none of its calls may still be inside the
 * other side's code. To ensure that, it embeds a &struct nmr_rundown in its
 * binding context and
 *
 * 1. calls nmr_rundown_init_client() or nmr_rundown_init_provider() from its
 *    attach callback;
 * 2. puts each call into the other side between nmr_rundown_enter() and
 *    nmr_rundown_exit(), and does not call when enter returns false;
 * 3. returns nmr_rundown_detach() from its detach callback. From then on enter
 *    returns false. When no call is in progress any more, and a grace period has
 *    passed, the registrar calls detach complete for this side;
 * 4. calls nmr_rundown_destroy() from its cleanup_binding_context. If the
 *    attach fails after step 1 it calls it there: no detach follows.
 *
 * enter and exit work in any context but NMI, may nest, and what is between
 * them may sleep. If it does not sleep, &struct nmr_gate costs less. A zeroed
 * rundown is closed, and so is one after its detach, even once it is destroyed,
 * until its memory is freed. So a thread may keep trying until it is stopped, and
 * contexts on an RCU list are freed with kfree_rcu().
 *
 * A side of a binding has at most one rundown or gate: it completes the detach of
 * the whole side.
 *
 * No other thread may use a rundown during its init, nor before the other side's
 * dispatch table is stored: it could see the open rundown without a dispatch
 * table or, in reused memory, with that of the previous binding. So allocate a
 * context for each binding, and publish it when the attach has returned::
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
 * or, if callers do not reach the context through a pointer, with
 * smp_store_release() of a flag that they read with smp_load_acquire(). A
 * provider already has the client's dispatch table in @attach_client, and
 * publishes its context there.
 *
 * While the binding is attached, enter increments and exit decrements a counter of
 * its processor, with preemption disabled: no lock, no atomic operation, no
 * barrier, no shared cache line. Detach clears the pointer to the counters. A grace
 * period later no enter or exit uses them any more, and their sum is
 * added to a shared counter, from which calls that end meanwhile are subtracted.
 * Detaching sends no interrupt of its own, and one grace period serves all
 * rundowns and gates that were detached before it began. Unless the kernel runs with
 * rcupdate.rcu_normal it is an expedited one, which may interrupt processors, but
 * neither idle ones nor isolated ones (nohz_full) in user mode.
 */

struct nmr_binding;

/**
 * struct nmr_rundown - calls in progress of one side of a binding
 *
 * The members are private. The caller owns the memory.
 */
struct nmr_rundown {
	/* private: */
	/* NULL while it is closed. */
	unsigned int __percpu *count;
	struct nmr_binding *binding;
};

/* The kernel-doc of these is in nmr_core/rundown.c. */
int nmr_rundown_init_client(struct nmr_rundown *rundown,
			    struct nmr_binding *binding, gfp_t gfp);
int nmr_rundown_init_provider(struct nmr_rundown *rundown,
			      struct nmr_binding *binding, gfp_t gfp);
int nmr_rundown_detach(struct nmr_rundown *rundown);
void nmr_rundown_destroy(struct nmr_rundown *rundown);

void __nmr_rundown_exit(struct nmr_rundown *rundown);

/**
 * nmr_rundown_enter() - begin a call into the other side
 * @rundown: rundown of the binding to call through
 *
 * See Documentation/contract.rst, section 6, row 5.9.
 *
 * Context: Any but NMI.
 * Return: true, and nmr_rundown_exit() must follow; false: the rundown is all
 *	zero, or the binding is detaching; do not call.
 */
static inline bool __must_check nmr_rundown_enter(struct nmr_rundown *rundown)
{
	unsigned int __percpu *count;

	/* An RCU read section: the counters are summed a grace period after closing. */
	preempt_disable();
	count = READ_ONCE(rundown->count);
	if (likely(count))
		this_cpu_inc(*count);
	preempt_enable();
	return likely(count);
}

/**
 * nmr_rundown_exit() - end a call into the other side
 * @rundown: for which nmr_rundown_enter() returned true
 *
 * After detach the last exit may call detach complete: @rundown and the context it
 * is embedded in may be freed when this returns.
 *
 * See Documentation/contract.rst, section 6.
 *
 * Context: Any but NMI; may differ from that of nmr_rundown_enter().
 */
static inline void nmr_rundown_exit(struct nmr_rundown *rundown)
{
	unsigned int __percpu *count;

	/* As in nmr_rundown_enter(). */
	preempt_disable();
	count = READ_ONCE(rundown->count);
	if (likely(count))
		this_cpu_dec(*count);
	preempt_enable();
	if (unlikely(!count))
		__nmr_rundown_exit(rundown);
}

#endif /* _LINUX_NMR_RUNDOWN_H */
