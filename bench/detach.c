// SPDX-License-Identifier: GPL-2.0
/*
 * How long it takes until no call is in progress any more, and none can begin:
 * with the rundown, and with what waits for a grace period.
 */
#include <linux/completion.h>
#include <linux/kernel.h>
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

/* Has a call in progress, too. */
static void bind_and_enter(void)
{
	bind();
	if (!nmr_rundown_enter(&bench_rundown))
		bench_failed();
}

static void exit_and_unbind(void)
{
	nmr_rundown_exit(&bench_rundown);
	bench_unbind();
}

/* Pending, on the one call that is in progress. */
static void bind_enter_and_detach(void)
{
	bind_and_enter();
	bench_begin_unbind();
}

/* Cleanup runs on the registrar's workqueue in between. */
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
	  .prepare = bind, .run = bench_close_rundown, .restore = bench_unbind },
	{ .name = "nmr_rundown_detach busy",
	  .prepare = bind_and_enter, .run = bench_close_rundown,
	  .restore = exit_and_unbind },
	{ .name = "last exit until wait returns",
	  .prepare = bind_enter_and_detach, .run = exit_and_wait },
	{ .name = "synchronize_srcu", .run = wait_for_srcu },
	{ .name = "percpu_ref_kill until released",
	  .prepare = init_ref, .run = kill_ref, .restore = exit_ref },
	{ .name = "synchronize_rcu", .run = synchronize_rcu },
};

static void each_detach(const char *work, void (*measure)(const struct bench_subject *))
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(detaches); i++) {
		struct bench_subject subject = detaches[i];

		subject.work = work;
		measure(&subject);
	}
}

void bench_detach(void)
{
	each_detach("detach", bench_count);
}

/* Calls from another processor, until it is told to call no more. */

static DECLARE_COMPLETION(calling);

static void call_until_detached(struct work_struct *work)
{
	bool called = false;

	while (nmr_rundown_enter(&bench_rundown)) {
		bench_callee->call();
		nmr_rundown_exit(&bench_rundown);
		if (!called)
			complete(&calling);
		called = true;
	}
}

static DECLARE_WORK(calls, call_until_detached);

static void bind_and_have_called(void)
{
	bind();
	reinit_completion(&calling);
	queue_work_on(1, system_wq, &calls);
	wait_for_completion(&calling);
}

static void unbind_and_stop(void)
{
	flush_work(&calls);
	bench_unbind();
}

void bench_detach_on_two(void)
{
	static const struct bench_subject called = {
		.work = "detach on two processors",
		.name = "nmr_rundown_detach while the other calls",
		.prepare = bind_and_have_called,
		.run = bench_close_rundown,
		.restore = unbind_and_stop,
	};

	each_detach("detach on two processors", bench_time);
	bench_time(&called);
}
