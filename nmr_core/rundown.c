// SPDX-License-Identifier: GPL-2.0
/*
 * Calls in progress: a counter on each processor, as long as the binding is
 * attached, and one that all share from then on.
 */
#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/instruction_pointer.h>
#include <linux/llist.h>
#include <linux/minmax.h>
#include <linux/nmr.h>
#include <linux/nmr_rundown.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "binding.h"
#include "log.h"
#include "rundown.h"

/*
 * A processor's counter begins at OPEN, and is left at CLOSED. It may drift from
 * either as far as it likes: calls may begin on one processor and end on
 * another, and what is counted once it is closed is thrown away. No counter ever
 * gets from one sign to the other by being counted.
 */
#define NMR_RUNDOWN_OPEN	((s64)BIT_ULL(62))
#define NMR_RUNDOWN_CLOSED	(-NMR_RUNDOWN_OPEN)

/* Keeps @left from zero until every processor's calls are in it. */
#define NMR_RUNDOWN_BIAS	((s64)BIT_ULL(61))

/* As many spare ones on a processor; where KASAN is to see them freed, few. */
#define NMR_RUNDOWN_SPARES	(IS_ENABLED(CONFIG_KASAN) ? 1 : 16)
/* And on all together, as each has a counter for every processor; about. */
#define NMR_RUNDOWN_ALL_SPARES	1024

/* Apart from struct nmr_rundown, as it is given back a grace period later. */
struct nmr_rundown_calls {
	/* Counted in @count before closing, in @left after. */
	s64 __percpu *count;
	atomic64_t left;
	atomic_t detached;
	struct nmr_binding *binding;
	enum nmr_side side;
	union {
		struct rcu_head rcu;
		struct nmr_rundown_calls *next_spare;
		struct llist_node lost;
	};
};

/*
 * Given back and not yet taken again: to allocate the counters costs more than
 * all else of a binding. A processor's own, with interrupts off.
 */
struct nmr_rundown_spares {
	struct nmr_rundown_calls *first;
	unsigned int count;
};

static DEFINE_PER_CPU(struct nmr_rundown_spares, nmr_rundown_spares);

/* Destroyed with somebody inside, who must not count in what is another's then. */
static LLIST_HEAD(nmr_rundown_lost);

/* What a destroyed rundown counts in. */
static DEFINE_PER_CPU(s64, nmr_rundown_destroyed) = NMR_RUNDOWN_CLOSED;

static struct nmr_rundown_calls *nmr_rundown_take_spare(void)
{
	struct nmr_rundown_spares *spares;
	struct nmr_rundown_calls *calls;
	unsigned long flags;

	local_irq_save(flags);
	spares = this_cpu_ptr(&nmr_rundown_spares);
	calls = spares->first;
	if (calls) {
		spares->first = calls->next_spare;
		spares->count--;
	}
	local_irq_restore(flags);
	return calls;
}

static bool nmr_rundown_keep_spare(struct nmr_rundown_calls *calls)
{
	unsigned int most = min_t(unsigned int, NMR_RUNDOWN_SPARES,
				  NMR_RUNDOWN_ALL_SPARES / num_possible_cpus());
	struct nmr_rundown_spares *spares;
	unsigned long flags;
	bool keep;

	local_irq_save(flags);
	spares = this_cpu_ptr(&nmr_rundown_spares);
	keep = spares->count < most;
	if (keep) {
		calls->next_spare = spares->first;
		spares->first = calls;
		spares->count++;
	}
	local_irq_restore(flags);
	return keep;
}

static void nmr_rundown_free(struct nmr_rundown_calls *calls)
{
	free_percpu(calls->count);
	kfree(calls);
}

static struct nmr_rundown_calls *nmr_rundown_alloc(gfp_t gfp)
{
	struct nmr_rundown_calls *calls = kmalloc(sizeof(*calls), gfp);

	if (!calls)
		return NULL;
	calls->count = alloc_percpu_gfp(s64, gfp);
	if (!calls->count) {
		kfree(calls);
		return NULL;
	}
	return calls;
}

static struct nmr_rundown_calls *nmr_rundown_get(gfp_t gfp)
{
	struct nmr_rundown_calls *calls;
	unsigned int cpu;

	/* A spare one, too, is to show that it was asked for where it may not be. */
	might_alloc(gfp);
	calls = nmr_rundown_take_spare();
	/* It outlives who pays for it. */
	if (!calls)
		calls = nmr_rundown_alloc(gfp & ~__GFP_ACCOUNT);
	if (!calls)
		return NULL;
	for_each_possible_cpu(cpu)
		WRITE_ONCE(*per_cpu_ptr(calls->count, cpu), NMR_RUNDOWN_OPEN);
	atomic64_set(&calls->left, NMR_RUNDOWN_BIAS);
	atomic_set(&calls->detached, false);
	return calls;
}

static void nmr_rundown_put(struct rcu_head *rcu)
{
	struct nmr_rundown_calls *calls;
	s64 calling;

	calls = container_of(rcu, struct nmr_rundown_calls, rcu);
	calling = nmr_rundown_in_progress(calls);
	if (calling) {
		pr_warn("a rundown was destroyed with %lld calls in progress\n", calling);
		llist_add(&calls->lost, &nmr_rundown_lost);
	} else if (!nmr_rundown_keep_spare(calls)) {
		nmr_rundown_free(calls);
	}
}

/**
 * nmr_rundown_free_spares() - free what is kept for the next rundown, and what
 *	is kept from it
 *
 * Context: nobody initialises or destroys a rundown or is inside one, and
 *	rcu_barrier() was after the last destroy.
 */
void nmr_rundown_free_spares(void)
{
	struct nmr_rundown_calls *lost, *next;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct nmr_rundown_spares *spares = per_cpu_ptr(&nmr_rundown_spares, cpu);

		while (spares->first) {
			struct nmr_rundown_calls *calls = spares->first;

			spares->first = calls->next_spare;
			spares->count--;
			nmr_rundown_free(calls);
		}
	}
	llist_for_each_entry_safe(lost, next, llist_del_all(&nmr_rundown_lost), lost)
		nmr_rundown_free(lost);
}

#if IS_ENABLED(CONFIG_NMR_KUNIT_TEST)
EXPORT_SYMBOL_GPL(nmr_rundown_free_spares);
#endif

/* Lets the binding, if it is still there, show these calls instead of those. */
static void nmr_rundown_show(struct nmr_rundown_calls *calls,
			     struct nmr_rundown_calls *from, struct nmr_rundown_calls *to)
{
	struct nmr_binding_object *binding;

	rcu_read_lock();
	binding = nmr_binding_find(calls->binding);
	if (binding)
		cmpxchg_release(&binding->rundown[calls->side], RCU_INITIALIZER(from),
				RCU_INITIALIZER(to));
	rcu_read_unlock();
}

/* Log a step of the rundown, if the binding is still there. */
static void nmr_rundown_log(struct nmr_binding *handle, enum nmr_side side,
			    enum nmr_step step, int result)
{
	struct nmr_binding_object *binding;

	rcu_read_lock();
	binding = nmr_binding_find(handle);
	if (binding)
		nmr_log_result(step, side, binding, result);
	rcu_read_unlock();
}

static int nmr_rundown_init(struct nmr_rundown *rundown, struct nmr_binding *binding,
			    enum nmr_side side, gfp_t gfp, unsigned long caller)
{
	struct nmr_rundown_calls *calls;
	bool found;

	/* Until all is well enter says false, and detach has nothing to do. */
	if (rundown) {
		WRITE_ONCE(rundown->count, &nmr_rundown_destroyed);
		rundown->calls = NULL;
	}
	rcu_read_lock();
	found = nmr_binding_find(binding);
	rcu_read_unlock();
	if (!rundown || !found) {
		nmr_warn_caller(caller, "rundown_init: no such %s",
				rundown ? "binding" : "rundown");
		return -EINVAL;
	}
	calls = nmr_rundown_get(gfp);
	if (!calls)
		return -ENOMEM;
	calls->binding = binding;
	calls->side = side;
	rundown->calls = calls;
	/* A thread that kept trying since the last time finds it open. */
	smp_store_release(&rundown->count, calls->count);
	nmr_rundown_show(calls, NULL, calls);
	return 0;
}

/**
 * nmr_rundown_init_client() - begin to count a client's calls to the provider
 * @rundown: memory of the client's
 * @binding: handle that @attach_provider got
 * @gfp: for the counters of each processor
 *
 * Context: As @gfp allows; from @attach_provider, before
 *	nmr_client_attach_provider().
 * Contract: section 6.
 * Return: 0, and nmr_rundown_destroy() is owed; -EINVAL, no such binding;
 *	-ENOMEM, and nmr_rundown_enter() says false.
 */
int nmr_rundown_init_client(struct nmr_rundown *rundown,
			    struct nmr_binding *binding, gfp_t gfp)
{
	return nmr_rundown_init(rundown, binding, NMR_CLIENT, gfp, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_rundown_init_client);

/**
 * nmr_rundown_init_provider() - begin to count a provider's calls to the client
 * @rundown: memory of the provider's
 * @binding: handle that @attach_client got
 * @gfp: for the counters of each processor
 *
 * Context: As @gfp allows; from @attach_client.
 * Contract: section 6.
 * Return: as nmr_rundown_init_client().
 */
int nmr_rundown_init_provider(struct nmr_rundown *rundown,
			      struct nmr_binding *binding, gfp_t gfp)
{
	return nmr_rundown_init(rundown, binding, NMR_PROVIDER, gfp, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_rundown_init_provider);

/**
 * nmr_rundown_in_progress() - how many calls are in progress, about
 * @calls: found in a binding, inside an RCU read section
 *
 * Context: Any.
 * Return: the number, if nothing begins or ends meanwhile.
 */
s64 nmr_rundown_in_progress(struct nmr_rundown_calls *calls)
{
	s64 calling = atomic64_read(&calls->left);
	unsigned int cpu;

	if (atomic_read(&calls->detached))
		return calling > NMR_RUNDOWN_BIAS / 2 ? calling - NMR_RUNDOWN_BIAS : calling;
	calling = 0;
	for_each_possible_cpu(cpu) {
		/* Goes on counting. */
		calling += data_race(*per_cpu_ptr(calls->count, cpu));
		calling -= NMR_RUNDOWN_OPEN;
	}
	return calling;
}

/* A call ended after its processor's counter was closed. */
void __nmr_rundown_exit(struct nmr_rundown *rundown)
{
	struct nmr_rundown_calls *calls = rundown->calls;
	struct nmr_binding *binding;
	enum nmr_side side;

	/* Destroyed too early, which is reported there. */
	if (!calls)
		return;
	binding = calls->binding;
	side = calls->side;
	/*
	 * Not the last: @rundown may be gone. The last: cleanup waits for us, unless
	 * the module said detach complete itself; then the handle reaches nothing.
	 */
	if (!atomic64_dec_and_test(&calls->left))
		return;
	nmr_rundown_log(binding, side, NMR_STEP_RUNDOWN_DRAINED, 0);
	nmr_binding_detach_complete(binding, side, _RET_IP_);
}
EXPORT_SYMBOL_GPL(__nmr_rundown_exit);

/* Takes what a counter has, and makes every later sum negative. */
static void nmr_rundown_close(struct nmr_rundown_calls *calls, s64 counted)
{
	atomic64_add(counted - NMR_RUNDOWN_OPEN, &calls->left);
}

/* In an interrupt of the processor whose counter it is: nothing adds to it. */
static void nmr_rundown_close_this_cpu(void *data)
{
	struct nmr_rundown_calls *calls = data;

	nmr_rundown_close(calls, this_cpu_xchg(*calls->count, NMR_RUNDOWN_CLOSED));
}

/* Inside cpus_read_lock(): the processor is not there to add to it. */
static void nmr_rundown_close_offline_cpu(struct nmr_rundown_calls *calls,
					  unsigned int cpu)
{
	s64 *count = per_cpu_ptr(calls->count, cpu);

	nmr_rundown_close(calls, *count);
	WRITE_ONCE(*count, NMR_RUNDOWN_CLOSED);
}

/**
 * nmr_rundown_detach() - let no call in any more
 * @rundown: initialised, or not, and then there is no call
 *
 * If a call is still in progress, the last one to end says detach complete for
 * this side. It may be before this returns.
 *
 * Context: Process context, may sleep; takes cpus_read_lock() and interrupts
 *	every processor once. From the detach callback, which returns what this
 *	returns.
 * Contract: section 6; 4.4.
 * Return: 0, no call is in progress; -EINPROGRESS.
 */
int nmr_rundown_detach(struct nmr_rundown *rundown)
{
	struct nmr_rundown_calls *calls = rundown->calls;
	unsigned int cpu;
	int result;

	if (!calls)
		return 0;
	if (atomic_xchg(&calls->detached, true)) {
		nmr_warn_caller(_RET_IP_, "rundown_detach: a second time");
		return atomic64_read(&calls->left) ? -EINPROGRESS : 0;
	}
	cpus_read_lock();
	on_each_cpu(nmr_rundown_close_this_cpu, calls, true);
	for_each_possible_cpu(cpu)
		if (!cpu_online(cpu))
			nmr_rundown_close_offline_cpu(calls, cpu);
	cpus_read_unlock();
	result = atomic64_sub_and_test(NMR_RUNDOWN_BIAS, &calls->left) ? 0 : -EINPROGRESS;
	nmr_rundown_log(calls->binding, calls->side, NMR_STEP_RUNDOWN_DETACH, result);
	return result;
}
EXPORT_SYMBOL_GPL(nmr_rundown_detach);

/**
 * nmr_rundown_destroy() - give back the counters
 * @rundown: drained, never attached, or not even initialised but zero
 *
 * After a detach nmr_rundown_enter() goes on saying false.
 *
 * Context: Any but NMI; from @cleanup_binding_context, or from an attach
 *	callback that fails, if no one else knows of @rundown yet.
 * Contract: section 6.
 */
void nmr_rundown_destroy(struct nmr_rundown *rundown)
{
	struct nmr_rundown_calls *calls = rundown->calls;

	WRITE_ONCE(rundown->count, &nmr_rundown_destroyed);
	rundown->calls = NULL;
	/* nmr_rundown_enter() may have the old @count, with preemption off. */
	if (calls) {
		nmr_rundown_show(calls, calls, NULL);
		call_rcu(&calls->rcu, nmr_rundown_put);
	}
}
EXPORT_SYMBOL_GPL(nmr_rundown_destroy);
