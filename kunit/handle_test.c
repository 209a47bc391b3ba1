// SPDX-License-Identifier: GPL-2.0
/* The table of live handles: contract, rows 4.13, 5.1 and 5.10, and section 7. */
#include "nmr_test.h"

#include <linux/err.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "../nmr_core/registration.h"

/* Enough for several chunks of the table. */
#define NMR_MANY_HANDLES 1000

static void *nmr_cookie(const struct nmr_handle *handle)
{
	return (void *)handle->cookie;
}

static struct nmr_handle *nmr_find(const void *cookie, enum nmr_handle_kind kind)
{
	struct nmr_handle *found;

	rcu_read_lock();
	found = nmr_handle_find(cookie, kind);
	rcu_read_unlock();
	return found;
}

static bool nmr_is_live(const struct nmr_handle *handle)
{
	return nmr_find(nmr_cookie(handle), handle->kind) == handle;
}

/*
 * Handles in zeroed registrations: walks of the registrar may find these, and
 * must have nothing to report.
 */
static struct nmr_registration *nmr_objects(struct kunit *test, int count)
{
	struct nmr_registration *objects = kunit_kcalloc(test, count, sizeof(*objects),
							 GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, objects);
	return objects;
}

static void make_live(struct kunit *test, struct nmr_registration *object)
{
	KUNIT_ASSERT_EQ(test, nmr_handle_reserve(&object->handle, NMR_HANDLE_CLIENT), 0);
	nmr_handle_publish(&object->handle);
}

/* Readers may still use what was removed. */
static void remove_all(struct nmr_registration *objects, int count)
{
	while (count--)
		nmr_handle_remove(&objects[count].handle);
	synchronize_rcu();
}

static void handle_finds_its_object_from_publish_to_remove(struct kunit *test)
{
	struct nmr_handle *handle = &nmr_objects(test, 1)->handle;

	KUNIT_ASSERT_EQ(test, nmr_handle_reserve(handle, NMR_HANDLE_CLIENT), 0);
	KUNIT_EXPECT_FALSE(test, nmr_is_live(handle));
	nmr_handle_publish(handle);
	KUNIT_EXPECT_TRUE(test, nmr_is_live(handle));
	KUNIT_EXPECT_NULL(test, nmr_find(nmr_cookie(handle), NMR_HANDLE_PROVIDER));
	nmr_handle_remove(handle);
	KUNIT_EXPECT_FALSE(test, nmr_is_live(handle));
	synchronize_rcu();
}

static void unpublished_handle_can_be_removed(struct kunit *test)
{
	struct nmr_handle *handle = &nmr_objects(test, 1)->handle;

	KUNIT_ASSERT_EQ(test, nmr_handle_reserve(handle, NMR_HANDLE_CLIENT), 0);
	nmr_handle_remove(handle);
	KUNIT_EXPECT_FALSE(test, nmr_is_live(handle));
}

static void all_of_many_handles_are_found(struct kunit *test)
{
	struct nmr_registration *objects = nmr_objects(test, NMR_MANY_HANDLES);
	int i, found = 0;

	for (i = 0; i < NMR_MANY_HANDLES; i++)
		make_live(test, &objects[i]);
	for (i = 0; i < NMR_MANY_HANDLES; i++)
		found += nmr_is_live(&objects[i].handle);
	KUNIT_EXPECT_EQ(test, found, NMR_MANY_HANDLES);
	remove_all(objects, NMR_MANY_HANDLES);
	for (i = 0, found = 0; i < NMR_MANY_HANDLES; i++)
		found += nmr_is_live(&objects[i].handle);
	KUNIT_EXPECT_EQ(test, found, 0);
}

/* The position at which a walk finds a handle. */
static unsigned long slot_of(struct kunit *test, const struct nmr_handle *wanted)
{
	unsigned long position = 0;
	struct nmr_handle *handle;

	rcu_read_lock();
	do {
		handle = nmr_handle_next(&position);
	} while (handle && handle != wanted);
	rcu_read_unlock();
	KUNIT_EXPECT_PTR_EQ(test, handle, (struct nmr_handle *)wanted);
	return position - 1;
}

/* FIFO order, so that a stale handle stays stale as long as possible. */
static void free_slots_are_reused_in_order(struct kunit *test)
{
	static const int order[] = { 1, 3, 0, 2 };
	struct nmr_registration *objects = nmr_objects(test, ARRAY_SIZE(order));
	unsigned long slot[ARRAY_SIZE(order)], at;
	int i, next = 0;

	if (BITS_PER_LONG < 64)
		kunit_skip(test, "thousands of slots are kept free");
	for (i = 0; i < ARRAY_SIZE(order); i++)
		make_live(test, &objects[i]);
	for (i = 0; i < ARRAY_SIZE(order); i++)
		slot[i] = slot_of(test, &objects[order[i]].handle);
	for (i = 0; i < ARRAY_SIZE(order); i++)
		nmr_handle_remove(&objects[order[i]].handle);
	/* Others have been free for longer. */
	for (i = 0; i < 10 * NMR_MANY_HANDLES && next < ARRAY_SIZE(order); i++) {
		make_live(test, &objects[0]);
		at = slot_of(test, &objects[0].handle);
		if (at == slot[0] || at == slot[1] || at == slot[2] || at == slot[3])
			KUNIT_EXPECT_EQ(test, at, slot[next++]);
		nmr_handle_remove(&objects[0].handle);
	}
	KUNIT_EXPECT_EQ(test, next, 4);
	synchronize_rcu();
}

static void stale_handles_stay_stale(struct kunit *test)
{
	struct nmr_registration *objects = nmr_objects(test, 2);
	void *stale;
	int i;

	make_live(test, &objects[0]);
	stale = nmr_cookie(&objects[0].handle);
	nmr_handle_remove(&objects[0].handle);
	for (i = 0; i < NMR_MANY_HANDLES; i++) {
		make_live(test, &objects[1]);
		KUNIT_ASSERT_PTR_NE(test, stale, nmr_cookie(&objects[1].handle));
		KUNIT_ASSERT_NULL(test, nmr_find(stale, NMR_HANDLE_CLIENT));
		nmr_handle_remove(&objects[1].handle);
	}
	synchronize_rcu();
}

static void slot_is_retired_after_its_last_generation(struct kunit *test)
{
	struct nmr_registration *objects = nmr_objects(test, NMR_MANY_HANDLES);
	unsigned long first;
	int i;

	if (BITS_PER_LONG < 64)
		kunit_skip(test, "generations wrap");
	KUNIT_ASSERT_EQ(test, nmr_handle_reserve(&objects[0].handle, NMR_HANDLE_CLIENT), 0);
	first = nmr_handle_age(&objects[0].handle);
	nmr_handle_publish(&objects[0].handle);
	KUNIT_EXPECT_TRUE(test, nmr_is_live(&objects[0].handle));
	nmr_handle_remove(&objects[0].handle);
	for (i = 1; i < NMR_MANY_HANDLES; i++) {
		make_live(test, &objects[i]);
		KUNIT_ASSERT_NE(test, objects[i].handle.cookie, first);
	}
	remove_all(objects + 1, NMR_MANY_HANDLES - 1);
}

/* A walk finds each of @objects once. */
static void expect_walk_finds_each(struct kunit *test, struct nmr_registration *objects,
				   int count, struct nmr_registration *others,
				   int other_count)
{
	u8 *met = kunit_kzalloc(test, count, GFP_KERNEL);
	unsigned long position = 0;
	struct nmr_registration *object;
	struct nmr_handle *handle;
	int i, other = 0, bad = 0;

	KUNIT_ASSERT_NOT_NULL(test, met);
	rcu_read_lock();
	while ((handle = nmr_handle_next(&position))) {
		object = container_of(handle, struct nmr_registration, handle);
		if (object >= objects && object < objects + count)
			met[object - objects]++;
		/* The walk resumes at its place, whatever happens in between. */
		rcu_read_unlock();
		if (other_count) {
			if (other < other_count)
				make_live(test, &others[other]);
			else
				nmr_handle_remove(&others[other - other_count].handle);
			other = (other + 1) % (2 * other_count);
		}
		rcu_read_lock();
	}
	rcu_read_unlock();
	for (; other && other < 2 * other_count; other++)
		if (other < other_count)
			make_live(test, &others[other]);
		else
			nmr_handle_remove(&others[other - other_count].handle);
	for (i = 0; i < count; i++)
		bad += met[i] != 1;
	KUNIT_EXPECT_EQ(test, bad, 0);
	synchronize_rcu();
}

static void walk_finds_each_live_handle_exactly_once(struct kunit *test)
{
	struct nmr_registration *objects = nmr_objects(test, NMR_MANY_HANDLES);
	struct nmr_registration *others = nmr_objects(test, NMR_MANY_HANDLES / 2);
	int i;

	for (i = 0; i < NMR_MANY_HANDLES; i++)
		make_live(test, &objects[i]);
	expect_walk_finds_each(test, objects, NMR_MANY_HANDLES, NULL, 0);
	/* Others are added and removed meanwhile, and the table grows. */
	expect_walk_finds_each(test, objects, NMR_MANY_HANDLES, others, NMR_MANY_HANDLES / 2);
	remove_all(objects, NMR_MANY_HANDLES);
}

/* Lookups in a hard interrupt of the processor that changes the table. */

struct nmr_interrupts {
	struct nmr_handle *live;
	void *stale;
	atomic_t lookups;
	atomic_t wrong;
	bool over;
};

static void look_up_in_interrupt(void *data)
{
	struct nmr_interrupts *interrupts = data;
	void *made_up = (void *)(get_random_long() | 1);

	if (nmr_find(nmr_cookie(interrupts->live), NMR_HANDLE_CLIENT) != interrupts->live ||
	    nmr_find(interrupts->stale, NMR_HANDLE_CLIENT) ||
	    nmr_find(made_up, NMR_HANDLE_CLIENT))
		atomic_inc(&interrupts->wrong);
	atomic_inc(&interrupts->lookups);
}

static int interrupt_over_and_over(struct nmr_mock *mock)
{
	struct nmr_interrupts *interrupts = mock->private;

	set_cpus_allowed_ptr(current, cpumask_of(1));
	while (!READ_ONCE(interrupts->over)) {
		smp_call_function_single(0, look_up_in_interrupt, interrupts, true);
		cond_resched();
	}
	return 0;
}

static void lookups_in_a_hard_interrupt_return_while_the_table_changes(struct kunit *test)
{
	struct nmr_interrupts *interrupts = kunit_kzalloc(test, sizeof(*interrupts), GFP_KERNEL);
	struct nmr_registration *objects = nmr_objects(test, NMR_MANY_HANDLES);
	struct nmr_registration *looked_up = nmr_objects(test, 2);
	struct nmr_mock *mock = nmr_mock(test, NMR_CLIENT, "interrupts");
	unsigned long end = nmr_test_bound();
	struct nmr_thread *thread;
	int i, round;

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two processors");
	KUNIT_ASSERT_NOT_NULL(test, interrupts);
	for (i = 0; i < 2; i++)
		make_live(test, &looked_up[i]);
	interrupts->live = &looked_up[0].handle;
	interrupts->stale = nmr_cookie(&looked_up[1].handle);
	nmr_handle_remove(&looked_up[1].handle);
	synchronize_rcu();

	set_cpus_allowed_ptr(current, cpumask_of(0));
	mock->private = interrupts;
	thread = nmr_test_start(test, interrupt_over_and_over, mock);
	nmr_await_true(test, atomic_read(&interrupts->lookups));
	/* Continue until there were enough interrupts. */
	for (round = 0; round < 10 || (atomic_read(&interrupts->lookups) < 100 &&
				       time_before(jiffies, end)); round++) {
		for (i = 0; i < NMR_MANY_HANDLES; i++)
			make_live(test, &objects[i]);
		remove_all(objects, NMR_MANY_HANDLES);
	}
	WRITE_ONCE(interrupts->over, true);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), 0);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	KUNIT_EXPECT_GT(test, atomic_read(&interrupts->lookups), 10);
	KUNIT_EXPECT_EQ(test, atomic_read(&interrupts->wrong), 0);
	nmr_handle_remove(&looked_up[0].handle);
	synchronize_rcu();
}

static struct kunit_case handle_cases[] = {
	KUNIT_CASE(handle_finds_its_object_from_publish_to_remove),
	KUNIT_CASE(unpublished_handle_can_be_removed),
	KUNIT_CASE(all_of_many_handles_are_found),
	KUNIT_CASE(free_slots_are_reused_in_order),
	KUNIT_CASE(stale_handles_stay_stale),
	KUNIT_CASE(slot_is_retired_after_its_last_generation),
	KUNIT_CASE(walk_finds_each_live_handle_exactly_once),
	KUNIT_CASE(lookups_in_a_hard_interrupt_return_while_the_table_changes),
	{}
};

static struct kunit_suite handle_suite = {
	.name = "nmr_handle",
	.init = nmr_test_init,
	.exit = nmr_test_exit,
	.test_cases = handle_cases,
};

kunit_test_suite(handle_suite);
