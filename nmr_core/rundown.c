// SPDX-License-Identifier: GPL-2.0
/*
 * Counts calls in progress, on a counter of each processor while the binding is
 * attached, and on one shared counter from detach on.
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
 * A processor's counter starts at OPEN and detach sets it to CLOSED. It drifts
 * from either: calls may begin on one processor and end on another, and what is
 * counted after it is closed is ignored. No realistic drift changes its sign.
 */
#define NMR_RUNDOWN_OPEN	((s64)BIT_ULL(62))
#define NMR_RUNDOWN_CLOSED	(-NMR_RUNDOWN_OPEN)

/* Keeps @remaining above zero until every processor's calls are added to it. */
#define NMR_RUNDOWN_BIAS	((s64)BIT_ULL(61))

/* Spares for each processor; few with KASAN, which is to see them freed. */
#define NMR_RUNDOWN_SPARES	(IS_ENABLED(CONFIG_KASAN) ? 1 : 16)
/* Approximate limit for all processors: each spare has a counter for each. */
#define NMR_RUNDOWN_ALL_SPARES	1024

/* Apart from struct nmr_rundown, as it is freed a grace period later. */
struct nmr_rundown_calls {
	/* Calls in progress: in @count until detach closes it, then in @remaining. */
	s64 __percpu *count;
	atomic64_t remaining;
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
 * Freed ones kept for reuse: allocating the counters costs more than the rest
 * of a binding. Accessed by their processor only, with interrupts off.
 */
struct nmr_rundown_spares {
	struct nmr_rundown_calls *first;
	unsigned int count;
};

static DEFINE_PER_CPU(struct nmr_rundown_spares, nmr_rundown_spares);

/* Destroyed with calls in progress, which must not count in a reused rundown. */
static LLIST_HEAD(nmr_rundown_lost);

/* The counter of rundowns that are destroyed or whose init failed. */
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

	/* Also when a spare saves the allocation. */
	might_alloc(gfp);
	calls = nmr_rundown_take_spare();
	/* Reused by others: do not charge it to a memory cgroup. */
	if (!calls)
		calls = nmr_rundown_alloc(gfp & ~__GFP_ACCOUNT);
	if (!calls)
		return NULL;
	for_each_possible_cpu(cpu)
		WRITE_ONCE(*per_cpu_ptr(calls->count, cpu), NMR_RUNDOWN_OPEN);
	atomic64_set(&calls->remaining, NMR_RUNDOWN_BIAS);
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
				"rundown destroyed with %lld calls in progress", calling);
		llist_add(&calls->lost, &nmr_rundown_lost);
	} else if (!nmr_rundown_keep_spare(calls)) {
		nmr_rundown_free(calls);
	}
}

/**
 * nmr_rundown_free_spares() - free the spares and the lost ones
 *
 * Context: no rundown is in use, and rcu_barrier() was called after the last
 *	nmr_rundown_destroy().
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

/* Removes the calls from their binding, if that is still live. */
static void nmr_rundown_hide(struct nmr_rundown_calls *calls)
{
	struct nmr_binding_object *binding;

	rcu_read_lock();
	binding = nmr_binding_find(calls->binding);
	if (binding)
		cmpxchg_relaxed(&binding->rundown[calls->side], RCU_INITIALIZER(calls), NULL);
	rcu_read_unlock();
}

/* Logs that the last call has ended, if the binding is still live. */
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
	 * Fail closed until initialisation has succeeded. Keep @calls: outside
	 * the callback the rundown may be in use, with calls in progress.
	 */
	WRITE_ONCE(rundown->count, &nmr_rundown_closed);
	object = nmr_binding_find_in_callback(binding, side, true);
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
 * @rundown: the client's memory, not used by other threads yet
 * @binding: handle that @attach_provider got
 * @gfp: for the per-CPU counters
 *
 * See Documentation/contract.rst, section 6, row 5.9.
 *
 * Context: As @gfp allows; inside the @attach_provider callback of @binding,
 *	and before nmr_client_attach_provider(), as detach may follow
 *	immediately.
 * Return: 0, and nmr_rundown_destroy() must follow; -EINVAL, not inside that
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
 * @rundown: the provider's memory, not used by other threads yet
 * @binding: handle that @attach_client got
 * @gfp: for the per-CPU counters
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
 * nmr_rundown_in_progress() - estimate the number of calls in progress
 * @calls: found in a binding, inside an RCU read section
 *
 * Context: Any.
 * Return: the number, exact if no call begins or ends meanwhile.
 */
s64 nmr_rundown_in_progress(struct nmr_rundown_calls *calls)
{
	s64 calling = atomic64_read(&calls->remaining);
	unsigned int cpu;

	if (atomic_read(&calls->detached))
		return calling > NMR_RUNDOWN_BIAS / 2 ? calling - NMR_RUNDOWN_BIAS : calling;
	calling = 0;
	for_each_possible_cpu(cpu) {
		/* Races with enter and exit: a snapshot. */
		calling += data_race(*per_cpu_ptr(calls->count, cpu));
		calling -= NMR_RUNDOWN_OPEN;
	}
	return calling;
}

/* A call ended on a processor whose counter is closed. */
void __nmr_rundown_exit(struct nmr_rundown *rundown)
{
	struct nmr_rundown_calls *calls = rundown->calls;
	struct nmr_binding *binding;
	enum nmr_side side;

	/* Destroyed with calls in progress: nmr_rundown_put() warns. */
	if (!calls)
		return;
	binding = calls->binding;
	side = calls->side;
	/*
	 * If it is not the last, @rundown may be freed from here on. If it is,
	 * cleanup waits for it, unless the module called detach complete
	 * itself; then the handle may be stale.
	 */
	if (!atomic64_dec_and_test(&calls->remaining))
		return;
	nmr_rundown_log_drained(binding, side);
	nmr_binding_detach_complete(binding, side, _RET_IP_);
}
EXPORT_SYMBOL_GPL(__nmr_rundown_exit);

/* Moves the calls that a processor counted to the shared counter. */
static void nmr_rundown_close(struct nmr_rundown_calls *calls, s64 counted)
{
	atomic64_add(counted - NMR_RUNDOWN_OPEN, &calls->remaining);
}

/* In hardirq context: no other update of this counter can interleave. */
static void nmr_rundown_close_this_cpu(void *data)
{
	struct nmr_rundown_calls *calls = data;

	nmr_rundown_close(calls, this_cpu_xchg(*calls->count, NMR_RUNDOWN_CLOSED));
}

/* Context: inside cpus_read_lock(), so @cpu stays offline. */
static void nmr_rundown_close_offline_cpu(struct nmr_rundown_calls *calls,
					  unsigned int cpu)
{
	s64 *count = per_cpu_ptr(calls->count, cpu);

	nmr_rundown_close(calls, *count);
	WRITE_ONCE(*count, NMR_RUNDOWN_CLOSED);
}

/**
 * nmr_rundown_detach() - refuse new calls
 * @rundown: initialised, or zero
 *
 * If calls are in progress, the last one to end says detach complete for this
 * side, possibly before this returns.
 *
 * See Documentation/contract.rst, section 6, rows 4.4 and 5.9.
 *
 * Context: Process context, may sleep; takes cpus_read_lock() and interrupts
 *	every processor once. Inside the binding's detach callback, which
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

	/* Outside the callback it may be destroyed concurrently. */
	rcu_read_lock();
	calls = READ_ONCE(rundown->calls);
	if (calls)
		binding = nmr_binding_find_in_callback(calls->binding, calls->side, false);
	rcu_read_unlock();
	if (!calls)
		return 0;
	if (!binding) {
		nmr_warn_caller(_RET_IP_, "rundown_detach: not in the binding's detach callback");
		return -EINVAL;
	}
	if (atomic_xchg(&calls->detached, true)) {
		nmr_warn_caller(_RET_IP_, "rundown_detach: called twice");
		return atomic64_read(&calls->remaining) ? -EINPROGRESS : 0;
	}
	cpus_read_lock();
	on_each_cpu(nmr_rundown_close_this_cpu, calls, true);
	for_each_possible_cpu(cpu)
		if (!cpu_online(cpu))
			nmr_rundown_close_offline_cpu(calls, cpu);
	cpus_read_unlock();
	nmr_race_point(NMR_RACE_RUNDOWN_CLOSED);
	result = atomic64_sub_and_test(NMR_RUNDOWN_BIAS, &calls->remaining) ? 0 : -EINPROGRESS;
	nmr_log_result(NMR_STEP_RUNDOWN_DETACH, calls->side, binding, result);
	return result;
}
EXPORT_SYMBOL_GPL(nmr_rundown_detach);

/**
 * nmr_rundown_destroy() - free the counters
 * @rundown: drained, never attached, or zero
 *
 * nmr_rundown_enter() continues to return false.
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
	/* nmr_rundown_enter() may still use the old @count, with preemption off. */
	if (calls) {
		nmr_rundown_hide(calls);
		call_rcu(&calls->rcu, nmr_rundown_put);
	}
}
EXPORT_SYMBOL_GPL(nmr_rundown_destroy);
