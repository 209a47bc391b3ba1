/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Gate: one side's calls into the other side of a binding, if they do not sleep.
 * Completes its detach when the last of them has returned.
 */
#ifndef _LINUX_NMR_GATE_H
#define _LINUX_NMR_GATE_H

#include <linux/compiler.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

/**
 * DOC: calls that do not sleep
 *
 * A gate does what &struct nmr_rundown does, for calls that do not sleep: they run
 * in RCU read sections, and are not counted. A side that makes only such calls embeds
 * a &struct nmr_gate in its binding context and
 *
 * 1. calls nmr_gate_init_client() or nmr_gate_init_provider() from its attach
 *    callback;
 * 2. puts each call into the other side between nmr_gate_enter() and nmr_gate_exit(),
 *    and does not call when enter returns false. A caller that is in an RCU read
 *    section already, as the receive path of the network stack is, can instead call
 *    if nmr_gate_is_open() returns true;
 * 3. returns nmr_gate_detach() from its detach callback. From then on enter returns
 *    false. A grace period later the registrar calls detach complete for this side;
 * 4. has nothing to do in its cleanup_binding_context.
 *
 * With PREEMPT_RT, enter does not disable preemption: the call may be preempted and
 * migrate, and must not rely on staying on a processor.
 *
 * If the attach fails after step 1, no detach follows and the gate stays open: free or
 * zero its memory.
 *
 * A gate has no memory of its own. A zeroed gate is closed, and so is one after its
 * detach, until its memory is freed. What &struct nmr_rundown demands of init, of
 * publishing the context, and of a side that has more than one, holds here as well.
 */

struct nmr_binding;

/**
 * struct nmr_gate - open while one side of a binding may call the other
 *
 * The members are private. The caller owns the memory.
 */
struct nmr_gate {
	/* private: */
	bool open;
	struct nmr_binding *binding;
};

/* The kernel-doc of these is in nmr_core/gate.c. */
int nmr_gate_init_client(struct nmr_gate *gate, struct nmr_binding *binding);
int nmr_gate_init_provider(struct nmr_gate *gate, struct nmr_binding *binding);
int nmr_gate_detach(struct nmr_gate *gate);

/**
 * nmr_gate_is_open() - may a caller in an RCU read section call the other side?
 * @gate: gate of the binding to call through
 *
 * See Documentation/contract.rst, section 6, row 5.9.
 *
 * Context: Any but NMI, inside an RCU read section: with preemption, bottom halves or
 *	interrupts disabled, or inside rcu_read_lock(). A section of SRCU does not suffice.
 * Return: true, and the call must return before the section ends; false: the gate is all
 *	zero, or the binding is detaching; do not call.
 */
static inline bool __must_check nmr_gate_is_open(const struct nmr_gate *gate)
{
	return likely(READ_ONCE(gate->open));
}

/*
 * Disabling preemption is cheaper than rcu_read_lock() where that is a function. With
 * PREEMPT_RT the call may take spin locks, which sleep there. Lockdep accepts
 * rcu_dereference() in the call only inside rcu_read_lock().
 */
static inline void nmr_gate_lock(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT) || IS_ENABLED(CONFIG_PROVE_RCU))
		rcu_read_lock();
	else
		preempt_disable();
}

static inline void nmr_gate_unlock(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT) || IS_ENABLED(CONFIG_PROVE_RCU))
		rcu_read_unlock();
	else
		preempt_enable();
}

/**
 * nmr_gate_enter() - begin a call into the other side
 * @gate: gate of the binding to call through
 *
 * Begins an RCU read section if it returns true.
 *
 * See Documentation/contract.rst, section 6, row 5.9.
 *
 * Context: Any but NMI.
 * Return: true, and nmr_gate_exit() must follow in the same context; false: the gate is
 *	all zero, or the binding is detaching; do not call.
 */
static inline bool __must_check nmr_gate_enter(const struct nmr_gate *gate)
{
	nmr_gate_lock();
	if (nmr_gate_is_open(gate))
		return true;
	nmr_gate_unlock();
	return false;
}

/**
 * nmr_gate_exit() - end a call into the other side
 * @gate: for which nmr_gate_enter() returned true
 *
 * See Documentation/contract.rst, section 6.
 *
 * Context: That of nmr_gate_enter().
 */
static inline void nmr_gate_exit(const struct nmr_gate *gate)
{
	nmr_gate_unlock();
}

#endif /* _LINUX_NMR_GATE_H */
