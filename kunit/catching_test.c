// SPDX-License-Identifier: GPL-2.0
/*
 * The watchdog: contract, row 5.6. Row 5.7, the unloading of modules, is in
 * owner_test.c and testing/storm/guest.sh.
 */
#include "nmr_test.h"

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mount.h>

#include "../nmr_core/watchdog.h"

#define NMR_PARAMETER "module/nmr_core/parameters/detach_warn_secs"

KUNIT_ARRAY_PARAM(nmr_side, nmr_test_sides, nmr_test_side_desc);

/* Mounted by the suite: at boot there is no mount of sysfs yet. */
static struct vfsmount *sysfs;

static int catching_suite_init(struct kunit_suite *suite)
{
	struct file_system_type *type = get_fs_type("sysfs");

	sysfs = type ? kern_mount(type) : ERR_PTR(-ENODEV);
	return PTR_ERR_OR_ZERO(sysfs);
}

static void catching_suite_exit(struct kunit_suite *suite)
{
	if (!IS_ERR_OR_NULL(sysfs))
		kern_unmount(sysfs);
}

static void warn_after(struct kunit *test, const char *secs)
{
	struct file *file = file_open_root_mnt(sysfs, NMR_PARAMETER, O_WRONLY, 0);
	loff_t pos = 0;

	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(file), "no parameter detach_warn_secs");
	KUNIT_EXPECT_GT(test, kernel_write(file, secs, strlen(secs), &pos), 0);
	__fput_sync(file);
}

static void catching_test_exit(struct kunit *test)
{
	warn_after(test, "10");
	nmr_test_exit(test);
}

/* A mock of each side that deregisters, and its peer. */
struct catching_pairs {
	struct nmr_mock *leaver[NMR_SIDES];
	struct nmr_mock *stayer[NMR_SIDES];
};

static void make_pairs(struct kunit *test, struct catching_pairs *pairs)
{
	enum nmr_side side;

	for (side = 0; side < NMR_SIDES; side++) {
		pairs->leaver[side] = nmr_mock(test, side, "leaver");
		pairs->stayer[side] = nmr_mock(test, nmr_other_side(side), "stayer");
		nmr_mock_set_npi(pairs->leaver[side], side + 1);
		nmr_mock_set_npi(pairs->stayer[side], side + 1);
		nmr_mock_instance(pairs->stayer[side])->number = 2;
	}
}

static void begin_to_detach(struct kunit *test, struct catching_pairs *pairs)
{
	enum nmr_side side;

	make_pairs(test, pairs);
	for (side = 0; side < NMR_SIDES; side++) {
		pairs->stayer[side]->detach_result = -EINPROGRESS;
		nmr_mock_bind(pairs->leaver[side], pairs->stayer[side]);
		nmr_mock_deregister_ok(pairs->leaver[side]);
	}
}

static void complete_pairs(struct kunit *test, struct catching_pairs *pairs)
{
	enum nmr_side side;

	for (side = 0; side < NMR_SIDES; side++)
		KUNIT_EXPECT_EQ(test, nmr_mock_complete(pairs->stayer[side]), 0);
}

static void wait_for_pairs(struct catching_pairs *pairs)
{
	enum nmr_side side;

	for (side = 0; side < NMR_SIDES; side++)
		nmr_mock_wait_ok(pairs->leaver[side]);
}

/* Keep detaches pending for @ms, and until @lines are logged. */
static void detach_for(struct kunit *test, unsigned int ms, int lines)
{
	struct catching_pairs pairs;

	begin_to_detach(test, &pairs);
	msleep(ms);
	nmr_await_log(test, lines);
	complete_pairs(test, &pairs);
	wait_for_pairs(&pairs);
}

/* After 1 s and 2 s; the next report would be after 4 s. */
static void side_that_owes_detach_complete_is_reported_repeatedly(struct kunit *test)
{
	warn_after(test, "1");
	nmr_expect_log(test, 2 * NMR_SIDES, "#2 owes detach complete");
	detach_for(test, 0, 2 * NMR_SIDES);
}

/* Even if it has not been waited for when the watchdog scans. */
static void a_detach_that_completes_in_time_is_not_reported(struct kunit *test)
{
	struct catching_pairs pairs;

	warn_after(test, "2");
	begin_to_detach(test, &pairs);
	msleep(100);
	complete_pairs(test, &pairs);
	msleep(2200);
	wait_for_pairs(&pairs);
}

/* Setting the parameter starts a scan, which finds nothing and requeues nothing. */
static void watchdog_that_found_nothing_scans_again(struct kunit *test)
{
	warn_after(test, "1");
	msleep(1200);
	nmr_expect_log(test, NMR_SIDES, "#2 owes detach complete");
	detach_for(test, 0, NMR_SIDES);
}

static void detach_is_not_reported_once_the_watchdog_is_disabled(struct kunit *test)
{
	struct catching_pairs pairs;

	warn_after(test, "2");
	begin_to_detach(test, &pairs);
	warn_after(test, "0");
	msleep(2200);
	complete_pairs(test, &pairs);
	wait_for_pairs(&pairs);
}

static void nothing_is_reported_while_the_watchdog_is_disabled(struct kunit *test)
{
	warn_after(test, "0");
	detach_for(test, 1200, 0);
}

/* Hold the stayers in a callback while the leavers deregister. */
static void blocked_callback_is_reported(struct kunit *test, enum nmr_place place,
					 const char *report)
{
	struct nmr_thread *thread[NMR_SIDES];
	struct catching_pairs pairs;
	enum nmr_side side;

	warn_after(test, "1");
	nmr_expect_log(test, NMR_SIDES, report);
	make_pairs(test, &pairs);
	for (side = 0; side < NMR_SIDES; side++) {
		nmr_test_close(&pairs.stayer[side]->gate[place]);
		nmr_mock_bind(pairs.leaver[side], pairs.stayer[side]);
		thread[side] = nmr_test_start(test, nmr_mock_deregister, pairs.leaver[side]);
	}
	for (side = 0; side < NMR_SIDES; side++)
		nmr_await_reached(test, &pairs.stayer[side]->gate[place]);
	nmr_await_log(test, NMR_SIDES);
	for (side = 0; side < NMR_SIDES; side++) {
		nmr_test_open(&pairs.stayer[side]->gate[place]);
		KUNIT_EXPECT_EQ(test, nmr_test_join(thread[side]), -EINPROGRESS);
	}
}

static void blocked_detach_is_reported(struct kunit *test)
{
	blocked_callback_is_reported(test, NMR_IN_DETACH, "#2 is inside its detach callback");
}

static void blocked_cleanup_is_reported(struct kunit *test)
{
	blocked_callback_is_reported(test, NMR_IN_CLEANUP, "#2 is inside a callback");
}

static void invalid_number_of_seconds_is_refused(struct kunit *test)
{
	struct file *file = file_open_root_mnt(sysfs, NMR_PARAMETER, O_WRONLY, 0);
	loff_t pos = 0;

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_EXPECT_EQ(test, kernel_write(file, "soon", 4, &pos), -EINVAL);
	__fput_sync(file);
}

static void many_bindings_are_reported_in_part_and_the_rest_counted(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_mock *stayer[10];
	int i;

	warn_after(test, "1");
	/* Eight bindings, and the count of the other two. */
	nmr_expect_log(test, 9, "deregist");
	for (i = 0; i < ARRAY_SIZE(stayer); i++) {
		stayer[i] = nmr_mock_there(test, "stayer");
		stayer[i]->detach_result = -EINPROGRESS;
		nmr_mock_register_ok(stayer[i]);
	}
	nmr_mock_register_ok(leaver);
	nmr_mock_deregister_ok(leaver);
	nmr_await_log(test, 9);
	for (i = 0; i < ARRAY_SIZE(stayer); i++)
		KUNIT_EXPECT_EQ(test, nmr_mock_complete(stayer[i]), 0);
	nmr_mock_wait_ok(leaver);
}

/* Not waited for, but nothing holds it up. */
static void watchdog_does_not_scan_for_complete_registrations(struct kunit *test)
{
	struct catching_pairs pairs;

	warn_after(test, "1");
	begin_to_detach(test, &pairs);
	KUNIT_EXPECT_TRUE(test, nmr_watchdog_is_queued());
	complete_pairs(test, &pairs);
	nmr_await_true(test, !nmr_watchdog_is_queued());
	msleep(100);
	KUNIT_EXPECT_FALSE(test, nmr_watchdog_is_queued());
	wait_for_pairs(&pairs);
}

/* The second is due 150 ms after the first, but reports are 500 ms apart. */
static void reports_of_staggered_deregisters_are_batched(struct kunit *test)
{
	struct catching_pairs pairs;
	enum nmr_side side;

	warn_after(test, "4");
	nmr_expect_log(test, NMR_SIDES, "#2 owes detach complete");
	make_pairs(test, &pairs);
	for (side = 0; side < NMR_SIDES; side++) {
		pairs.stayer[side]->detach_result = -EINPROGRESS;
		nmr_mock_bind(pairs.leaver[side], pairs.stayer[side]);
	}
	nmr_mock_deregister_ok(pairs.leaver[0]);
	msleep(150);
	nmr_mock_deregister_ok(pairs.leaver[1]);
	nmr_await_log(test, 1);
	nmr_await_true(test, nmr_watchdog_is_queued());
	KUNIT_EXPECT_GT(test, nmr_watchdog_due_in(), msecs_to_jiffies(250));
	nmr_await_log(test, NMR_SIDES);
	complete_pairs(test, &pairs);
	wait_for_pairs(&pairs);
}

static void bindings_of_several_registrations_are_counted_together(struct kunit *test)
{
	struct nmr_mock *leaver[2], *stayer[2][5];
	int i, j;

	/* Both are due in one scan: eight lines, and the count of the other two. */
	warn_after(test, "0");
	nmr_expect_log(test, 9, "deregist");
	for (i = 0; i < ARRAY_SIZE(leaver); i++) {
		leaver[i] = nmr_mock_here(test, "leaver");
		nmr_mock_set_npi(leaver[i], i + 1);
		nmr_mock_register_ok(leaver[i]);
		for (j = 0; j < ARRAY_SIZE(stayer[i]); j++) {
			stayer[i][j] = nmr_mock_there(test, "stayer");
			nmr_mock_set_npi(stayer[i][j], i + 1);
			stayer[i][j]->detach_result = -EINPROGRESS;
			nmr_mock_register_ok(stayer[i][j]);
		}
		nmr_mock_deregister_ok(leaver[i]);
	}
	msleep(1100);
	warn_after(test, "1");
	nmr_await_log(test, 9);
	warn_after(test, "0");
	for (i = 0; i < ARRAY_SIZE(leaver); i++) {
		for (j = 0; j < ARRAY_SIZE(stayer[i]); j++)
			KUNIT_EXPECT_EQ(test, nmr_mock_complete(stayer[i][j]), 0);
		nmr_mock_wait_ok(leaver[i]);
	}
}

static struct kunit_case catching_cases[] = {
	KUNIT_CASE(side_that_owes_detach_complete_is_reported_repeatedly),
	KUNIT_CASE(a_detach_that_completes_in_time_is_not_reported),
	KUNIT_CASE(watchdog_that_found_nothing_scans_again),
	KUNIT_CASE(detach_is_not_reported_once_the_watchdog_is_disabled),
	KUNIT_CASE(nothing_is_reported_while_the_watchdog_is_disabled),
	KUNIT_CASE(blocked_detach_is_reported),
	KUNIT_CASE(blocked_cleanup_is_reported),
	KUNIT_CASE(invalid_number_of_seconds_is_refused),
	KUNIT_CASE_PARAM(many_bindings_are_reported_in_part_and_the_rest_counted,
			 nmr_side_gen_params),
	KUNIT_CASE(watchdog_does_not_scan_for_complete_registrations),
	KUNIT_CASE(reports_of_staggered_deregisters_are_batched),
	KUNIT_CASE_PARAM(bindings_of_several_registrations_are_counted_together,
			 nmr_side_gen_params),
	{}
};

static struct kunit_suite catching_suite = {
	.name = "nmr_catching",
	.suite_init = catching_suite_init,
	.suite_exit = catching_suite_exit,
	.init = nmr_test_init,
	.exit = catching_test_exit,
	.test_cases = catching_cases,
};

kunit_test_suite(catching_suite);
