// SPDX-License-Identifier: GPL-2.0
/*
 * The cost of a detach, after which no call is in progress and none can begin:
 * with the rundown, and with primitives that wait for a grace period.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/percpu-refcount.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/srcu.h>
#include <linux/workqueue.h>

#include "bench.h"
#include "binding.h"

static void bind(void)
{
	if (bench_bind())
		bench_failed();
}

static void bind_gate(void)
{
	if (bench_bind_gate())
		bench_failed();
}

/* Leaves a call in progress. */
static void bind_and_enter(void)
{
	bind();
	if (!nmr_rundown_enter(&bench_rundown))
		bench_failed();
}

/* Leaves the detach pending on one call in progress. */
static void bind_enter_and_detach(void)
{
	bind_and_enter();
	bench_begin_unbind(bench_close);
}

/* Cleanup runs between the two, on the registrar's workqueue. */
static void exit_and_wait(void)
{
	nmr_rundown_exit(&bench_rundown);
	bench_end_unbind();
}

static struct percpu_ref ref;
static DECLARE_COMPLETION(ref_released);

static void release_ref(struct percpu_ref *released)
{
	complete(&ref_released);
}

static void init_ref(void)
{
	reinit_completion(&ref_released);
	if (percpu_ref_init(&ref, release_ref, 0, GFP_KERNEL))
		bench_failed();
}

static void kill_ref(void)
{
	percpu_ref_kill(&ref);
	wait_for_completion(&ref_released);
}

static void exit_ref(void)
{
	percpu_ref_exit(&ref);
}

DEFINE_STATIC_SRCU(detach_srcu);

static void wait_for_srcu(void)
{
	synchronize_srcu(&detach_srcu);
}

static const struct bench_subject detaches[] = {
	{ .name = "nmr_rundown_detach idle",
	  .prepare = bind, .within = bench_begin_unbind, .run = bench_close,
	  .restore = bench_end_unbind },
	{ .name = "nmr_rundown_detach busy",
	  .prepare = bind_and_enter, .within = bench_begin_unbind,
	  .run = bench_close, .restore = exit_and_wait },
	{ .name = "nmr_gate_detach",
	  .prepare = bind_gate, .within = bench_begin_unbind, .run = bench_close,
	  .restore = bench_end_unbind },
	{ .name = "idle rundown until wait returns", .prepare = bind, .run = bench_unbind },
	{ .name = "gate until wait returns", .prepare = bind_gate, .run = bench_unbind },
	{ .name = "last exit until wait returns",
	  .prepare = bind_enter_and_detach, .run = exit_and_wait },
	{ .name = "synchronize_srcu", .run = wait_for_srcu },
	{ .name = "percpu_ref_kill until released",
	  .prepare = init_ref, .run = kill_ref, .restore = exit_ref },
	{ .name = "synchronize_rcu", .run = synchronize_rcu },
	{ .name = "synchronize_rcu_expedited", .run = synchronize_rcu_expedited },
};

static void each_detach(const char *work, const struct bench_subject *subjects,
			unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		struct bench_subject subject = subjects[i];

		subject.work = work;
		bench_count(&subject);
	}
}

void bench_detach(void)
{
	each_detach("detach", detaches, ARRAY_SIZE(detaches));
}

/*
 * Every other processor calls, and keeps trying after the detach until it is
 * stopped, so that the end of its work is not measured.
 */

static DEFINE_PER_CPU(struct work_struct, calls);
static DECLARE_COMPLETION(calling);
static bool stopped;

static void call_until_stopped(struct work_struct *work)
{
	bool called = false;

	while (!READ_ONCE(stopped)) {
		if (nmr_rundown_enter(&bench_rundown)) {
			bench_callee->call();
			nmr_rundown_exit(&bench_rundown);
			if (!called)
				complete(&calling);
			called = true;
		}
		/* Under -icount processors take turns; this ends a turn. */
		cpu_relax();
	}
}

static void bind_and_have_called(void)
{
	unsigned int cpu;

	bind();
	WRITE_ONCE(stopped, false);
	reinit_completion(&calling);
	for_each_online_cpu(cpu) {
		if (cpu == raw_smp_processor_id())
			continue;
		INIT_WORK(per_cpu_ptr(&calls, cpu), call_until_stopped);
		queue_work_on(cpu, system_wq, per_cpu_ptr(&calls, cpu));
		wait_for_completion(&calling);
	}
}

static void stop_and_end_unbind(void)
{
	unsigned int cpu;

	WRITE_ONCE(stopped, true);
	for_each_online_cpu(cpu)
		if (cpu != raw_smp_processor_id())
			flush_work(per_cpu_ptr(&calls, cpu));
	bench_end_unbind();
}

static void stop_and_unbind(void)
{
	bench_begin_unbind(bench_close);
	stop_and_end_unbind();
}

static const struct bench_subject detaches_while_others_call[] = {
	{ .name = "nmr_rundown_detach while others call",
	  .prepare = bind_and_have_called, .within = bench_begin_unbind,
	  .run = bench_close, .restore = stop_and_end_unbind },
	{ .name = "synchronize_rcu_expedited while others call",
	  .prepare = bind_and_have_called, .run = synchronize_rcu_expedited,
	  .restore = stop_and_unbind },
};

static void detach_on_several(const char *work)
{
	each_detach(work, detaches, ARRAY_SIZE(detaches));
	each_detach(work, detaches_while_others_call,
		    ARRAY_SIZE(detaches_while_others_call));
}

void bench_detach_on_two(void)
{
	detach_on_several("detach on two processors");
}

void bench_detach_on_four(void)
{
	detach_on_several("detach on four processors");
}
