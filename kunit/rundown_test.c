// SPDX-License-Identifier: GPL-2.0
/* Calls in progress: contract, section 6. */
#include "nmr_test.h"

#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/smp.h>

KUNIT_ARRAY_PARAM(nmr_side, nmr_test_sides, nmr_test_side_desc);

static void bind_caller(struct nmr_mock *caller, struct nmr_mock *called)
{
	caller->use_rundown = true;
	nmr_mock_bind(caller, called);
}

static int call_enter(struct nmr_mock *caller)
{
	return nmr_rundown_enter(&caller->context->rundown);
}

static int call_exit(struct nmr_mock *caller)
{
	nmr_test_note(caller->test, NMR_EV_COMPLETE, caller);
	nmr_rundown_exit(&caller->context->rundown);
	return 0;
}

static void detach_without_calls_is_complete(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");

	bind_caller(caller, called);
	KUNIT_EXPECT_TRUE(test, call_enter(caller));
	call_exit(caller);
	nmr_mock_unregister_ok(called);

	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANED, caller), 1);
}

static void detach_is_complete_at_the_last_exit(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");
	struct nmr_thread *waiter;

	bind_caller(caller, called);
	KUNIT_ASSERT_TRUE(test, call_enter(caller));
	nmr_mock_deregister_ok(called);
	KUNIT_EXPECT_FALSE(test, call_enter(caller));
	waiter = nmr_test_start(test, nmr_mock_wait, called);
	nmr_await_waiting(waiter);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, caller), 0);
	call_exit(caller);

	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
	nmr_expect_order(test, { NMR_EV_DETACHED, caller }, { NMR_EV_COMPLETE, caller },
			 { NMR_EV_CLEANUP, caller }, { NMR_EV_WAITED, called });
}

static void calls_nest(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");
	struct nmr_thread *waiter;

	bind_caller(caller, called);
	KUNIT_ASSERT_TRUE(test, call_enter(caller));
	KUNIT_ASSERT_TRUE(test, call_enter(caller));
	nmr_mock_deregister_ok(caller);
	call_exit(caller);
	waiter = nmr_test_start(test, nmr_mock_wait, caller);
	nmr_await_waiting(waiter);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, caller), 0);
	call_exit(caller);

	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
}

static int call_that_sleeps(struct nmr_mock *caller)
{
	if (!call_enter(caller))
		return -ENODEV;
	complete(&caller->gate[NMR_IN_ATTACH].reached);
	wait_for_completion(&caller->gate[NMR_IN_ATTACH].opened);
	return call_exit(caller);
}

static void call_may_sleep(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");
	struct nmr_thread *call, *waiter;

	bind_caller(caller, called);
	call = nmr_test_start(test, call_that_sleeps, caller);
	nmr_await_reached(test, &caller->gate[NMR_IN_ATTACH]);
	nmr_mock_deregister_ok(called);
	waiter = nmr_test_start(test, nmr_mock_wait, called);
	nmr_await_waiting(waiter);
	nmr_test_open(&caller->gate[NMR_IN_ATTACH]);

	KUNIT_EXPECT_EQ(test, nmr_test_join(call), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
	nmr_expect_order(test, { NMR_EV_COMPLETE, caller }, { NMR_EV_WAITED, called });
}

static const struct nmr_context_side {
	enum nmr_test_context context;
	enum nmr_side side;
} context_sides[] = {
	{ NMR_TASK, NMR_PROVIDER },	{ NMR_TASK, NMR_CLIENT },
	{ NMR_SPINLOCK, NMR_PROVIDER }, { NMR_SPINLOCK, NMR_CLIENT },
	{ NMR_SOFTIRQ, NMR_PROVIDER },	{ NMR_SOFTIRQ, NMR_CLIENT },
	{ NMR_HARDIRQ, NMR_PROVIDER },	{ NMR_HARDIRQ, NMR_CLIENT },
};

static void context_side_desc(const struct nmr_context_side *param, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s in %s",
		 param->side == NMR_PROVIDER ? "provider" : "client",
		 nmr_test_context_names[param->context]);
}

KUNIT_ARRAY_PARAM(context_side, context_sides, context_side_desc);

static void enter_and_last_exit_work_in_any_context(struct kunit *test)
{
	const struct nmr_context_side *param = test->param_value;
	struct nmr_mock *caller = nmr_mock(test, param->side, "caller");
	struct nmr_mock *called = nmr_mock(test, nmr_other_side(param->side), "called");

	bind_caller(caller, called);
	KUNIT_ASSERT_TRUE(test, nmr_test_call_in(test, param->context, call_enter, caller));
	nmr_mock_deregister_ok(called);
	KUNIT_EXPECT_FALSE(test, nmr_test_call_in(test, param->context, call_enter, caller));
	nmr_test_call_in(test, param->context, call_exit, caller);

	nmr_mock_wait_ok(called);
	nmr_expect_order(test, { NMR_EV_COMPLETE, caller }, { NMR_EV_CLEANUP, caller });
}

static void enter_returns_false_after_destroy(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");

	bind_caller(caller, called);
	nmr_mock_unregister_ok(caller);
	/* The mock's context is not freed until the case ends. */
	KUNIT_EXPECT_FALSE(test, call_enter(caller));
}

#define NMR_MANY_RUNDOWNS 40

static void call_through_many_rundowns(struct kunit *test)
{
	struct nmr_mock *called = nmr_mock_there(test, "called");
	struct nmr_mock *caller[NMR_MANY_RUNDOWNS];
	int i;

	nmr_mock_register_ok(called);
	for (i = 0; i < ARRAY_SIZE(caller); i++) {
		caller[i] = nmr_mock_here(test, "caller");
		caller[i]->use_rundown = true;
		nmr_mock_register_ok(caller[i]);
		KUNIT_ASSERT_TRUE(test, call_enter(caller[i]));
	}
	for (i = 0; i < ARRAY_SIZE(caller); i++) {
		nmr_mock_deregister_ok(caller[i]);
		KUNIT_EXPECT_FALSE(test, call_enter(caller[i]));
		KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, caller[i]), 0);
		call_exit(caller[i]);
		nmr_mock_wait_ok(caller[i]);
	}
	nmr_mock_unregister_ok(called);
}

static void rundowns_start_from_zero(struct kunit *test)
{
	call_through_many_rundowns(test);
	rcu_barrier();
	call_through_many_rundowns(test);
}

static void destroy_inside_a_call(struct nmr_mock *mock, struct nmr_binding *binding)
{
	struct nmr_rundown *rundown = mock->private;

	KUNIT_EXPECT_EQ(mock->test, nmr_rundown_init_client(rundown, binding, GFP_KERNEL), 0);
	KUNIT_EXPECT_TRUE(mock->test, nmr_rundown_enter(rundown));
	nmr_rundown_destroy(rundown);
	KUNIT_EXPECT_FALSE(mock->test, nmr_rundown_enter(rundown));
	/* Reported, but harmless. */
	nmr_rundown_exit(rundown);

	/* The next one does not count that call. */
	KUNIT_EXPECT_EQ(mock->test, nmr_rundown_init_client(rundown, binding, GFP_KERNEL), 0);
	nmr_rundown_destroy(rundown);
}

static void rundown_destroyed_inside_a_call_is_reported(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock(test, NMR_CLIENT, "caller");
	struct nmr_mock *called = nmr_mock(test, NMR_PROVIDER, "called");

	nmr_expect_log(test, 1, "rundown destroyed with 1 calls in progress");
	caller->private = kunit_kzalloc(test, sizeof(struct nmr_rundown), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, caller->private);
	caller->in_attach = destroy_inside_a_call;
	nmr_mock_bind(caller, called);
}

static void exit_without_enter_is_reported(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");

	/* More have ended than begun, and -1 are in progress. */
	nmr_expect_log(test, 2, " calls ");
	bind_caller(caller, called);
	call_exit(caller);
	nmr_mock_deregister_ok(caller);
	/* Nobody else does. */
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(caller), 0);
	nmr_mock_wait_ok(caller);
}

static void destroy_without_having_attached(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock(test, NMR_CLIENT, "caller");
	struct nmr_mock *called = nmr_mock(test, NMR_PROVIDER, "called");

	caller->use_rundown = true;
	called->refuse = -ENODEV;
	nmr_mock_register_ok(called);
	nmr_mock_register_ok(caller);

	KUNIT_ASSERT_NOT_NULL(test, caller->context);
	KUNIT_EXPECT_FALSE(test, call_enter(caller));
}

static void detach_rundown(struct nmr_context *context)
{
	KUNIT_EXPECT_EQ(context->mock->test, nmr_rundown_detach(&context->rundown),
			-EINPROGRESS);
}

static void second_detach_is_reported_and_changes_nothing(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");
	struct nmr_thread *waiter;

	nmr_expect_log(test, 1, "rundown_detach: called twice");
	caller->in_detach = detach_rundown;
	bind_caller(caller, called);
	KUNIT_ASSERT_TRUE(test, call_enter(caller));
	nmr_mock_deregister_ok(caller);
	waiter = nmr_test_start(test, nmr_mock_wait, caller);
	nmr_await_waiting(waiter);
	call_exit(caller);

	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANED, caller), 1);
}

static void second_detach_without_calls_is_complete(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");

	nmr_expect_log(test, 1, "rundown_detach: called twice");
	caller->in_detach = detach_rundown;
	bind_caller(caller, called);
	nmr_mock_unregister_ok(called);

	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANED, caller), 1);
}

static void note_closed(struct nmr_mock *caller)
{
	WRITE_ONCE(caller->private, caller);
}

static void detach_and_await_closed(struct nmr_context *context)
{
	struct kunit *test = context->mock->test;

	nmr_test_do_at(test, NMR_RACE_COMPLETE, note_closed, context->mock);
	KUNIT_EXPECT_EQ(test, nmr_rundown_detach(&context->rundown), -EINPROGRESS);
	nmr_await_true(test, READ_ONCE(context->mock->private));
	/* The closer is past that place; let it finish. */
	msleep(20);
}

/* The first detach is complete, and the callback has not returned. */
static void second_detach_after_the_grace_period_is_reported(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");

	nmr_expect_log(test, 1, "rundown_detach: called twice");
	caller->in_detach = detach_and_await_closed;
	bind_caller(caller, called);
	nmr_mock_unregister_ok(caller);

	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANED, caller), 1);
}

/* The detach callback returns 0, although the rundown has not closed yet. */
static void cleanup_waits_for_the_rundown_that_is_ignored(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");
	struct nmr_test_gate *closed = nmr_test_hold_at(test, NMR_RACE_CLOSED);
	struct nmr_thread *waiter;

	/* The registrar calls detach complete, which is not owed any more. */
	nmr_expect_log(test, 1, "called twice, or not owed");
	caller->ignore_rundown = true;
	bind_caller(caller, called);
	nmr_mock_deregister_ok(caller);
	nmr_await_reached(test, closed);
	waiter = nmr_test_start(test, nmr_mock_wait, caller);
	nmr_await_waiting(waiter);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, caller), 0);
	nmr_test_open(closed);

	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
}

/* 5.9 */

static int init_rundown(enum nmr_side side, struct nmr_rundown *rundown,
			struct nmr_binding *binding)
{
	return side == NMR_CLIENT ? nmr_rundown_init_client(rundown, binding, GFP_KERNEL) :
				    nmr_rundown_init_provider(rundown, binding, GFP_KERNEL);
}

static void zeroed_rundown_refuses_calls(struct kunit *test)
{
	struct nmr_rundown rundown = {};

	KUNIT_EXPECT_FALSE(test, nmr_rundown_enter(&rundown));
	KUNIT_EXPECT_EQ(test, nmr_rundown_detach(&rundown), 0);
	nmr_rundown_destroy(&rundown);
	KUNIT_EXPECT_FALSE(test, nmr_rundown_enter(&rundown));
}

static void expect_init_refused(struct nmr_mock *mock, struct nmr_binding *binding)
{
	struct nmr_rundown rundown = {};

	KUNIT_EXPECT_EQ(mock->test, init_rundown(mock->side, &rundown, binding), -EINVAL);
	KUNIT_EXPECT_FALSE(mock->test, nmr_rundown_enter(&rundown));
}

static void expect_init_refused_in_callback(struct nmr_context *context)
{
	expect_init_refused(context->mock, context->binding);
}

static void rundown_is_initialised_in_the_attach_callback_only(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");
	struct nmr_test_gate *gate = &caller->gate[NMR_IN_ATTACH];
	struct nmr_thread *attach;

	/* From another thread, while attached, in detach and in cleanup. */
	nmr_expect_log(test, 4, "rundown_init: not in the binding's attach callback");
	nmr_test_close(gate);
	caller->use_rundown = true;
	caller->in_detach = expect_init_refused_in_callback;
	caller->in_cleanup = expect_init_refused_in_callback;
	nmr_mock_register_ok(called);
	attach = nmr_test_start(test, nmr_mock_register, caller);
	nmr_await_reached(test, gate);
	expect_init_refused(caller, caller->binding);
	nmr_test_open(gate);
	KUNIT_EXPECT_EQ(test, nmr_test_join(attach), 0);
	expect_init_refused(caller, caller->binding);

	KUNIT_EXPECT_TRUE(test, call_enter(caller));
	call_exit(caller);
	nmr_mock_unregister_ok(caller);
}

/* The provider's, in the client's attach callback before it attaches. */
static void expect_peers_init_refused(struct nmr_mock *client, struct nmr_binding *binding)
{
	struct nmr_rundown rundown = {};

	KUNIT_EXPECT_EQ(client->test, init_rundown(NMR_PROVIDER, &rundown, binding), -EINVAL);
	KUNIT_EXPECT_FALSE(client->test, nmr_rundown_enter(&rundown));
}

static void rundown_is_initialised_in_its_own_sides_callback_only(struct kunit *test)
{
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");

	nmr_expect_log(test, 1, "rundown_init: not in the binding's attach callback");
	client->in_attach = expect_peers_init_refused;
	nmr_mock_bind(client, provider);
}

/* The rundown is in use, and its call in progress still counts. */
static void refused_init_loses_no_call(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");

	nmr_expect_log(test, 1, "rundown_init: not in the binding's attach callback");
	bind_caller(caller, called);
	KUNIT_ASSERT_TRUE(test, call_enter(caller));
	KUNIT_EXPECT_EQ(test, init_rundown(caller->side, &caller->context->rundown,
					   caller->binding), -EINVAL);
	KUNIT_EXPECT_FALSE(test, call_enter(caller));
	nmr_mock_deregister_ok(caller);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, caller), 0);
	call_exit(caller);
	nmr_mock_wait_ok(caller);
}

static void detach_in_cleanup(struct nmr_context *context)
{
	KUNIT_EXPECT_EQ(context->mock->test, nmr_rundown_detach(&context->rundown), -EINVAL);
}

static void detach_in_the_cleanup_callback_is_refused(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");

	nmr_expect_log(test, 1, "rundown_detach: not in the binding's detach callback");
	caller->in_cleanup = detach_in_cleanup;
	bind_caller(caller, called);
	nmr_mock_unregister_ok(called);
}

static void detach_outside_the_detach_callback_is_refused_and_changes_nothing(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");
	struct nmr_test_gate *gate = &caller->gate[NMR_IN_DETACH];
	struct nmr_thread *deregister;

	/* While attached, and from another thread while the callback runs. */
	nmr_expect_log(test, 2, "rundown_detach: not in the binding's detach callback");
	bind_caller(caller, called);
	KUNIT_ASSERT_TRUE(test, call_enter(caller));
	KUNIT_EXPECT_EQ(test, nmr_rundown_detach(&caller->context->rundown), -EINVAL);
	KUNIT_EXPECT_TRUE(test, call_enter(caller));
	call_exit(caller);

	nmr_test_close(gate);
	deregister = nmr_test_start(test, nmr_mock_deregister, caller);
	nmr_await_reached(test, gate);
	KUNIT_EXPECT_EQ(test, nmr_rundown_detach(&caller->context->rundown), -EINVAL);
	nmr_test_open(gate);
	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, caller), 0);
	call_exit(caller);
	nmr_mock_wait_ok(caller);
}

static void enter_in_attach(struct nmr_mock *provider, struct nmr_binding *binding)
{
	struct nmr_rundown *rundown = provider->private;

	KUNIT_EXPECT_EQ(provider->test, init_rundown(NMR_PROVIDER, rundown, binding), 0);
	KUNIT_EXPECT_TRUE(provider->test, nmr_rundown_enter(rundown));
	nmr_rundown_exit(rundown);
	nmr_rundown_destroy(rundown);
}

static void provider_may_call_before_attach_has_returned(struct kunit *test)
{
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");

	provider->private = kunit_kzalloc(test, sizeof(struct nmr_rundown), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, provider->private);
	provider->in_attach = enter_in_attach;
	nmr_mock_bind(client, provider);
}

static void rundown_without_a_binding_refuses_calls(struct kunit *test)
{
	struct nmr_rundown rundown = {};

	nmr_expect_log(test, 1, "rundown_init: not in the binding");
	KUNIT_EXPECT_EQ(test, init_rundown(NMR_CLIENT, &rundown, NULL), -EINVAL);

	KUNIT_EXPECT_FALSE(test, nmr_rundown_enter(&rundown));
	KUNIT_EXPECT_EQ(test, nmr_rundown_detach(&rundown), 0);
	nmr_rundown_destroy(&rundown);
	KUNIT_EXPECT_FALSE(test, nmr_rundown_enter(&rundown));
}

/* Calls on two processors, across a detach. */

struct nmr_traffic {
	struct nmr_context *context;
	atomic_t next_cpu;
	atomic_t calls[2];
	atomic_t inside;
	atomic_t after_cleanup;
	bool cleaned;
};

static int call_over_and_over(struct nmr_mock *caller)
{
	struct nmr_traffic *traffic = caller->private;
	int cpu = atomic_fetch_inc(&traffic->next_cpu);

	set_cpus_allowed_ptr(current, cpumask_of(cpu % num_online_cpus()));
	while (nmr_rundown_enter(&traffic->context->rundown)) {
		atomic_inc(&traffic->inside);
		if (READ_ONCE(traffic->cleaned))
			atomic_inc(&traffic->after_cleanup);
		atomic_inc(&traffic->calls[cpu]);
		atomic_dec(&traffic->inside);
		nmr_rundown_exit(&traffic->context->rundown);
		cond_resched();
	}
	return 0;
}

static void expect_no_call_inside(struct nmr_context *context)
{
	struct nmr_traffic *traffic = context->mock->private;

	WRITE_ONCE(traffic->cleaned, true);
	KUNIT_EXPECT_EQ(context->mock->test, atomic_read(&traffic->inside), 0);
}

static void no_call_outlives_the_detach_on_two_processors(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");
	struct nmr_traffic *traffic = kunit_kzalloc(test, sizeof(*traffic), GFP_KERNEL);
	struct nmr_thread *thread[2];

	KUNIT_ASSERT_NOT_NULL(test, traffic);
	caller->private = traffic;
	caller->in_cleanup = expect_no_call_inside;
	bind_caller(caller, called);
	traffic->context = caller->context;
	thread[0] = nmr_test_start(test, call_over_and_over, caller);
	thread[1] = nmr_test_start(test, call_over_and_over, caller);
	nmr_await_true(test, atomic_read(&traffic->calls[0]) > 5000);
	nmr_await_true(test, atomic_read(&traffic->calls[1]) > 5000);
	nmr_mock_unregister_ok(called);

	KUNIT_EXPECT_EQ(test, nmr_test_join(thread[0]), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread[1]), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&traffic->after_cleanup), 0);
}

/*
 * The grace period is over, and the counts are not summed yet, when a call ends. It
 * is not the last.
 */
static void call_that_ends_before_the_counts_are_summed_is_not_the_last(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");
	struct nmr_test_gate *closed = nmr_test_hold_at(test, NMR_RACE_CLOSED);
	struct nmr_thread *waiter;

	bind_caller(caller, called);
	KUNIT_ASSERT_TRUE(test, call_enter(caller));
	KUNIT_ASSERT_TRUE(test, call_enter(caller));
	nmr_mock_deregister_ok(caller);
	nmr_await_reached(test, closed);
	call_exit(caller);
	waiter = nmr_test_start(test, nmr_mock_wait, caller);
	nmr_await_waiting(waiter);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, caller), 0);
	nmr_test_open(closed);
	nmr_await_waiting(waiter);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, caller), 0);
	call_exit(caller);

	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
}

/* All calls have ended by then: the registrar itself calls detach complete. */
static void calls_may_all_end_before_the_counts_are_summed(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");
	struct nmr_test_gate *closed = nmr_test_hold_at(test, NMR_RACE_CLOSED);

	bind_caller(caller, called);
	KUNIT_ASSERT_TRUE(test, call_enter(caller));
	nmr_mock_deregister_ok(caller);
	nmr_await_reached(test, closed);
	call_exit(caller);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, caller), 0);
	nmr_test_open(closed);
	nmr_mock_wait_ok(caller);
}

/* Both sides close, and the second one while the first one's grace period passes. */
static void rundowns_of_both_sides_close(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");
	struct nmr_test_gate *closed = nmr_test_hold_at(test, NMR_RACE_CLOSED);
	struct nmr_test_gate *detach = &called->gate[NMR_IN_DETACH];
	struct nmr_thread *deregister;

	called->use_rundown = true;
	nmr_test_close(detach);
	bind_caller(caller, called);
	deregister = nmr_test_start(test, nmr_mock_deregister, caller);
	nmr_await_reached(test, detach);
	nmr_await_reached(test, closed);
	nmr_test_open(detach);
	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, caller), 0);
	nmr_test_open(closed);
	nmr_mock_wait_ok(caller);
}

/*
 * A processor is in the middle of an enter: it has read the pointer to the
 * counter, and keeps preemption off until it has counted.
 */
static int read_counter_and_stay(struct nmr_mock *caller)
{
	struct nmr_test_gate *gate = &caller->gate[NMR_IN_ATTACH];
	unsigned long end = nmr_test_bound();
	unsigned int __percpu *count;

	nmr_test_pin(1);
	preempt_disable();
	count = READ_ONCE(caller->context->rundown.count);
	complete(&gate->reached);
	while (!completion_done(&gate->opened) && time_before(jiffies, end))
		cpu_relax();
	this_cpu_inc(*count);
	preempt_enable();
	return 0;
}

static void call_that_is_being_entered_is_counted(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");
	struct nmr_test_gate *gate = &caller->gate[NMR_IN_ATTACH];
	struct nmr_thread *thread, *waiter;

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two processors");
	nmr_test_pin(0);
	bind_caller(caller, called);
	thread = nmr_test_start(test, read_counter_and_stay, caller);
	nmr_await_reached(test, gate);
	nmr_mock_deregister_ok(caller);
	waiter = nmr_test_start(test, nmr_mock_wait, caller);
	nmr_await_waiting(waiter);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, caller), 0);
	nmr_test_open(gate);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), 0);
	nmr_await_waiting(waiter);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, caller), 0);
	call_exit(caller);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
	nmr_test_unpin();
}

#ifdef CONFIG_HOTPLUG_CPU
static void enter_on_this_cpu(void *caller)
{
	call_enter(caller);
}

static void expect_closed_on_this_cpu(void *caller)
{
	struct nmr_mock *mock = caller;

	KUNIT_EXPECT_FALSE(mock->test, call_enter(caller));
}

static void calls_of_an_offline_processor_are_counted(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");
	unsigned int cpu = num_online_cpus() - 1;
	int err;

	if (!cpu)
		kunit_skip(test, "needs two processors");
	bind_caller(caller, called);
	KUNIT_EXPECT_EQ(test, smp_call_function_single(cpu, enter_on_this_cpu, caller, true),
			0);
	KUNIT_EXPECT_EQ(test, smp_call_function_single(cpu, enter_on_this_cpu, caller, true),
			0);
	/* No assertions until it is online again. */
	err = remove_cpu(cpu);
	nmr_mock_deregister(called);
	KUNIT_EXPECT_FALSE(test, call_enter(caller));
	call_exit(caller);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, caller), 0);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, add_cpu(cpu), 0);
	/* It sees that the rundown is closed. */
	KUNIT_EXPECT_EQ(test, smp_call_function_single(cpu, expect_closed_on_this_cpu, caller,
						       true), 0);
	call_exit(caller);
	KUNIT_EXPECT_EQ(test, nmr_mock_wait(called), 0);
}
#else
static void calls_of_an_offline_processor_are_counted(struct kunit *test)
{
	kunit_skip(test, "needs CONFIG_HOTPLUG_CPU");
}
#endif

/*
 * A thread that keeps trying to enter is preempted anywhere in it, by one that
 * keeps the processor while the side detaches. Forced where QEMU steps by
 * instruction: there one round in thirty hits the window.
 */
#define NMR_PREEMPTIONS 60

struct nmr_preemption {
	struct nmr_context *context;
	enum { NMR_RUN, NMR_HOLD, NMR_HELD, NMR_OVER } hold;
	atomic_t after_cleanup;
};

static int try_to_call(struct nmr_mock *caller)
{
	struct nmr_preemption *preemption = caller->private;

	set_cpus_allowed_ptr(current, cpumask_of(num_online_cpus() - 1));
	while (READ_ONCE(preemption->hold) != NMR_OVER) {
		struct nmr_context *context = READ_ONCE(preemption->context);

		if (!nmr_rundown_enter(&context->rundown)) {
			cond_resched();
			continue;
		}
		if (atomic_read(&context->cleanups))
			atomic_inc(&preemption->after_cleanup);
		else
			nmr_rundown_exit(&context->rundown);
	}
	return 0;
}

static int hold_processor(struct nmr_mock *caller)
{
	struct nmr_preemption *preemption = caller->private;

	set_cpus_allowed_ptr(current, cpumask_of(num_online_cpus() - 1));
	sched_set_fifo(current);
	while (READ_ONCE(preemption->hold) != NMR_OVER) {
		if (READ_ONCE(preemption->hold) != NMR_HOLD) {
			usleep_range(100, 200);
			continue;
		}
		WRITE_ONCE(preemption->hold, NMR_HELD);
		while (READ_ONCE(preemption->hold) == NMR_HELD)
			cpu_relax();
	}
	return 0;
}

static void preempted_enter_is_counted(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock(test, NMR_CLIENT, "caller");
	struct nmr_mock *called = nmr_mock(test, NMR_PROVIDER, "called");
	struct nmr_preemption *preemption;
	struct nmr_thread *trying, *holding;
	unsigned int round;

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two processors");
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "the thread that keeps the processor would starve RCU's threads");
	preemption = kunit_kzalloc(test, sizeof(*preemption), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, preemption);
	caller->private = preemption;
	bind_caller(caller, called);
	preemption->context = caller->context;
	set_cpus_allowed_ptr(current, cpumask_of(0));
	trying = nmr_test_start(test, try_to_call, caller);
	holding = nmr_test_start(test, hold_processor, caller);
	for (round = 0; round < NMR_PREEMPTIONS; round++) {
		usleep_range(1000, 3000);
		WRITE_ONCE(preemption->hold, NMR_HOLD);
		nmr_await_true(test, READ_ONCE(preemption->hold) == NMR_HELD);
		nmr_mock_deregister_ok(caller);
		/* If it is held inside a call, let it return. */
		if (!atomic_read(&preemption->context->cleanups))
			WRITE_ONCE(preemption->hold, NMR_RUN);
		nmr_mock_wait_ok(caller);
		rcu_barrier();
		nmr_mock_register_ok(caller);
		WRITE_ONCE(preemption->hold, NMR_RUN);
		WRITE_ONCE(preemption->context, caller->context);
	}
	WRITE_ONCE(preemption->hold, NMR_OVER);

	KUNIT_EXPECT_EQ(test, nmr_test_join(trying), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(holding), 0);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	KUNIT_EXPECT_EQ(test, atomic_read(&preemption->after_cleanup), 0);
	nmr_mock_unregister_ok(called);
}

static struct kunit_case rundown_cases[] = {
	KUNIT_CASE_PARAM(detach_without_calls_is_complete, nmr_side_gen_params),
	KUNIT_CASE_PARAM(detach_is_complete_at_the_last_exit, nmr_side_gen_params),
	KUNIT_CASE_PARAM(calls_nest, nmr_side_gen_params),
	KUNIT_CASE_PARAM(call_may_sleep, nmr_side_gen_params),
	KUNIT_CASE_PARAM(enter_and_last_exit_work_in_any_context, context_side_gen_params),
	KUNIT_CASE_PARAM(enter_returns_false_after_destroy, nmr_side_gen_params),
	KUNIT_CASE_PARAM(rundowns_start_from_zero, nmr_side_gen_params),
	KUNIT_CASE(rundown_destroyed_inside_a_call_is_reported),
	KUNIT_CASE_PARAM(exit_without_enter_is_reported, nmr_side_gen_params),
	KUNIT_CASE(destroy_without_having_attached),
	KUNIT_CASE_PARAM(second_detach_is_reported_and_changes_nothing,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(second_detach_without_calls_is_complete, nmr_side_gen_params),
	KUNIT_CASE_PARAM(second_detach_after_the_grace_period_is_reported,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(cleanup_waits_for_the_rundown_that_is_ignored, nmr_side_gen_params),
	KUNIT_CASE(zeroed_rundown_refuses_calls),
	KUNIT_CASE_PARAM(rundown_is_initialised_in_the_attach_callback_only,
			 nmr_side_gen_params),
	KUNIT_CASE(rundown_is_initialised_in_its_own_sides_callback_only),
	KUNIT_CASE_PARAM(detach_outside_the_detach_callback_is_refused_and_changes_nothing,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(refused_init_loses_no_call, nmr_side_gen_params),
	KUNIT_CASE_PARAM(detach_in_the_cleanup_callback_is_refused, nmr_side_gen_params),
	KUNIT_CASE(provider_may_call_before_attach_has_returned),
	KUNIT_CASE(rundown_without_a_binding_refuses_calls),
	KUNIT_CASE_PARAM(no_call_outlives_the_detach_on_two_processors,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(call_that_ends_before_the_counts_are_summed_is_not_the_last,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(calls_may_all_end_before_the_counts_are_summed, nmr_side_gen_params),
	KUNIT_CASE_PARAM(rundowns_of_both_sides_close, nmr_side_gen_params),
	KUNIT_CASE_PARAM(call_that_is_being_entered_is_counted, nmr_side_gen_params),
	KUNIT_CASE(preempted_enter_is_counted),
	KUNIT_CASE_PARAM(calls_of_an_offline_processor_are_counted, nmr_side_gen_params),
	{}
};

static struct kunit_suite rundown_suite = {
	.name = "nmr_rundown",
	.init = nmr_test_init,
	.exit = nmr_test_exit,
	.test_cases = rundown_cases,
};

kunit_test_suite(rundown_suite);
