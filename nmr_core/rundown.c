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
#include "race_point.h"
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

/* What a rundown counts in that was destroyed, or not initialised. */
static DEFINE_PER_CPU(s64, nmr_rundown_closed) = NMR_RUNDOWN_CLOSED;

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
		nmr_warn_misuse(nmr_rundown_put,
				"a rundown was destroyed with %lld calls in progress", calling);
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
EXPORT_SYMBOL_FOR_NMR_TESTS(nmr_rundown_free_spares);

/* The binding, if it is still there, is to show these calls no more. */
static void nmr_rundown_hide(struct nmr_rundown_calls *calls)
{
	struct nmr_binding_object *binding;

	rcu_read_lock();
	binding = nmr_binding_find(calls->binding);
	if (binding)
		cmpxchg_relaxed(&binding->rundown[calls->side], RCU_INITIALIZER(calls), NULL);
	rcu_read_unlock();
}

/* Logs that the last call has ended, if the binding is still there. */
static void nmr_rundown_log_drained(struct nmr_binding *handle, enum nmr_side side)
{
	struct nmr_binding_object *binding;

	rcu_read_lock();
	binding = nmr_binding_find(handle);
	if (binding)
		nmr_log_result(NMR_STEP_RUNDOWN_DRAINED, side, binding, 0);
	rcu_read_unlock();
}

static int nmr_rundown_init(struct nmr_rundown *rundown, struct nmr_binding *binding,
			    enum nmr_side side, gfp_t gfp, unsigned long caller)
{
	struct nmr_binding_object *object;
	struct nmr_rundown_calls *calls;

	if (!rundown) {
		nmr_warn_caller(caller, "rundown_init: no such rundown");
		return -EINVAL;
	}
	/*
	 * Fail closed until initialisation has succeeded. Elsewhere than in the
	 * callback it may be in use, and its calls in progress count on.
	 */
	WRITE_ONCE(rundown->count, &nmr_rundown_closed);
	object = nmr_binding_called_back(binding, side, true);
	if (!object) {
		nmr_warn_caller(caller, "rundown_init: not in the binding's attach callback");
		return -EINVAL;
	}
	WRITE_ONCE(rundown->calls, NULL);
	calls = nmr_rundown_get(gfp);
	if (!calls)
		return -ENOMEM;
	calls->binding = binding;
	calls->side = side;
	WRITE_ONCE(rundown->calls, calls);
	WRITE_ONCE(rundown->count, calls->count);
	rcu_assign_pointer(object->rundown[side], calls);
	return 0;
}

/**
 * nmr_rundown_init_client() - begin to count a client's calls to the provider
 * @rundown: memory of the client's, that no other thread uses yet
 * @binding: handle that @attach_provider got
 * @gfp: for the counters of each processor
 *
 * See Documentation/contract.rst, section 6, row 5.9.
 *
 * Context: As @gfp allows; inside the @attach_provider callback of @binding, and
 *	before nmr_client_attach_provider(), as detach may follow that at once.
 * Return: 0, and nmr_rundown_destroy() is owed; -EINVAL, not inside that
 *	callback; -ENOMEM. On an error nmr_rundown_enter() returns false.
 */
int nmr_rundown_init_client(struct nmr_rundown *rundown,
			    struct nmr_binding *binding, gfp_t gfp)
{
	return nmr_rundown_init(rundown, binding, NMR_CLIENT, gfp, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_rundown_init_client);

/**
 * nmr_rundown_init_provider() - begin to count a provider's calls to the client
 * @rundown: memory of the provider's, that no other thread uses yet
 * @binding: handle that @attach_client got
 * @gfp: for the counters of each processor
 *
 * See Documentation/contract.rst, section 6, row 5.9.
 *
 * Context: As @gfp allows; inside the @attach_client callback of @binding.
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
	nmr_rundown_log_drained(binding, side);
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
 * @rundown: initialised; or not, and then no call is in progress
 *
 * If a call is still in progress, the last one to end says detach complete for
 * this side. It may be before this returns.
 *
 * See Documentation/contract.rst, section 6, rows 4.4 and 5.9.
 *
 * Context: Process context, may sleep; takes cpus_read_lock() and interrupts
 *	every processor once. Inside the detach callback of the binding, which
 *	returns what this returns.
 * Return: 0, no call is in progress; -EINPROGRESS; -EINVAL, not inside that
 *	callback, and nothing was done.
 */
int nmr_rundown_detach(struct nmr_rundown *rundown)
{
	struct nmr_binding_object *binding = NULL;
	struct nmr_rundown_calls *calls;
	unsigned int cpu;
	int result;

	/* Elsewhere than in the callback it may be destroyed meanwhile. */
	rcu_read_lock();
	calls = READ_ONCE(rundown->calls);
	if (calls)
		binding = nmr_binding_called_back(calls->binding, calls->side, false);
	rcu_read_unlock();
	if (!calls)
		return 0;
	if (!binding) {
		nmr_warn_caller(_RET_IP_, "rundown_detach: not in the binding's detach callback");
		return -EINVAL;
	}
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
	nmr_race_point(NMR_RACE_RUNDOWN_CLOSED);
	result = atomic64_sub_and_test(NMR_RUNDOWN_BIAS, &calls->left) ? 0 : -EINPROGRESS;
	nmr_log_result(NMR_STEP_RUNDOWN_DETACH, calls->side, binding, result);
	return result;
}
EXPORT_SYMBOL_GPL(nmr_rundown_detach);

/**
 * nmr_rundown_destroy() - give back the counters
 * @rundown: drained, never attached, or not initialised but zero
 *
 * nmr_rundown_enter() goes on returning false.
 *
 * See Documentation/contract.rst, section 6.
 *
 * Context: Any but NMI; from @cleanup_binding_context, or from an attach
 *	callback that fails, if no other thread uses @rundown yet.
 */
void nmr_rundown_destroy(struct nmr_rundown *rundown)
{
	struct nmr_rundown_calls *calls = rundown->calls;

	WRITE_ONCE(rundown->count, &nmr_rundown_closed);
	WRITE_ONCE(rundown->calls, NULL);
	/* nmr_rundown_enter() may have the old @count, with preemption off. */
	if (calls) {
		nmr_rundown_hide(calls);
		call_rcu(&calls->rcu, nmr_rundown_put);
	}
}
EXPORT_SYMBOL_GPL(nmr_rundown_destroy);
