// SPDX-License-Identifier: GPL-2.0
/*
 * Fails each allocation in turn with the kernel's fault injection: contract,
 * row 4.6.
 */
#include "nmr_test.h"

#include <linux/debugfs.h>
#include <linux/fault-inject.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

/* More than any call allocates. */
#define NMR_MANY_ALLOCATIONS 100

#define NMR_AT_ONCE (GFP_NOWAIT | __GFP_NOWARN)
#define NMR_PERCPU_PIECES 400000

KUNIT_ARRAY_PARAM(nmr_side, nmr_test_sides, nmr_test_side_desc);

/* The variable behind a debugfs file of failslab. */
static void *failslab_switch(const char *name)
{
	struct dentry *directory = debugfs_lookup("failslab", NULL);
	struct dentry *file = directory ? debugfs_lookup(name, directory) : NULL;
	void *value = file ? d_inode(file)->i_private : NULL;

	dput(file);
	dput(directory);
	return value;
}

/* Also fail allocations that may sleep, and silently. */
static int memory_suite_init(struct kunit_suite *suite)
{
	bool *spare_sleeping = failslab_switch("ignore-gfp-wait");
	unsigned long *verbose = failslab_switch("verbose");

	if (!spare_sleeping || !verbose)
		return 0;
	*spare_sleeping = false;
	*verbose = 0;
	return 0;
}

static int memory_test_init(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_FAILSLAB) || !failslab_switch("ignore-gfp-wait"))
		kunit_skip(test, "needs CONFIG_FAILSLAB and its debugfs switches");
	return nmr_test_init(test);
}

#ifdef CONFIG_FAULT_INJECTION
/* Fail the nth allocation of the calling thread from here on; 0: none. */
static void fail_allocation(unsigned int nth)
{
	current->fail_nth = nth;
}

static bool allocation_failed(void)
{
	return !current->fail_nth;
}

static unsigned int allocations_until_failure(void)
{
	return current->fail_nth;
}
#else
static void fail_allocation(unsigned int nth)
{
}

static bool allocation_failed(void)
{
	return true;
}

static unsigned int allocations_until_failure(void)
{
	return 0;
}
#endif

/*
 * Registers with the first, second, third... allocation failing, until none
 * does. Returns how often register failed.
 */
static int register_with_failures(struct nmr_mock *mock)
{
	struct kunit *test = mock->test;
	int nth, err = -ENOMEM, failures = 0;
	bool failed;

	for (nth = 1; nth < NMR_MANY_ALLOCATIONS; nth++) {
		mock->handle = mock;
		fail_allocation(nth);
		err = nmr_mock_register(mock);
		failed = allocation_failed();
		fail_allocation(0);
		if (!failed)
			break;
		/* Not every allocation is essential. */
		if (!err) {
			nmr_mock_unregister_ok(mock);
			continue;
		}
		failures++;
		KUNIT_ASSERT_EQ(test, err, -ENOMEM);
		KUNIT_EXPECT_PTR_EQ(test, mock->handle, (void *)mock);
	}
	KUNIT_ASSERT_EQ(test, err, 0);
	return failures;
}

static void nmr_race_06_register_without_memory_attaches_to_none(struct kunit *test)
{
	enum nmr_side side = nmr_test_side(test);
	struct nmr_mock *self = nmr_mock(test, side, "self");
	struct nmr_mock *peer[5];
	int i, failures;

	for (i = 0; i < ARRAY_SIZE(peer); i++) {
		peer[i] = nmr_mock(test, nmr_other_side(side), "peer");
		nmr_mock_register_ok(peer[i]);
	}
	failures = register_with_failures(self);

	/* At least one for itself and one for each binding. */
	KUNIT_EXPECT_GT(test, failures, (int)ARRAY_SIZE(peer));
	for (i = 0; i < ARRAY_SIZE(peer); i++)
		KUNIT_EXPECT_EQ(test, nmr_mock_pairs(self, peer[i]) -
				      atomic_read(&peer[i]->cleaned), 1);
}

static void nmr_race_06_register_without_memory_leaves_no_trace(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");

	nmr_mock_register_ok(peer);
	fail_allocation(1);
	KUNIT_EXPECT_EQ(test, nmr_mock_register(self), -ENOMEM);
	fail_allocation(0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, self), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, peer), 0);

	/* Nor is the failed registration offered to later peers. */
	nmr_mock_unregister_ok(peer);
	nmr_mock_register_ok(peer);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, self), 0);
	nmr_mock_register_ok(self);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(self, peer), 1);
}

static void register_without_peers_frees_all_memory(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock(test, nmr_test_side(test), "self");

	KUNIT_EXPECT_GT(test, register_with_failures(self), 1);
}

static int allocations_of_register(struct nmr_mock *mock)
{
	unsigned int remaining;

	fail_allocation(NMR_MANY_ALLOCATIONS);
	nmr_mock_register_ok(mock);
	remaining = allocations_until_failure();
	fail_allocation(0);
	return NMR_MANY_ALLOCATIONS - remaining;
}

static void register_allocates_nothing_for_deregistered_peers(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");
	int i, before;

	nmr_mock_register_ok(peer);
	before = allocations_of_register(self);
	nmr_mock_unregister_ok(self);
	for (i = 0; i < 5; i++) {
		struct nmr_mock *leaver = nmr_mock_there(test, "leaver");

		nmr_mock_register_ok(leaver);
		nmr_mock_unregister_ok(leaver);
	}

	KUNIT_EXPECT_EQ(test, allocations_of_register(self), before);
}

/* The rundown to initialise is in private. */
static int init_rundown(struct nmr_mock *mock, struct nmr_binding *binding, gfp_t gfp)
{
	return mock->side == NMR_CLIENT ?
		nmr_rundown_init_client(mock->private, binding, gfp) :
		nmr_rundown_init_provider(mock->private, binding, gfp);
}

/*
 * Without sleeping, per-CPU memory comes from populated pages only. failslab
 * does not cover that, so use them up.
 */
static int use_up_percpu_memory(void __percpu **taken, int most)
{
	static const size_t sizes[] = { PAGE_SIZE, 512, 64, sizeof(int) };
	int i, count = 0;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		while (count < most) {
			taken[count] = __alloc_percpu_gfp(sizes[i], sizeof(int), NMR_AT_ONCE);
			if (!taken[count])
				break;
			count++;
		}
	return count;
}

static void init_rundown_without_percpu_memory(struct nmr_mock *mock,
					       struct nmr_binding *binding)
{
	struct nmr_rundown *rundown = mock->private;
	unsigned long end = nmr_test_bound();
	void __percpu **taken;
	int err, more, count = 0;

	taken = kvcalloc(NMR_PERCPU_PIECES, sizeof(*taken), GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(mock->test, taken);
	if (!taken)
		return;
	/* Keep the worker that populates more pages from running here. */
	set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
	sched_set_fifo(current);
	do {
		more = use_up_percpu_memory(taken + count, NMR_PERCPU_PIECES - count);
		count += more;
	} while (more && time_before(jiffies, end));
	err = init_rundown(mock, binding, NMR_AT_ONCE);
	if (!err)
		nmr_rundown_destroy(rundown);
	sched_set_normal(current, 0);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	KUNIT_EXPECT_EQ(mock->test, err, -ENOMEM);
	KUNIT_EXPECT_FALSE(mock->test, nmr_rundown_enter(rundown));
	while (count)
		free_percpu(taken[--count]);
	kvfree(taken);
}

static void rundown_init_without_percpu_memory_fails_cleanly(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");

	self->private = kunit_kzalloc(test, sizeof(struct nmr_rundown), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, self->private);
	self->in_attach = init_rundown_without_percpu_memory;
	nmr_mock_bind(self, peer);
}

static void deregister_and_wait_allocate_nothing(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_mock *stayer = nmr_mock_there(test, "stayer");
	int err;

	nmr_mock_bind(leaver, stayer);
	fail_allocation(1);
	err = nmr_mock_deregister(leaver);
	if (!err || err == -EINPROGRESS)
		err = nmr_mock_wait(leaver);
	KUNIT_EXPECT_FALSE(test, allocation_failed());
	fail_allocation(0);
	KUNIT_EXPECT_EQ(test, err, 0);
}

static struct kunit_case memory_cases[] = {
	KUNIT_CASE_PARAM(nmr_race_06_register_without_memory_attaches_to_none,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_06_register_without_memory_leaves_no_trace,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(register_without_peers_frees_all_memory, nmr_side_gen_params),
	KUNIT_CASE_PARAM(register_allocates_nothing_for_deregistered_peers,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(rundown_init_without_percpu_memory_fails_cleanly,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(deregister_and_wait_allocate_nothing, nmr_side_gen_params),
	{}
};

static struct kunit_suite memory_suite = {
	.name = "nmr_memory",
	.suite_init = memory_suite_init,
	.init = memory_test_init,
	.exit = nmr_test_exit,
	.test_cases = memory_cases,
};

kunit_test_suite(memory_suite);
