// SPDX-License-Identifier: GPL-2.0
/*
 * Modules that go and leave something behind: contract, row 5.7. The module here
 * is one in name only; scripts/guest-storm.sh has real ones.
 */
#include "nmr_test.h"

#include <linux/module.h>

#include "../nmr_core/owner.h"

KUNIT_ARRAY_PARAM(nmr_side, nmr_sides, nmr_side_desc);

static struct module leaver = { .name = "nmr_leaver" };

static int leave(struct nmr_mock *mock)
{
	nmr_owner_goes(&leaver);
	nmr_note(mock->test, NMR_WAITED, mock);
	mock->registered = false;
	return 0;
}

static struct nmr_mock *leavers_mock(struct kunit *test)
{
	struct nmr_mock *mock = nmr_mock_here(test, "leaver's");

	mock->owner = &leaver;
	return mock;
}

static void leave_and_return(struct nmr_mock *mock)
{
	KUNIT_EXPECT_EQ(mock->test, nmr_join(nmr_start(mock->test, leave, mock)), 0);
}

static void registration_that_is_left_is_deregistered_and_waited_for(struct kunit *test)
{
	struct nmr_mock *left = leavers_mock(test);
	struct nmr_mock *stays = nmr_mock_there(test, "stays");
	struct nmr_mock *late = nmr_mock_there(test, "late");

	nmr_expect_log(test, 1, "nmr_leaver#0: did not deregister; doing it now");
	nmr_expect_warn(test);
	mock_bind(left, stays);
	leave_and_return(left);
	mock_register_ok(late);

	nmr_expect_order(test, { NMR_DETACHED, left }, { NMR_CLEANED, left },
			 { NMR_WAITED, left });
	KUNIT_EXPECT_EQ(test, nmr_count(test, NMR_ATTACH, late), 0);
}

static void registration_that_was_not_waited_for_is(struct kunit *test)
{
	struct nmr_mock *left = leavers_mock(test);
	struct nmr_mock *stays = nmr_mock_there(test, "stays");
	struct nmr_thread *thread;

	nmr_expect_log(test, 1, "nmr_leaver#0: did not wait; doing it now");
	nmr_expect_warn(test);
	stays->detach_result = -EINPROGRESS;
	mock_bind(left, stays);
	mock_deregister_ok(left);
	thread = nmr_start(test, leave, left);
	nmr_await_waiting(thread);
	KUNIT_EXPECT_EQ(test, mock_complete(stays), 0);

	KUNIT_EXPECT_EQ(test, nmr_join(thread), 0);
	nmr_expect_order(test, { NMR_COMPLETE, stays }, { NMR_CLEANED, left },
			 { NMR_WAITED, left });
}

static void all_that_are_left_are_deregistered_and_no_others(struct kunit *test)
{
	struct nmr_mock *left[3], *stays = nmr_mock_there(test, "stays");
	struct nmr_mock *other = nmr_mock_here(test, "other");
	int i;

	nmr_expect_log(test, ARRAY_SIZE(left), "did not deregister; doing it now");
	nmr_expect_warn(test);
	mock_register_ok(stays);
	mock_register_ok(other);
	for (i = 0; i < ARRAY_SIZE(left); i++) {
		left[i] = leavers_mock(test);
		mock_register_ok(left[i]);
	}
	leave_and_return(left[0]);

	for (i = 0; i < ARRAY_SIZE(left); i++) {
		KUNIT_EXPECT_EQ(test, nmr_count(test, NMR_CLEANED, left[i]), 1);
		left[i]->registered = false;
	}
	KUNIT_EXPECT_EQ(test, nmr_count(test, NMR_DETACH, other), 0);
}

static void registration_that_is_just_being_made_is_left(struct kunit *test)
{
	struct nmr_mock *left = leavers_mock(test);
	struct nmr_mock *stays = nmr_mock_there(test, "stays");
	struct nmr_thread *registering, *leaving;
	struct nmr_gate *allocated;

	nmr_expect_log(test, 1, "nmr_leaver#0: did not deregister; doing it now");
	nmr_expect_warn(test);
	mock_register_ok(stays);
	allocated = nmr_hold_at(test, NMR_RACE_REGISTER_ALLOCATED);
	registering = nmr_start(test, mock_register, left);
	nmr_await_reached(test, allocated);
	leaving = nmr_start(test, leave, left);
	nmr_await_waiting(leaving);
	nmr_open(allocated);

	KUNIT_EXPECT_EQ(test, nmr_join(registering), 0);
	KUNIT_EXPECT_EQ(test, nmr_join(leaving), 0);
	nmr_expect_order(test, { NMR_GO_ON }, { NMR_WAITED, left });
	KUNIT_EXPECT_EQ(test, nmr_count(test, NMR_CLEANED, left),
			nmr_count(test, NMR_ATTACHED, left));
}

static void who_leaves_nothing_is_not_reported(struct kunit *test)
{
	struct nmr_mock *left = leavers_mock(test);

	mock_register_ok(left);
	mock_unregister_ok(left);
	leave_and_return(left);
}

static void what_is_of_no_module_stays(struct kunit *test)
{
	static struct lock_class_key key;
	struct nmr_mock *built_in = nmr_mock(test, NMR_CLIENT, "built in");
	struct nmr_mock *left = nmr_mock(test, NMR_PROVIDER, "left");

	KUNIT_ASSERT_EQ(test, __nmr_register_client(&built_in->as_client, built_in,
						    (struct nmr_client **)&built_in->handle,
						    NULL, &key, "built in", NULL), 0);
	built_in->registered = true;
	leave_and_return(left);
	mock_unregister_ok(built_in);
}

static struct kunit_case owner_cases[] = {
	KUNIT_CASE_PARAM(registration_that_is_left_is_deregistered_and_waited_for,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(registration_that_was_not_waited_for_is, nmr_side_gen_params),
	KUNIT_CASE_PARAM(all_that_are_left_are_deregistered_and_no_others,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(registration_that_is_just_being_made_is_left, nmr_side_gen_params),
	KUNIT_CASE_PARAM(who_leaves_nothing_is_not_reported, nmr_side_gen_params),
	KUNIT_CASE(what_is_of_no_module_stays),
	{}
};

static struct kunit_suite owner_suite = {
	.name = "nmr_owner",
	.init = nmr_test_init,
	.exit = nmr_test_exit,
	.test_cases = owner_cases,
};

kunit_test_suite(owner_suite);
