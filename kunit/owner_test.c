// SPDX-License-Identifier: GPL-2.0
/*
 * Modules that are unloaded while they are still registered: contract, row 5.7.
 * The module here is a fake; testing/storm/guest.sh has real ones.
 */
#include "nmr_test.h"

#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../nmr_core/owner.h"

KUNIT_ARRAY_PARAM(nmr_side, nmr_test_sides, nmr_test_side_desc);

static struct module leaver = { .name = "nmr_leaver" };

static int leave(struct nmr_mock *mock)
{
	WRITE_ONCE(leaver.state, MODULE_STATE_GOING);
	nmr_owner_unload(&leaver);
	nmr_test_note(mock->test, NMR_EV_WAITED, mock);
	mock->registered = false;
	return 0;
}

static struct nmr_mock *leavers_mock(struct kunit *test)
{
	struct nmr_mock *mock = nmr_mock_here(test, "leaver's");

	WRITE_ONCE(leaver.state, MODULE_STATE_LIVE);
	mock->owner = &leaver;
	return mock;
}

static void leave_and_return(struct nmr_mock *mock)
{
	KUNIT_EXPECT_EQ(mock->test, nmr_test_join(nmr_test_start(mock->test, leave, mock)), 0);
}

static void abandoned_registration_is_deregistered_and_waited_for(struct kunit *test)
{
	struct nmr_mock *abandoned = leavers_mock(test);
	struct nmr_mock *stayer = nmr_mock_there(test, "stayer");
	struct nmr_mock *late = nmr_mock_there(test, "late");

	nmr_expect_log(test, 2, "nmr_leaver");
	nmr_mock_bind(abandoned, stayer);
	leave_and_return(abandoned);
	nmr_mock_register_ok(late);

	nmr_expect_order(test, { NMR_EV_DETACHED, abandoned }, { NMR_EV_CLEANED, abandoned },
			 { NMR_EV_WAITED, abandoned });
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, late), 0);
}

static void deregistering_registration_is_waited_for(struct kunit *test)
{
	struct nmr_mock *abandoned = leavers_mock(test);
	struct nmr_mock *stayer = nmr_mock_there(test, "stayer");
	struct nmr_thread *thread;

	nmr_expect_log(test, 2, "nmr_leaver");
	stayer->detach_result = -EINPROGRESS;
	nmr_mock_bind(abandoned, stayer);
	nmr_mock_deregister_ok(abandoned);
	thread = nmr_test_start(test, leave, abandoned);
	nmr_await_waiting(thread);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(stayer), 0);

	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), 0);
	nmr_expect_order(test, { NMR_EV_COMPLETE, stayer }, { NMR_EV_CLEANED, abandoned },
			 { NMR_EV_WAITED, abandoned });
}

static void only_abandoned_registrations_are_deregistered(struct kunit *test)
{
	struct nmr_mock *abandoned[3], *stayer = nmr_mock_there(test, "stayer");
	struct nmr_mock *other = nmr_mock_here(test, "other");
	int i;

	nmr_expect_log(test, ARRAY_SIZE(abandoned) + 1, "nmr_leaver");
	nmr_mock_register_ok(stayer);
	nmr_mock_register_ok(other);
	for (i = 0; i < ARRAY_SIZE(abandoned); i++) {
		abandoned[i] = leavers_mock(test);
		nmr_mock_register_ok(abandoned[i]);
	}
	leave_and_return(abandoned[0]);

	for (i = 0; i < ARRAY_SIZE(abandoned); i++) {
		KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANED, abandoned[i]), 1);
		abandoned[i]->registered = false;
	}
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DETACH, other), 0);
}

static void block_until_the_other_detaches(struct nmr_context *context)
{
	struct nmr_mock *other = context->mock->private;
	unsigned long end = nmr_test_bound();

	while (!nmr_test_count(other->test, NMR_EV_DETACH, other) && time_before(jiffies, end))
		fsleep(1000);
	KUNIT_EXPECT_EQ(other->test, nmr_test_count(other->test, NMR_EV_DETACH, other), 1);
}

static void callback_of_one_abandoned_registration_may_wait_for_another(struct kunit *test)
{
	struct nmr_mock *abandoned[2] = { leavers_mock(test), leavers_mock(test) };
	struct nmr_mock *stays = nmr_mock_there(test, "stays");
	int i;

	nmr_expect_log(test, ARRAY_SIZE(abandoned) + 1, "nmr_leaver");
	for (i = 0; i < ARRAY_SIZE(abandoned); i++) {
		abandoned[i]->in_detach = block_until_the_other_detaches;
		abandoned[i]->private = abandoned[!i];
		nmr_mock_register_ok(abandoned[i]);
	}
	nmr_mock_register_ok(stays);
	leave_and_return(abandoned[0]);

	for (i = 0; i < ARRAY_SIZE(abandoned); i++)
		abandoned[i]->registered = false;
}

static void module_that_is_unloaded_registers_nothing_more(struct kunit *test)
{
	struct nmr_mock *abandoned = leavers_mock(test), *more = leavers_mock(test);
	struct nmr_mock *stayer = nmr_mock_there(test, "stayer");
	struct nmr_thread *registering;
	struct nmr_test_gate *allocated;

	/* The module, its abandoned registration, and the two that are refused. */
	nmr_expect_log(test, 4, "nmr_leaver");
	nmr_mock_register_ok(stayer);
	nmr_mock_register_ok(abandoned);
	allocated = nmr_test_hold_at(test, NMR_RACE_REGISTER_ALLOCATED);
	registering = nmr_test_start(test, nmr_mock_register, more);
	nmr_await_reached(test, allocated);
	leave_and_return(abandoned);
	more->handle = more;
	nmr_test_open(allocated);

	KUNIT_EXPECT_EQ(test, nmr_test_join(registering), -ESHUTDOWN);
	KUNIT_EXPECT_EQ(test, nmr_mock_register(more), -ESHUTDOWN);
	/* Nothing was stored. */
	KUNIT_EXPECT_PTR_EQ(test, more->handle, (void *)more);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, more), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, stayer), 1);
}

static void register_again(struct nmr_context *context)
{
	KUNIT_EXPECT_EQ(context->mock->test, nmr_mock_register(context->mock), -ESHUTDOWN);
}

/* Like a client that registers again whenever it loses its provider. */
static void cleanup_that_registers_again_does_not_loop(struct kunit *test)
{
	struct nmr_mock *abandoned = leavers_mock(test);
	struct nmr_mock *stayer = nmr_mock_there(test, "stayer");

	nmr_expect_log(test, 3, "nmr_leaver");
	abandoned->in_cleanup = register_again;
	nmr_mock_bind(abandoned, stayer);
	leave_and_return(abandoned);

	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANED, abandoned), 1);
}

#define NMR_MANY_ABANDONED 10

/* A line for the module, eight for registrations, and the count of the rest. */
static void many_registrations_are_reported_in_part_and_the_rest_counted(struct kunit *test)
{
	struct nmr_mock *abandoned[NMR_MANY_ABANDONED];
	int i;

	nmr_expect_log(test, 10, "nmr_leaver");
	for (i = 0; i < ARRAY_SIZE(abandoned); i++) {
		abandoned[i] = leavers_mock(test);
		nmr_mock_register_ok(abandoned[i]);
	}
	leave_and_return(abandoned[0]);
	for (i = 0; i < ARRAY_SIZE(abandoned); i++)
		abandoned[i]->registered = false;
}

static void module_without_registrations_is_not_reported(struct kunit *test)
{
	struct nmr_mock *abandoned = leavers_mock(test);

	nmr_mock_register_ok(abandoned);
	nmr_mock_unregister_ok(abandoned);
	leave_and_return(abandoned);
}

static void registration_of_no_module_stays(struct kunit *test)
{
	static struct lock_class_key key;
	struct nmr_mock *built_in = nmr_mock(test, NMR_CLIENT, "built in");
	struct nmr_mock *abandoned = nmr_mock(test, NMR_PROVIDER, "abandoned");

	KUNIT_ASSERT_EQ(test, __nmr_register_client(&built_in->as_client, built_in,
						    (struct nmr_client **)&built_in->handle,
						    NULL, &key, "built in", NULL), 0);
	built_in->registered = true;
	leave_and_return(abandoned);
	nmr_mock_unregister_ok(built_in);
}

/*
 * A slow register has looked its owner up. That owner is removed; its memory
 * would be reused at once, were it not freed after a grace period.
 */
static void slow_register_does_not_get_another_owner(struct kunit *test)
{
	static struct module next = { .name = "nmr_next" };
	struct nmr_mock *abandoned = leavers_mock(test), *slow = leavers_mock(test);
	struct nmr_mock *nexts = nmr_mock_there(test, "next one's");
	struct nmr_thread *registering;
	struct nmr_test_gate *found;

	nmr_expect_log(test, 1, "nmr_leaver: cannot register while it is being unloaded");
	nexts->owner = &next;
	nmr_test_pin(0);
	nmr_mock_register_ok(abandoned);
	nmr_mock_deregister_ok(abandoned);
	KUNIT_EXPECT_EQ(test, nmr_mock_wait(abandoned), 0);
	found = nmr_test_hold_at(test, NMR_RACE_OWNER_FOUND);
	registering = nmr_test_start(test, nmr_mock_register, slow);
	nmr_await_reached(test, found);
	WRITE_ONCE(leaver.state, MODULE_STATE_GOING);
	nmr_owner_unload(&leaver);
	nmr_mock_register_ok(nexts);
	nmr_test_open(found);

	KUNIT_EXPECT_EQ(test, nmr_test_join(registering), -ESHUTDOWN);
	nmr_test_unpin();
	nmr_mock_unregister_ok(nexts);
	nmr_owner_unload(&next);
}

/*
 * 5.8: what a registration refers to, including its lockdep class, belongs to
 * the module, and is freed once one of the waits has returned.
 */
struct nmr_vanishing {
	struct module module;
	struct lock_class_key key;
	char name[16];
};

static struct nmr_vanishing *vanishing_register(struct kunit *test, struct nmr_mock *mock)
{
	struct nmr_vanishing *vanishing = kzalloc(sizeof(*vanishing), GFP_KERNEL);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, vanishing);
	strscpy(vanishing->module.name, "nmr_vanishing", MODULE_NAME_LEN);
	strscpy(vanishing->name, "vanishing", sizeof(vanishing->name));
	lockdep_register_key(&vanishing->key);
	if (mock->side == NMR_PROVIDER)
		err = __nmr_register_provider(&mock->as_provider, mock,
					      (struct nmr_provider **)&mock->handle,
					      &vanishing->module, &vanishing->key,
					      vanishing->name, NULL);
	else
		err = __nmr_register_client(&mock->as_client, mock,
					    (struct nmr_client **)&mock->handle,
					    &vanishing->module, &vanishing->key,
					    vanishing->name, NULL);
	KUNIT_EXPECT_EQ(test, err, 0);
	mock->registered = !err;
	return vanishing;
}

/* Like the module loader after the exit function: frees the module's memory. */
static void vanish(struct nmr_vanishing *vanishing)
{
	WRITE_ONCE(vanishing->module.state, MODULE_STATE_GOING);
	nmr_owner_unload(&vanishing->module);
	synchronize_rcu();
	lockdep_unregister_key(&vanishing->key);
	memset(vanishing, 0x6b, sizeof(*vanishing));
	kfree(vanishing);
}

static void wait_outlives_the_owner(struct kunit *test, enum nmr_race_point point)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");
	struct nmr_vanishing *vanishing;
	struct nmr_thread *slow, *quick;
	struct nmr_test_gate *gate;

	vanishing = vanishing_register(test, self);
	nmr_mock_register_ok(peer);
	peer->detach_result = -EINPROGRESS;
	nmr_mock_deregister_ok(self);
	gate = nmr_test_hold_at(test, point);
	slow = nmr_test_start(test, nmr_mock_wait, self);
	if (point == NMR_RACE_WAITED)
		nmr_await_waiting(slow);
	else
		nmr_await_reached(test, gate);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(peer), 0);
	if (point == NMR_RACE_WAITED)
		nmr_await_reached(test, gate);
	quick = nmr_test_start(test, nmr_mock_wait, self);
	KUNIT_EXPECT_EQ(test, nmr_test_join(quick), 0);
	vanish(vanishing);
	/* The registrar must not read the instance any more. */
	memset(nmr_mock_instance(self), 0x6b, sizeof(*nmr_mock_instance(self)));
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(slow), 0);
}

static void wait_that_wakes_late_outlives_the_owner(struct kunit *test)
{
	wait_outlives_the_owner(test, NMR_RACE_WAITED);
}

static void wait_that_has_checked_nothing_yet_outlives_the_owner(struct kunit *test)
{
	wait_outlives_the_owner(test, NMR_RACE_WAIT_FOUND);
}

static void wait_that_is_about_to_sleep_outlives_the_owner(struct kunit *test)
{
	wait_outlives_the_owner(test, NMR_RACE_WAIT);
}

/* Meanwhile it is deregistered, completes, and its owner is freed. */
static void wait_of_what_is_not_deregistered_outlives_the_owner(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_vanishing *vanishing = vanishing_register(test, self);
	struct nmr_test_gate *found = nmr_test_hold_at(test, NMR_RACE_WAIT_FOUND);
	struct nmr_thread *slow = nmr_test_start(test, nmr_mock_wait, self);

	nmr_await_reached(test, found);
	nmr_mock_deregister_ok(self);
	KUNIT_EXPECT_EQ(test, nmr_mock_wait(self), 0);
	vanish(vanishing);
	memset(nmr_mock_instance(self), 0x6b, sizeof(*nmr_mock_instance(self)));
	nmr_test_open(found);

	KUNIT_EXPECT_EQ(test, nmr_test_join(slow), 0);
}

static struct kunit_case owner_cases[] = {
	KUNIT_CASE_PARAM(abandoned_registration_is_deregistered_and_waited_for,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(deregistering_registration_is_waited_for, nmr_side_gen_params),
	KUNIT_CASE_PARAM(only_abandoned_registrations_are_deregistered,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(callback_of_one_abandoned_registration_may_wait_for_another,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(module_that_is_unloaded_registers_nothing_more,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(cleanup_that_registers_again_does_not_loop,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(many_registrations_are_reported_in_part_and_the_rest_counted,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(module_without_registrations_is_not_reported, nmr_side_gen_params),
	KUNIT_CASE(registration_of_no_module_stays),
	KUNIT_CASE_PARAM(slow_register_does_not_get_another_owner,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(wait_that_wakes_late_outlives_the_owner, nmr_side_gen_params),
	KUNIT_CASE_PARAM(wait_that_has_checked_nothing_yet_outlives_the_owner,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(wait_that_is_about_to_sleep_outlives_the_owner,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(wait_of_what_is_not_deregistered_outlives_the_owner,
			 nmr_side_gen_params),
	{}
};

static struct kunit_suite owner_suite = {
	.name = "nmr_owner",
	.init = nmr_test_init,
	.exit = nmr_test_exit,
	.test_cases = owner_cases,
};

kunit_test_suite(owner_suite);
