// SPDX-License-Identifier: GPL-2.0
/*
 * One call into another module that may be unloaded, guarded in different ways
 * against that. Each way is a function that makes a thousand such calls, and an
 * entry in the table at the end.
 */
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/percpu-refcount.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/string.h>

#include "bench.h"
#include "binding.h"

#define CALLS 1000

/* Reads the dispatch table for each call, so the call stays indirect. */
static __always_inline void call(void)
{
	READ_ONCE(bench_callee)->call();
}

static void call_bare(void)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++)
		call();
}

static void call_nmr_rundown(void)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		if (!nmr_rundown_enter(&bench_rundown))
			return bench_failed();
		call();
		nmr_rundown_exit(&bench_rundown);
	}
}

/* Calls must not sleep. */
static void call_nmr_gate(void)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		if (!nmr_gate_enter(&bench_gate))
			return bench_failed();
		call();
		nmr_gate_exit(&bench_gate);
	}
}

/* From an RCU read section. */
static void call_nmr_gate_inside(void)
{
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < CALLS; i++) {
		if (!nmr_gate_is_open(&bench_gate)) {
			bench_failed();
			break;
		}
		call();
	}
	rcu_read_unlock();
}

/* The callee would be unloaded after synchronize_rcu(). Calls must not sleep. */
static void call_rcu_read_lock(void)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		rcu_read_lock();
		call();
		rcu_read_unlock();
	}
}

DEFINE_STATIC_SRCU(calls_srcu);

static void call_srcu_read_lock(void)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		int index = srcu_read_lock(&calls_srcu);

		call();
		srcu_read_unlock(&calls_srcu, index);
	}
}

static void call_module_get(void)
{
	struct module *owner = bench_callee->owner;
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		if (!try_module_get(owner))
			return bench_failed();
		call();
		module_put(owner);
	}
}

static refcount_t refcount = REFCOUNT_INIT(1);

static void call_refcount(void)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		if (!refcount_inc_not_zero(&refcount))
			return bench_failed();
		call();
		if (refcount_dec_and_test(&refcount))
			return bench_failed();
	}
}

static DEFINE_RWLOCK(rwlock);

static void call_read_lock(void)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		read_lock(&rwlock);
		call();
		read_unlock(&rwlock);
	}
}

static struct percpu_ref percpu_ref;
static DECLARE_COMPLETION(percpu_ref_released);

static void release_percpu_ref(struct percpu_ref *ref)
{
	complete(&percpu_ref_released);
}

static int setup_percpu_ref(void)
{
	reinit_completion(&percpu_ref_released);
	return percpu_ref_init(&percpu_ref, release_percpu_ref, 0, GFP_KERNEL);
}

static void teardown_percpu_ref(void)
{
	percpu_ref_kill(&percpu_ref);
	wait_for_completion(&percpu_ref_released);
	percpu_ref_exit(&percpu_ref);
}

static void call_percpu_ref(void)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		if (!percpu_ref_tryget_live(&percpu_ref))
			return bench_failed();
		call();
		percpu_ref_put(&percpu_ref);
	}
}

SRCU_NOTIFIER_HEAD_STATIC(chain);

static int setup_chain(void)
{
	return srcu_notifier_chain_register(&chain, bench_callee->notifier);
}

static void teardown_chain(void)
{
	srcu_notifier_chain_unregister(&chain, bench_callee->notifier);
}

static void call_chain(void)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++)
		srcu_notifier_call_chain(&chain, 0, NULL);
}

/* The bare call first. */
static const struct bench_subject calls[] = {
	{ .name = "bare indirect call", .run = call_bare },
	{ .name = "nmr_gate in a read section", .run = call_nmr_gate_inside },
	{ .name = "nmr_gate", .run = call_nmr_gate },
	{ .name = "nmr_rundown", .run = call_nmr_rundown },
	{ .name = "rcu_read_lock (no sleep)", .run = call_rcu_read_lock },
	{ .name = "refcount_t", .run = call_refcount },
	{ .name = "read_lock", .run = call_read_lock },
	{ .name = "srcu_read_lock", .run = call_srcu_read_lock },
	{ .name = "try_module_get", .run = call_module_get },
	{ .name = "percpu_ref_tryget_live", .run = call_percpu_ref,
	  .setup = setup_percpu_ref, .teardown = teardown_percpu_ref },
	{ .name = "srcu notifier chain of one", .run = call_chain,
	  .setup = setup_chain, .teardown = teardown_chain },
};

static void each_call(const char *work, void (*measure)(const struct bench_subject *))
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		struct bench_subject subject = calls[i];

		subject.work = work;
		subject.times = CALLS;
		/* The only ones that use the gate. */
		if (!strncmp(subject.name, "nmr_gate", 8) ? bench_bind_gate() : bench_bind()) {
			bench_lacks(&subject, "no callee");
			continue;
		}
		measure(&subject);
		bench_unbind();
	}
}

void bench_calls(void)
{
	each_call("guarded call", bench_count);
}

void bench_calls_on_two(void)
{
	each_call("guarded call on two processors", bench_scale);
}
