// SPDX-License-Identifier: GPL-2.0
/* Calls that do not sleep: contract, section 6. */
#include "nmr_test.h"

#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

KUNIT_ARRAY_PARAM(nmr_side, nmr_test_sides, nmr_test_side_desc);

static void bind_caller(struct nmr_mock *caller, struct nmr_mock *called)
{
	caller->use_gate = true;
	nmr_mock_bind(caller, called);
}

static int call(struct nmr_mock *caller)
{
	if (!nmr_gate_enter(&caller->context->gate))
		return false;
	nmr_gate_exit(&caller->context->gate);
	return true;
}

static bool is_open(struct nmr_mock *caller)
{
	bool open;

	rcu_read_lock();
	open = nmr_gate_is_open(&caller->context->gate);
	rcu_read_unlock();
	return open;
}

static int init_gate(enum nmr_side side, struct nmr_gate *gate, struct nmr_binding *binding)
{
	return side == NMR_CLIENT ? nmr_gate_init_client(gate, binding) :
				    nmr_gate_init_provider(gate, binding);
}

static void gate_is_open_while_attached(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");

	bind_caller(caller, called);
	KUNIT_EXPECT_TRUE(test, call(caller));
	KUNIT_EXPECT_TRUE(test, is_open(caller));
	nmr_mock_deregister_ok(called);
	KUNIT_EXPECT_FALSE(test, call(caller));
	KUNIT_EXPECT_FALSE(test, is_open(caller));
	nmr_mock_wait_ok(called);

	/* The mock's context is not freed until the case ends. */
	KUNIT_EXPECT_FALSE(test, call(caller));
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANED, caller), 1);
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

static void enter_works_in_any_context(struct kunit *test)
{
	const struct nmr_context_side *param = test->param_value;
	struct nmr_mock *caller = nmr_mock(test, param->side, "caller");
	struct nmr_mock *called = nmr_mock(test, nmr_other_side(param->side), "called");

	bind_caller(caller, called);
	KUNIT_EXPECT_TRUE(test, nmr_test_call_in(test, param->context, call, caller));
	nmr_mock_deregister_ok(caller);
	KUNIT_EXPECT_FALSE(test, nmr_test_call_in(test, param->context, call, caller));
	nmr_mock_wait_ok(caller);
}

static int call_and_stay(struct nmr_mock *caller)
{
	struct nmr_test_gate *stay = &caller->gate[NMR_IN_ATTACH];
	unsigned long end = nmr_test_bound();

	nmr_test_pin(1);
	if (!nmr_gate_enter(&caller->context->gate))
		return -ENODEV;
	complete(&stay->reached);
	while (!completion_done(&stay->opened) && time_before(jiffies, end))
		cpu_relax();
	nmr_test_note(caller->test, NMR_EV_COMPLETE, caller);
	nmr_gate_exit(&caller->context->gate);
	return 0;
}

static void cleanup_waits_for_the_call_in_progress(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");
	struct nmr_test_gate *stay = &caller->gate[NMR_IN_ATTACH];
	struct nmr_thread *thread, *waiter;

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two processors");
	nmr_test_pin(0);
	bind_caller(caller, called);
	thread = nmr_test_start(test, call_and_stay, caller);
	nmr_await_reached(test, stay);
	nmr_mock_deregister_ok(called);
	KUNIT_EXPECT_FALSE(test, call(caller));
	waiter = nmr_test_start(test, nmr_mock_wait, called);
	nmr_await_waiting(waiter);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, caller), 0);
	nmr_test_open(stay);

	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
	nmr_test_unpin();
	nmr_expect_order(test, { NMR_EV_COMPLETE, caller }, { NMR_EV_CLEANUP, caller },
			 { NMR_EV_WAITED, called });
}

static void gate_and_rundown_detach_together(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");

	called->use_rundown = true;
	bind_caller(caller, called);
	KUNIT_EXPECT_TRUE(test, call(caller));
	nmr_mock_unregister_ok(caller);
}

/* 5.9 */

static void zeroed_gate_refuses_calls(struct kunit *test)
{
	struct nmr_gate gate = {};

	KUNIT_EXPECT_FALSE(test, nmr_gate_enter(&gate));
	KUNIT_EXPECT_EQ(test, nmr_gate_detach(&gate), 0);
}

static void gate_that_is_null_is_refused(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");

	nmr_expect_log(test, 1, "gate_init: no such gate");
	nmr_mock_bind(self, peer);
	KUNIT_EXPECT_EQ(test, init_gate(self->side, NULL, self->binding), -EINVAL);
}

static void expect_init_refused(struct nmr_mock *mock, struct nmr_binding *binding)
{
	struct nmr_gate gate;

	memset(&gate, 1, sizeof(gate));
	KUNIT_EXPECT_EQ(mock->test, init_gate(mock->side, &gate, binding), -EINVAL);
	KUNIT_EXPECT_FALSE(mock->test, nmr_gate_enter(&gate));
}

static void expect_init_refused_in_callback(struct nmr_context *context)
{
	expect_init_refused(context->mock, context->binding);
}

static void gate_is_initialised_in_the_attach_callback_only(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");

	/* While attached, in detach and in cleanup. */
	nmr_expect_log(test, 3, "gate_init: not in the binding's attach callback");
	caller->in_detach = expect_init_refused_in_callback;
	caller->in_cleanup = expect_init_refused_in_callback;
	bind_caller(caller, called);
	expect_init_refused(caller, caller->binding);
	nmr_mock_unregister_ok(caller);
}

/* The gate is in use, and still closes. */
static void refused_init_does_not_stop_the_detach(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");
	struct nmr_test_gate *closed = nmr_test_hold_at(test, NMR_RACE_CLOSED);

	nmr_expect_log(test, 1, "gate_init: not in the binding's attach callback");
	bind_caller(caller, called);
	KUNIT_EXPECT_EQ(test, init_gate(caller->side, &caller->context->gate,
					caller->binding), -EINVAL);
	KUNIT_EXPECT_FALSE(test, call(caller));
	nmr_mock_deregister_ok(caller);
	nmr_await_reached(test, closed);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, caller), 0);
	nmr_test_open(closed);
	nmr_mock_wait_ok(caller);
}

static void init_both(struct nmr_mock *mock, struct nmr_binding *binding)
{
	struct nmr_rundown rundown = {};
	struct nmr_gate *gate = mock->private, second = {};

	KUNIT_EXPECT_EQ(mock->test, nmr_rundown_init_client(&rundown, binding, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(mock->test, nmr_gate_init_client(gate, binding), -EINVAL);
	KUNIT_EXPECT_FALSE(mock->test, nmr_gate_enter(gate));
	nmr_rundown_destroy(&rundown);

	KUNIT_EXPECT_EQ(mock->test, nmr_gate_init_client(gate, binding), 0);
	KUNIT_EXPECT_EQ(mock->test, nmr_gate_init_client(&second, binding), -EINVAL);
	KUNIT_EXPECT_EQ(mock->test, nmr_rundown_init_client(&rundown, binding, GFP_KERNEL),
			-EINVAL);
	KUNIT_EXPECT_FALSE(mock->test, nmr_rundown_enter(&rundown));
	KUNIT_EXPECT_TRUE(mock->test, nmr_gate_enter(gate));
	nmr_gate_exit(gate);
}

static void side_has_one_rundown_or_gate(struct kunit *test)
{
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");

	nmr_expect_log(test, 3, "this side has a rundown or a gate already");
	client->private = kunit_kzalloc(test, sizeof(struct nmr_gate), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, client->private);
	client->in_attach = init_both;
	nmr_mock_bind(client, provider);
}

static void detach_outside_the_detach_callback_is_refused(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");

	nmr_expect_log(test, 1, "gate_detach: not in the binding's detach callback");
	bind_caller(caller, called);
	KUNIT_EXPECT_EQ(test, nmr_gate_detach(&caller->context->gate), -EINVAL);
	KUNIT_EXPECT_TRUE(test, call(caller));
	nmr_mock_unregister_ok(caller);
}

static void detach_gate(struct nmr_context *context)
{
	KUNIT_EXPECT_EQ(context->mock->test, nmr_gate_detach(&context->gate), -EINPROGRESS);
}

static void second_detach_is_reported_and_changes_nothing(struct kunit *test)
{
	struct nmr_mock *caller = nmr_mock_here(test, "caller");
	struct nmr_mock *called = nmr_mock_there(test, "called");

	nmr_expect_log(test, 1, "gate_detach: called twice");
	caller->in_detach = detach_gate;
	bind_caller(caller, called);
	nmr_mock_unregister_ok(called);

	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANED, caller), 1);
}

static struct kunit_case gate_cases[] = {
	KUNIT_CASE_PARAM(gate_is_open_while_attached, nmr_side_gen_params),
	KUNIT_CASE_PARAM(enter_works_in_any_context, context_side_gen_params),
	KUNIT_CASE_PARAM(cleanup_waits_for_the_call_in_progress, nmr_side_gen_params),
	KUNIT_CASE_PARAM(gate_and_rundown_detach_together, nmr_side_gen_params),
	KUNIT_CASE(zeroed_gate_refuses_calls),
	KUNIT_CASE_PARAM(gate_that_is_null_is_refused, nmr_side_gen_params),
	KUNIT_CASE_PARAM(gate_is_initialised_in_the_attach_callback_only,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(refused_init_does_not_stop_the_detach, nmr_side_gen_params),
	KUNIT_CASE(side_has_one_rundown_or_gate),
	KUNIT_CASE_PARAM(detach_outside_the_detach_callback_is_refused, nmr_side_gen_params),
	KUNIT_CASE_PARAM(second_detach_is_reported_and_changes_nothing, nmr_side_gen_params),
	{}
};

static struct kunit_suite gate_suite = {
	.name = "nmr_gate",
	.init = nmr_test_init,
	.exit = nmr_test_exit,
	.test_cases = gate_cases,
};

kunit_test_suite(gate_suite);
