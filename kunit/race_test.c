// SPDX-License-Identifier: GPL-2.0
/*
 * The race windows of the contract's section 4, each forced: a case's number is
 * its row's. Row 4.6 is in memory_test.c.
 */
#include "nmr_test.h"

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>

KUNIT_ARRAY_PARAM(nmr_side, nmr_test_sides, nmr_test_side_desc);

/* 4.1 */

static void nmr_race_01_concurrent_register_binds_once(struct kunit *test)
{
	struct nmr_mock *slow = nmr_mock_here(test, "slow");
	struct nmr_mock *quick = nmr_mock_there(test, "quick");
	struct nmr_test_gate *linked = nmr_test_hold_at(test, NMR_RACE_REGISTER_LINKED);
	struct nmr_thread *thread = nmr_test_start(test, nmr_mock_register, slow);

	nmr_await_reached(test, linked);
	nmr_mock_register_ok(quick);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(slow, quick), 1);
	nmr_test_open(linked);

	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), 0);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(slow, quick), 1);
	nmr_expect_order(test, { NMR_EV_HELD, NULL }, { NMR_EV_REGISTERED, quick },
			 { NMR_EV_RESUMED, NULL }, { NMR_EV_REGISTERED, slow });
}

static void nmr_race_01_register_during_attach_binds_once(struct kunit *test)
{
	struct nmr_mock *slow = nmr_mock_here(test, "slow");
	struct nmr_mock *there = nmr_mock_there(test, "there");
	struct nmr_mock *late = nmr_mock(test, slow->side, "late");
	struct nmr_test_gate *claimed = nmr_test_hold_at(test, NMR_RACE_ATTACH_CLAIMED);
	struct nmr_thread *thread;

	nmr_mock_register_ok(there);
	thread = nmr_test_start(test, nmr_mock_register, slow);
	nmr_await_reached(test, claimed);
	nmr_mock_register_ok(late);
	nmr_test_open(claimed);

	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), 0);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(slow, there), 1);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(late, there), 1);
}

static void nmr_race_01_peers_register_after_the_peers_were_counted(struct kunit *test)
{
	struct nmr_mock *slow = nmr_mock_here(test, "slow");
	struct nmr_test_gate *allocated = nmr_test_hold_at(test, NMR_RACE_REGISTER_ALLOCATED);
	struct nmr_mock *peer[4];
	struct nmr_thread *thread;
	int i;

	for (i = 0; i < ARRAY_SIZE(peer); i++)
		peer[i] = nmr_mock_there(test, "peer");
	nmr_mock_register_ok(peer[0]);
	thread = nmr_test_start(test, nmr_mock_register, slow);
	nmr_await_reached(test, allocated);
	for (i = 1; i < ARRAY_SIZE(peer); i++)
		nmr_mock_register_ok(peer[i]);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, slow), 0);
	nmr_test_open(allocated);

	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), 0);
	for (i = 0; i < ARRAY_SIZE(peer); i++)
		KUNIT_EXPECT_EQ(test, nmr_mock_pairs(slow, peer[i]), 1);
}

static void nmr_race_01_peers_deregister_after_the_peers_were_counted(struct kunit *test)
{
	struct nmr_mock *slow = nmr_mock_here(test, "slow");
	struct nmr_mock *stayer = nmr_mock_there(test, "stayer");
	struct nmr_mock *leaver = nmr_mock_there(test, "leaver");
	struct nmr_test_gate *allocated;
	struct nmr_thread *thread;

	nmr_mock_register_ok(stayer);
	nmr_mock_register_ok(leaver);
	allocated = nmr_test_hold_at(test, NMR_RACE_REGISTER_ALLOCATED);
	thread = nmr_test_start(test, nmr_mock_register, slow);
	nmr_await_reached(test, allocated);
	nmr_mock_unregister_ok(leaver);
	nmr_test_open(allocated);

	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), 0);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(slow, stayer), 1);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(slow, leaver), 0);
}

static void nmr_race_01_sides_that_both_create_the_npi_bind_once(struct kunit *test)
{
	struct nmr_mock *slow = nmr_mock_here(test, "slow");
	struct nmr_mock *quick = nmr_mock_there(test, "quick");
	struct nmr_test_gate *allocated = nmr_test_hold_at(test, NMR_RACE_NPI_ALLOCATED);
	struct nmr_thread *thread = nmr_test_start(test, nmr_mock_register, slow);

	nmr_await_reached(test, allocated);
	nmr_mock_register_ok(quick);
	nmr_test_open(allocated);

	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), 0);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(slow, quick), 1);
}

/* Resumes the held thread until it is about to take its NPI's lock. */
static struct nmr_test_gate *hold_at_next_lock(struct kunit *test, struct nmr_test_gate *held)
{
	struct nmr_test_gate *lock = nmr_test_hold_at(test, NMR_RACE_NPI_LOCK);

	nmr_test_open(held);
	nmr_await_reached(test, lock);
	return lock;
}

static int register_on_cpu_0(struct nmr_mock *mock)
{
	nmr_test_pin(0);
	return nmr_mock_register(mock);
}

static int register_on_cpu_1(struct nmr_mock *mock)
{
	nmr_test_pin(1);
	return nmr_mock_register(mock);
}

/* Lets another thread contend for the lock, and forces a reschedule. */
static void let_another_at_the_lock(struct nmr_mock *mock)
{
	nmr_test_open(mock->private);
	mdelay(20);
	set_tsk_need_resched(current);
	set_preempt_need_resched();
}

/* One walk drops the lock with its cursor on the list that the other walks. */
static void nmr_race_01_two_registers_walk_the_same_peers(struct kunit *test)
{
	struct nmr_mock *first = nmr_mock_here(test, "first");
	struct nmr_mock *second = nmr_mock_here(test, "second");
	struct nmr_test_gate *allocated;
	struct nmr_thread *thread[2];
	struct nmr_mock *peer[4];
	int i;

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two processors");
	for (i = 0; i < ARRAY_SIZE(peer); i++) {
		peer[i] = nmr_mock_there(test, "peer");
		nmr_mock_register_ok(peer[i]);
	}
	allocated = nmr_test_hold_at(test, NMR_RACE_REGISTER_ALLOCATED);
	thread[1] = nmr_test_start(test, register_on_cpu_1, second);
	nmr_await_reached(test, allocated);
	second->private = hold_at_next_lock(test, allocated);
	nmr_test_do_at(test, NMR_RACE_REGISTER_PEER, let_another_at_the_lock, second);
	thread[0] = nmr_test_start(test, register_on_cpu_0, first);

	KUNIT_EXPECT_EQ(test, nmr_test_join(thread[0]), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread[1]), 0);
	for (i = 0; i < ARRAY_SIZE(peer); i++) {
		KUNIT_EXPECT_EQ(test, nmr_mock_pairs(first, peer[i]), 1);
		KUNIT_EXPECT_EQ(test, nmr_mock_pairs(second, peer[i]), 1);
	}
}

/* The NPI's last registration is about to be freed. */
static void nmr_race_01_npi_without_references_is_not_reused(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_mock *joiner = nmr_mock_there(test, "joiner");
	struct nmr_mock *late = nmr_mock(test, leaver->side, "late");
	struct nmr_test_gate *unreferenced = nmr_test_hold_at(test, NMR_RACE_NPI_UNREFERENCED);
	struct nmr_thread *wait;

	nmr_mock_register_ok(leaver);
	nmr_mock_deregister_ok(leaver);
	wait = nmr_test_start(test, nmr_mock_wait, leaver);
	nmr_await_reached(test, unreferenced);
	nmr_mock_register_ok(joiner);
	nmr_test_open(unreferenced);
	KUNIT_EXPECT_EQ(test, nmr_test_join(wait), 0);
	rcu_barrier();

	/* The new NPI is in the index, and freeing the old one did not remove it. */
	nmr_mock_register_ok(late);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(joiner, late), 1);
}

/* 4.2 */

static void note_task(struct nmr_context *context)
{
	context->mock->private = current;
}

static void deregister_during_attach(struct kunit *test, struct nmr_test_gate *gate,
				     struct nmr_mock *there, struct nmr_mock *comer,
				     struct nmr_mock *leaver)
{
	struct nmr_thread *attach, *waiter;

	leaver->in_detach = note_task;
	nmr_mock_register_ok(there);
	attach = nmr_test_start(test, nmr_mock_register, comer);
	nmr_await_reached(test, gate);
	nmr_mock_deregister_ok(leaver);
	waiter = nmr_test_start(test, nmr_mock_wait, leaver);
	nmr_await_waiting(waiter);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DETACH, leaver), 0);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(attach), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
	/* The attach finished, and the attaching thread detached. */
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(there, comer), 1);
	KUNIT_EXPECT_PTR_EQ(test, leaver->private, (void *)attach->task);
	nmr_expect_order(test, { NMR_EV_DEREGISTERED, leaver },
			 { NMR_EV_ATTACHED, nmr_mock_client(there, comer) },
			 { NMR_EV_DETACH, leaver },
			 { NMR_EV_DETACH, leaver == comer ? there : comer },
			 { NMR_EV_CLEANED, leaver }, { NMR_EV_REGISTERED, comer });
	nmr_expect_order(test, { NMR_EV_CLEANED, there }, { NMR_EV_WAITED, leaver });
	nmr_expect_order(test, { NMR_EV_CLEANED, comer }, { NMR_EV_WAITED, leaver });
}

static void nmr_race_02_peer_deregisters_during_attach(struct kunit *test)
{
	struct nmr_mock *comer = nmr_mock_here(test, "comer");
	struct nmr_mock *there = nmr_mock_there(test, "there");
	struct nmr_test_gate *gate = &nmr_mock_client(comer, there)->gate[NMR_IN_ATTACH];

	nmr_test_close(gate);
	deregister_during_attach(test, gate, there, comer, there);
}

static void nmr_race_02_self_deregisters_during_attach(struct kunit *test)
{
	struct nmr_mock *comer = nmr_mock_here(test, "comer");
	struct nmr_mock *there = nmr_mock_there(test, "there");
	struct nmr_test_gate *gate = &nmr_mock_provider(comer, there)->gate[NMR_IN_ATTACH];

	nmr_test_close(gate);
	deregister_during_attach(test, gate, there, comer, comer);
}

static void deregister_as_attach_returned(struct kunit *test, struct nmr_mock *there,
					  struct nmr_mock *comer, struct nmr_mock *leaver)
{
	struct nmr_test_gate *gate = nmr_test_hold_at(test, NMR_RACE_ATTACH_RETURNED);
	struct nmr_thread *attach, *waiter;

	nmr_mock_register_ok(there);
	attach = nmr_test_start(test, nmr_mock_register, comer);
	nmr_await_reached(test, gate);
	nmr_mock_deregister_ok(leaver);
	waiter = nmr_test_start(test, nmr_mock_wait, leaver);
	nmr_await_waiting(waiter);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(attach), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
	nmr_expect_order(test, { NMR_EV_HELD, NULL }, { NMR_EV_DEREGISTERED, leaver },
			 { NMR_EV_RESUMED, NULL }, { NMR_EV_DETACH, leaver },
			 { NMR_EV_CLEANED, nmr_mock_provider(comer, there) },
			 { NMR_EV_WAITED, leaver });
}

static void nmr_race_02_peer_deregisters_as_attach_returned(struct kunit *test)
{
	struct nmr_mock *comer = nmr_mock_here(test, "comer");
	struct nmr_mock *there = nmr_mock_there(test, "there");

	deregister_as_attach_returned(test, there, comer, there);
}

static void nmr_race_02_self_deregisters_as_attach_returned(struct kunit *test)
{
	struct nmr_mock *comer = nmr_mock_here(test, "comer");
	struct nmr_mock *there = nmr_mock_there(test, "there");

	deregister_as_attach_returned(test, there, comer, comer);
}

static void nmr_race_02_peer_deregistered_before_the_attach_began(struct kunit *test)
{
	struct nmr_mock *comer = nmr_mock_here(test, "comer");
	struct nmr_mock *there = nmr_mock_there(test, "there");
	struct nmr_test_gate *gate;
	struct nmr_thread *attach;

	nmr_mock_register_ok(there);
	gate = nmr_test_hold_at(test, NMR_RACE_REGISTER_LINKED);
	attach = nmr_test_start(test, nmr_mock_register, comer);
	nmr_await_reached(test, gate);
	nmr_mock_deregister_ok(there);
	/* The proposal does not delay it. */
	nmr_mock_wait_ok(there);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(attach), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, comer), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, there), 0);
}

static void nmr_race_02_peer_deregistering_before_the_attach_began(struct kunit *test)
{
	struct nmr_mock *comer = nmr_mock_here(test, "comer");
	struct nmr_mock *there = nmr_mock_there(test, "there");
	struct nmr_test_gate *linked;
	struct nmr_test_gate *begun = nmr_test_hold_at(test, NMR_RACE_DEREGISTER_BEGUN);
	struct nmr_thread *attach, *deregister;

	nmr_mock_register_ok(there);
	linked = nmr_test_hold_at(test, NMR_RACE_REGISTER_LINKED);
	attach = nmr_test_start(test, nmr_mock_register, comer);
	nmr_await_reached(test, linked);
	deregister = nmr_test_start(test, nmr_mock_deregister, there);
	nmr_await_reached(test, begun);
	nmr_test_open(linked);
	KUNIT_EXPECT_EQ(test, nmr_test_join(attach), 0);
	nmr_test_open(begun);

	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister), -EINPROGRESS);
	nmr_mock_wait_ok(there);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, comer), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, there), 0);
}

static void nmr_race_02_self_deregistering_before_the_attach_began(struct kunit *test)
{
	struct nmr_mock *comer = nmr_mock_here(test, "comer");
	struct nmr_mock *there = nmr_mock_there(test, "there");
	struct nmr_test_gate *linked;
	struct nmr_thread *attach;

	nmr_mock_register_ok(there);
	linked = nmr_test_hold_at(test, NMR_RACE_REGISTER_LINKED);
	attach = nmr_test_start(test, nmr_mock_register, comer);
	nmr_await_reached(test, linked);
	nmr_mock_deregister_ok(comer);
	nmr_test_open(linked);

	KUNIT_EXPECT_EQ(test, nmr_test_join(attach), 0);
	nmr_mock_wait_ok(comer);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, comer), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, there), 0);
}

static void nmr_race_02_deregistering_peer_is_not_offered(struct kunit *test)
{
	struct nmr_mock *comer = nmr_mock_here(test, "comer");
	struct nmr_mock *there = nmr_mock_there(test, "there");
	struct nmr_test_gate *begun = nmr_test_hold_at(test, NMR_RACE_DEREGISTER_BEGUN);
	struct nmr_thread *deregister;

	nmr_mock_register_ok(there);
	deregister = nmr_test_start(test, nmr_mock_deregister, there);
	nmr_await_reached(test, begun);
	nmr_mock_register_ok(comer);
	nmr_test_open(begun);

	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister), -EINPROGRESS);
	nmr_mock_wait_ok(there);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, comer), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, there), 0);
}

/* The attaching thread must check the states under the lock, not before. */
static void deregister_before_put_back(struct kunit *test, struct nmr_mock *there,
				       struct nmr_mock *comer, struct nmr_mock *leaver)
{
	struct nmr_mock *stayer = leaver == comer ? there : comer;
	struct nmr_test_gate *gate = nmr_test_hold_at(test, NMR_RACE_ATTACH_RETURNED), *lock;
	struct nmr_thread *attach;

	nmr_mock_register_ok(there);
	attach = nmr_test_start(test, nmr_mock_register, comer);
	nmr_await_reached(test, gate);
	lock = hold_at_next_lock(test, gate);
	nmr_mock_deregister_ok(leaver);
	nmr_test_open(lock);

	KUNIT_EXPECT_EQ(test, nmr_test_join(attach), 0);
	nmr_mock_wait_ok(leaver);
	nmr_expect_order(test, { NMR_EV_DEREGISTERED, leaver }, { NMR_EV_DETACH, leaver },
			 { NMR_EV_DETACH, stayer },
			 { NMR_EV_CLEANED, nmr_mock_provider(there, comer) },
			 { NMR_EV_REGISTERED, comer }, { NMR_EV_WAITED, leaver });
}

static void nmr_race_02_peer_deregisters_before_the_binding_is_put_back(struct kunit *test)
{
	struct nmr_mock *comer = nmr_mock_here(test, "comer");
	struct nmr_mock *there = nmr_mock_there(test, "there");

	deregister_before_put_back(test, there, comer, there);
}

static void nmr_race_02_self_deregisters_before_the_binding_is_put_back(struct kunit *test)
{
	struct nmr_mock *comer = nmr_mock_here(test, "comer");
	struct nmr_mock *there = nmr_mock_there(test, "there");

	deregister_before_put_back(test, there, comer, comer);
}

static void deregister_before_claim(struct kunit *test, struct nmr_mock *there,
				    struct nmr_mock *comer, struct nmr_mock *leaver)
{
	struct nmr_test_gate *linked, *lock, *begun;
	struct nmr_thread *attach, *deregister;

	nmr_mock_register_ok(there);
	linked = nmr_test_hold_at(test, NMR_RACE_REGISTER_LINKED);
	attach = nmr_test_start(test, nmr_mock_register, comer);
	nmr_await_reached(test, linked);
	lock = hold_at_next_lock(test, linked);
	begun = nmr_test_hold_at(test, NMR_RACE_DEREGISTER_BEGUN);
	deregister = nmr_test_start(test, nmr_mock_deregister, leaver);
	nmr_await_reached(test, begun);
	nmr_test_open(lock);
	KUNIT_EXPECT_EQ(test, nmr_test_join(attach), 0);
	nmr_test_open(begun);

	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister), -EINPROGRESS);
	nmr_mock_wait_ok(leaver);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, comer), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, there), 0);
}

static void nmr_race_02_peer_deregistering_before_the_proposal_is_claimed(struct kunit *test)
{
	struct nmr_mock *comer = nmr_mock_here(test, "comer");
	struct nmr_mock *there = nmr_mock_there(test, "there");

	deregister_before_claim(test, there, comer, there);
}

static void nmr_race_02_self_deregistering_before_the_proposal_is_claimed(struct kunit *test)
{
	struct nmr_mock *comer = nmr_mock_here(test, "comer");
	struct nmr_mock *there = nmr_mock_there(test, "there");

	deregister_before_claim(test, there, comer, comer);
}

static void nmr_race_02_peer_deregistering_before_a_proposal_is_made(struct kunit *test)
{
	struct nmr_mock *comer = nmr_mock_here(test, "comer");
	struct nmr_mock *there = nmr_mock_there(test, "there");
	struct nmr_test_gate *allocated, *lock, *begun;
	struct nmr_thread *attach, *deregister;

	nmr_mock_register_ok(there);
	allocated = nmr_test_hold_at(test, NMR_RACE_REGISTER_ALLOCATED);
	attach = nmr_test_start(test, nmr_mock_register, comer);
	nmr_await_reached(test, allocated);
	lock = hold_at_next_lock(test, allocated);
	begun = nmr_test_hold_at(test, NMR_RACE_DEREGISTER_BEGUN);
	deregister = nmr_test_start(test, nmr_mock_deregister, there);
	nmr_await_reached(test, begun);
	nmr_test_open(lock);

	KUNIT_EXPECT_EQ(test, nmr_test_join(attach), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, comer), 0);
	nmr_test_open(begun);
	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister), -EINPROGRESS);
	nmr_mock_wait_ok(there);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, there), 0);
}

static void nmr_race_02_both_deregister_during_attach(struct kunit *test)
{
	struct nmr_mock *comer = nmr_mock_here(test, "comer");
	struct nmr_mock *there = nmr_mock_there(test, "there");
	struct nmr_test_gate *gate = &nmr_mock_client(comer, there)->gate[NMR_IN_ATTACHED];
	struct nmr_thread *attach, *waiter[2];

	nmr_test_close(gate);
	nmr_mock_register_ok(there);
	attach = nmr_test_start(test, nmr_mock_register, comer);
	nmr_await_reached(test, gate);
	nmr_mock_deregister_ok(there);
	nmr_mock_deregister_ok(comer);
	waiter[0] = nmr_test_start(test, nmr_mock_wait, there);
	waiter[1] = nmr_test_start(test, nmr_mock_wait, comer);
	nmr_await_waiting(waiter[0]);
	nmr_await_waiting(waiter[1]);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(attach), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter[0]), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter[1]), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DETACH, comer), 1);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DETACH, there), 1);
}

/* 4.3 */

static void nmr_race_03_both_deregister_one_has_not_detached_yet(struct kunit *test)
{
	struct nmr_mock *slow = nmr_mock_here(test, "slow");
	struct nmr_mock *quick = nmr_mock_there(test, "quick");
	struct nmr_test_gate *begun = nmr_test_hold_at(test, NMR_RACE_DEREGISTER_BEGUN);
	struct nmr_thread *deregister;

	nmr_mock_bind(slow, quick);
	deregister = nmr_test_start(test, nmr_mock_deregister, slow);
	nmr_await_reached(test, begun);
	nmr_mock_unregister_ok(quick);
	nmr_test_open(begun);

	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister), -EINPROGRESS);
	nmr_mock_wait_ok(slow);
	nmr_expect_order(test, { NMR_EV_HELD, NULL }, { NMR_EV_DETACH, quick },
			 { NMR_EV_DETACH, slow }, { NMR_EV_WAITED, quick },
			 { NMR_EV_RESUMED, NULL }, { NMR_EV_WAITED, slow });
}

static void nmr_race_03_both_deregister_one_is_in_detach(struct kunit *test)
{
	struct nmr_mock *slow = nmr_mock_here(test, "slow");
	struct nmr_mock *quick = nmr_mock_there(test, "quick");
	struct nmr_test_gate *gate = &slow->gate[NMR_IN_DETACH];
	struct nmr_thread *deregister, *waiter;

	nmr_mock_bind(slow, quick);
	nmr_test_close(gate);
	deregister = nmr_test_start(test, nmr_mock_deregister, slow);
	nmr_await_reached(test, gate);
	nmr_mock_deregister_ok(quick);
	waiter = nmr_test_start(test, nmr_mock_wait, quick);
	nmr_await_waiting(waiter);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
	nmr_mock_wait_ok(slow);
	nmr_expect_order(test, { NMR_EV_DETACH, slow }, { NMR_EV_DEREGISTERED, quick },
			 { NMR_EV_DETACHED, slow }, { NMR_EV_DETACH, quick },
			 { NMR_EV_CLEANED, nmr_mock_provider(slow, quick) },
			 { NMR_EV_WAITED, quick });
}

static void nmr_race_03_both_deregister_one_is_in_cleanup(struct kunit *test)
{
	struct nmr_mock *slow = nmr_mock_here(test, "slow");
	struct nmr_mock *quick = nmr_mock_there(test, "quick");
	struct nmr_test_gate *gate = nmr_test_hold_at(test, NMR_RACE_CLEANUP);
	struct nmr_thread *deregister, *waiter;

	nmr_mock_bind(slow, quick);
	deregister = nmr_test_start(test, nmr_mock_deregister, slow);
	nmr_await_reached(test, gate);
	nmr_mock_deregister_ok(quick);
	waiter = nmr_test_start(test, nmr_mock_wait, quick);
	nmr_await_waiting(waiter);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
	nmr_mock_wait_ok(slow);
	nmr_expect_order(test, { NMR_EV_HELD, NULL }, { NMR_EV_DEREGISTERED, quick },
			 { NMR_EV_RESUMED, NULL }, { NMR_EV_CLEANUP, nmr_mock_client(slow, quick) },
			 { NMR_EV_CLEANED, nmr_mock_provider(slow, quick) },
			 { NMR_EV_WAITED, quick });
}

static void hold_at_the_lock_after(struct nmr_mock *mock)
{
	mock->private = nmr_test_hold_at(mock->test, NMR_RACE_NPI_LOCK);
}

/* It must not claim a binding that it found before it took the lock. */
static void nmr_race_03_both_deregister_one_is_about_to_claim(struct kunit *test)
{
	struct nmr_mock *slow = nmr_mock_here(test, "slow");
	struct nmr_mock *quick = nmr_mock_there(test, "quick");
	struct nmr_mock *other = nmr_mock(test, quick->side, "other");
	struct nmr_thread *deregister;

	nmr_mock_bind(slow, quick);
	nmr_mock_register_ok(other);
	/* The first lock section unlists it, the second claims. */
	nmr_test_do_at(test, NMR_RACE_NPI_LOCK, hold_at_the_lock_after, slow);
	deregister = nmr_test_start(test, nmr_mock_deregister, slow);
	nmr_await_true(test, READ_ONCE(slow->private));
	nmr_await_reached(test, (struct nmr_test_gate *)slow->private);
	nmr_mock_unregister_ok(quick);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DETACH, slow), 1);
	nmr_test_open(slow->private);

	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister), -EINPROGRESS);
	nmr_mock_wait_ok(slow);
	nmr_expect_order(test, { NMR_EV_DETACH, quick }, { NMR_EV_DETACH, slow },
			 { NMR_EV_WAITED, quick }, { NMR_EV_DETACH, slow },
			 { NMR_EV_DETACH, other }, { NMR_EV_WAITED, slow });
}

/* Rounds on two processors. Sanitizers need fewer, and are slower. */
#define NMR_DUELS \
	(IS_ENABLED(CONFIG_KASAN) || IS_ENABLED(CONFIG_KCSAN) ? 200 : 3000)

static int deregister_handle(struct nmr_mock *mock)
{
	return nmr_test_deregister(mock->side, mock->handle);
}

static int deregister_handle_atomic(struct nmr_mock *mock)
{
	return nmr_test_deregister_atomic(mock->side, mock->handle);
}

static void nmr_race_03_one_of_two_deregisters_of_a_handle_succeeds(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_duel *duel = nmr_duel(test, deregister_handle, leaver,
					 deregister_handle_atomic, leaver);
	int i, bad = 0, first = 0, second = 0;

	nmr_mute_misuse();
	for (i = 0; i < NMR_DUELS && !bad; i++) {
		nmr_mock_register_ok(leaver);
		nmr_duel_round(duel);
		leaver->deregistered = true;
		first = duel->first.result;
		second = duel->second.result;
		bad += !(first == -EINPROGRESS && second == -EINVAL) &&
		       !(first == -EINVAL && second == -EINPROGRESS);
		if (!bad)
			KUNIT_ASSERT_EQ(test, nmr_mock_wait(leaver), 0);
	}
	KUNIT_EXPECT_EQ_MSG(test, bad, 0, "round %d: %d and %d", i, first, second);
	nmr_duel_end(duel);
}

static int register_and_deregister(struct nmr_mock *mock)
{
	unsigned long *cpu = mock->private;
	int i, err = 0;

	nmr_test_pin(*cpu);
	for (i = 0; i < NMR_DUELS && !err; i++) {
		err = nmr_mock_register(mock);
		if (!err && nmr_mock_deregister(mock) != -EINPROGRESS)
			err = -EINVAL;
		if (!err)
			err = nmr_mock_wait(mock);
	}
	return err;
}

/* Each of the hub's bindings takes and drops a user of it. */
static void nmr_race_03_peers_register_and_deregister_on_two_processors(struct kunit *test)
{
	static unsigned long cpu[2] = { 0, 1 };
	struct nmr_mock *hub = nmr_mock_here(test, "hub");
	struct nmr_mock *peer[2];
	struct nmr_thread *thread[2];
	int i;

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two processors");
	nmr_mock_register_ok(hub);
	for (i = 0; i < 2; i++) {
		peer[i] = nmr_mock_there(test, "peer");
		peer[i]->private = &cpu[i];
		thread[i] = nmr_test_start(test, register_and_deregister, peer[i]);
	}
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, nmr_test_join(thread[i]), 0);
	nmr_mock_unregister_ok(hub);
	KUNIT_EXPECT_EQ(test, atomic_read(&hub->cleaned), 2 * NMR_DUELS);
}

/* 4.4 */

static void complete_inside(struct nmr_context *context)
{
	KUNIT_EXPECT_EQ(context->mock->test, nmr_mock_complete(context->mock), 0);
}

static void nmr_race_04_complete_from_inside_detach(struct kunit *test)
{
	struct nmr_mock *pender = nmr_mock_here(test, "pender");
	struct nmr_mock *other = nmr_mock_there(test, "other");

	nmr_mock_bind(pender, other);
	pender->detach_result = -EINPROGRESS;
	pender->in_detach = complete_inside;
	nmr_mock_deregister_ok(other);

	/* The binding finished as the callback returned. */
	nmr_expect_order(test, { NMR_EV_DETACH, pender }, { NMR_EV_COMPLETE, pender },
			 { NMR_EV_DETACHED, pender }, { NMR_EV_CLEANED, pender },
			 { NMR_EV_DEREGISTERED, other });
	nmr_mock_wait_ok(other);
}

static void complete_while_detaching(struct kunit *test, struct nmr_test_gate *gate,
				     struct nmr_mock *pender, struct nmr_mock *other)
{
	struct nmr_thread *deregister;

	nmr_mock_bind(pender, other);
	pender->detach_result = -EINPROGRESS;
	deregister = nmr_test_start(test, nmr_mock_deregister, other);
	nmr_await_reached(test, gate);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(pender), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, pender), 0);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister), -EINPROGRESS);
	nmr_mock_wait_ok(other);
}

static void nmr_race_04_complete_from_another_thread_during_detach(struct kunit *test)
{
	struct nmr_mock *pender = nmr_mock_here(test, "pender");
	struct nmr_mock *other = nmr_mock_there(test, "other");
	struct nmr_test_gate *gate = &pender->gate[NMR_IN_DETACH];

	nmr_test_close(gate);
	complete_while_detaching(test, gate, pender, other);
	nmr_expect_order(test, { NMR_EV_DETACH, pender }, { NMR_EV_COMPLETE, pender },
			 { NMR_EV_DETACHED, pender }, { NMR_EV_CLEANED, pender },
			 { NMR_EV_DEREGISTERED, other });
}

/* The pender deregisters, so that its detach is the first to return. */
static void nmr_race_04_complete_as_detach_returned(struct kunit *test)
{
	struct nmr_mock *pender = nmr_mock_here(test, "pender");
	struct nmr_mock *other = nmr_mock_there(test, "other");
	struct nmr_test_gate *gate = nmr_test_hold_at(test, NMR_RACE_DETACH_RETURNED);
	struct nmr_thread *deregister;

	nmr_mock_bind(pender, other);
	pender->detach_result = -EINPROGRESS;
	deregister = nmr_test_start(test, nmr_mock_deregister, pender);
	nmr_await_reached(test, gate);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(pender), 0);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister), -EINPROGRESS);
	nmr_mock_wait_ok(pender);
	nmr_expect_order(test, { NMR_EV_DETACHED, pender }, { NMR_EV_HELD, NULL },
			 { NMR_EV_COMPLETE, pender }, { NMR_EV_RESUMED, NULL },
			 { NMR_EV_CLEANED, pender }, { NMR_EV_DEREGISTERED, pender });
}

static void nmr_race_04_complete_during_detach_that_returns_0(struct kunit *test)
{
	struct nmr_mock *hasty = nmr_mock_here(test, "hasty");
	struct nmr_mock *other = nmr_mock_there(test, "other");

	nmr_mock_bind(hasty, other);
	hasty->in_detach = complete_inside;
	nmr_mock_unregister_ok(hasty);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANED, hasty), 1);
}

/* 4.5 */

static void complete_before_detach(struct kunit *test, struct nmr_mock *early,
				   struct nmr_mock *leaver)
{
	nmr_expect_log(test, 1, "called twice");
	early->detach_result = -EINPROGRESS;
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(early), 0);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(early), -EALREADY);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DETACH, early), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, early), 0);
	nmr_mock_unregister_ok(leaver);

	nmr_expect_order(test, { NMR_EV_COMPLETE, early }, { NMR_EV_DETACH, early },
			 { NMR_EV_DETACHED, early }, { NMR_EV_CLEANED, early },
			 { NMR_EV_WAITED, leaver });
}

static void nmr_race_05_complete_before_own_deregister(struct kunit *test)
{
	struct nmr_mock *early = nmr_mock_here(test, "early");
	struct nmr_mock *other = nmr_mock_there(test, "other");

	nmr_mock_bind(early, other);
	complete_before_detach(test, early, early);
}

static void nmr_race_05_complete_before_the_peers_deregister(struct kunit *test)
{
	struct nmr_mock *early = nmr_mock_here(test, "early");
	struct nmr_mock *other = nmr_mock_there(test, "other");

	nmr_mock_bind(early, other);
	complete_before_detach(test, early, other);
}

static void nmr_race_05_complete_of_both_before_detach(struct kunit *test)
{
	struct nmr_mock *first = nmr_mock_here(test, "first");
	struct nmr_mock *second = nmr_mock_there(test, "second");

	nmr_mock_bind(first, second);
	first->detach_result = -EINPROGRESS;
	second->detach_result = -EINPROGRESS;
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(first), 0);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(second), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, first), 0);

	nmr_mock_unregister_ok(first);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANED, second), 1);
}

static void nmr_race_05_complete_while_the_other_side_is_in_detach(struct kunit *test)
{
	struct nmr_mock *early = nmr_mock_here(test, "early");
	struct nmr_mock *leaver = nmr_mock_there(test, "leaver");
	struct nmr_test_gate *gate = &leaver->gate[NMR_IN_DETACH];
	struct nmr_thread *deregister;

	nmr_mock_bind(early, leaver);
	early->detach_result = -EINPROGRESS;
	nmr_test_close(gate);
	deregister = nmr_test_start(test, nmr_mock_deregister, leaver);
	nmr_await_reached(test, gate);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(early), 0);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister), -EINPROGRESS);
	nmr_mock_wait_ok(leaver);
	nmr_expect_order(test, { NMR_EV_DETACH, leaver }, { NMR_EV_COMPLETE, early },
			 { NMR_EV_DETACH, early }, { NMR_EV_CLEANED, early });
}

static void nmr_race_05_early_complete_and_detach_that_returns_0(struct kunit *test)
{
	struct nmr_mock *early = nmr_mock_here(test, "early");
	struct nmr_mock *other = nmr_mock_there(test, "other");

	nmr_mock_bind(early, other);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(early), 0);
	nmr_mock_unregister_ok(other);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANED, early), 1);
}

/* 4.7 */

static void nmr_race_07_both_complete_one_is_about_to(struct kunit *test)
{
	struct nmr_mock *slow = nmr_mock_here(test, "slow");
	struct nmr_mock *quick = nmr_mock_there(test, "quick");
	struct nmr_test_gate *gate;
	struct nmr_thread *complete, *waiter;

	nmr_mock_bind(slow, quick);
	slow->detach_result = -EINPROGRESS;
	quick->detach_result = -EINPROGRESS;
	nmr_mock_deregister_ok(slow);
	gate = nmr_test_hold_at(test, NMR_RACE_COMPLETE);
	complete = nmr_test_start(test, nmr_mock_complete, slow);
	nmr_await_reached(test, gate);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(quick), 0);
	waiter = nmr_test_start(test, nmr_mock_wait, slow);
	nmr_await_waiting(waiter);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(complete), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
	nmr_expect_order(test, { NMR_EV_HELD, NULL }, { NMR_EV_COMPLETE, quick },
			 { NMR_EV_RESUMED, NULL }, { NMR_EV_CLEANUP, slow },
			 { NMR_EV_WAITED, slow });
}

/* Not forced: two processors, many times. */
static void nmr_race_07_both_complete_on_two_processors(struct kunit *test)
{
	struct nmr_mock *first = nmr_mock_here(test, "first");
	struct nmr_mock *second = nmr_mock_there(test, "second");
	struct nmr_duel *duel = nmr_duel(test, nmr_mock_complete, first, nmr_mock_complete, second);
	int i;

	first->detach_result = -EINPROGRESS;
	second->detach_result = -EINPROGRESS;
	nmr_mock_register_ok(second);
	for (i = 1; i <= NMR_DUELS; i++) {
		nmr_mock_register_ok(first);
		nmr_mock_deregister_ok(first);
		nmr_duel_round(duel);
		KUNIT_ASSERT_EQ(test, duel->first.result, 0);
		KUNIT_ASSERT_EQ(test, duel->second.result, 0);
		nmr_await_true(test, atomic_read(&second->cleaned) >= i);
		KUNIT_ASSERT_EQ(test, nmr_mock_wait(first), 0);
		KUNIT_ASSERT_EQ(test, atomic_read(&first->cleaned), i);
		KUNIT_ASSERT_EQ(test, atomic_read(&second->cleaned), i);
	}
	nmr_duel_end(duel);
}

/* 4.8 */

static void nmr_race_08_several_wait_before_the_last_completion(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_mock *other = nmr_mock_there(test, "other");
	struct nmr_thread *waiter[4];
	int i;

	nmr_mock_bind(leaver, other);
	other->detach_result = -EINPROGRESS;
	nmr_mock_deregister_ok(leaver);
	for (i = 0; i < ARRAY_SIZE(waiter); i++) {
		waiter[i] = nmr_test_start(test, nmr_mock_wait, leaver);
		nmr_await_waiting(waiter[i]);
	}
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(other), 0);

	for (i = 0; i < ARRAY_SIZE(waiter); i++)
		KUNIT_EXPECT_EQ(test, nmr_test_join(waiter[i]), 0);
}

static void nmr_race_08_wait_as_the_last_user_is_dropped(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_mock *other = nmr_mock_there(test, "other");
	struct nmr_test_gate *gate;
	struct nmr_thread *deregister, *waiter;

	nmr_mock_bind(leaver, other);
	gate = nmr_test_hold_at(test, NMR_RACE_COMPLETED);
	deregister = nmr_test_start(test, nmr_mock_deregister, leaver);
	nmr_await_reached(test, gate);
	waiter = nmr_test_start(test, nmr_mock_wait, leaver);
	nmr_await_waiting(waiter);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister), -EINPROGRESS);
	nmr_expect_order(test, { NMR_EV_HELD, NULL }, { NMR_EV_RESUMED, NULL },
			 { NMR_EV_WAITED, leaver });
}

static void nmr_race_08_completes_as_wait_is_about_to_sleep(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_mock *other = nmr_mock_there(test, "other");
	struct nmr_test_gate *gate = nmr_test_hold_at(test, NMR_RACE_WAIT);
	struct nmr_thread *waiter;

	nmr_mock_bind(leaver, other);
	other->detach_result = -EINPROGRESS;
	nmr_mock_deregister_ok(leaver);
	waiter = nmr_test_start(test, nmr_mock_wait, leaver);
	nmr_await_reached(test, gate);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(other), 0);
	nmr_await_true(test, nmr_test_count(test, NMR_EV_CLEANED,
					    nmr_mock_provider(leaver, other)));
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
}

static void nmr_race_08_one_waiter_returns_while_another_wakes(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_mock *other = nmr_mock_there(test, "other");
	struct nmr_test_gate *gate = nmr_test_hold_at(test, NMR_RACE_WAITED);
	struct nmr_thread *slow, *quick;

	nmr_expect_log(test, 1, "no such handle");
	nmr_mock_bind(leaver, other);
	other->detach_result = -EINPROGRESS;
	nmr_mock_deregister_ok(leaver);
	slow = nmr_test_start(test, nmr_mock_wait, leaver);
	nmr_await_waiting(slow);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(other), 0);
	nmr_await_reached(test, gate);
	quick = nmr_test_start(test, nmr_mock_wait, leaver);
	KUNIT_EXPECT_EQ(test, nmr_test_join(quick), 0);
	/* That one retired the handle. */
	KUNIT_EXPECT_EQ(test, nmr_mock_wait(leaver), -EINVAL);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(slow), 0);
}

static void nmr_race_08_wait_after_the_last_completion(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_mock *other = nmr_mock_there(test, "other");

	nmr_expect_log(test, 1, "no such handle");
	nmr_mock_bind(leaver, other);
	nmr_mock_deregister_ok(leaver);
	nmr_mock_wait_ok(leaver);
	KUNIT_EXPECT_EQ(test, nmr_mock_wait(leaver), -EINVAL);
}

/* 4.9 */

static void attach_fails_while_one_deregisters(struct kunit *test,
					       struct nmr_mock *decliner,
					       struct nmr_mock *leaver,
					       struct nmr_mock *there,
					       struct nmr_mock *comer)
{
	struct nmr_test_gate *gate = &decliner->gate[NMR_IN_ATTACH];
	struct nmr_thread *attach, *waiter;

	decliner->refuse = -ENODEV;
	nmr_test_close(gate);
	nmr_mock_register_ok(there);
	attach = nmr_test_start(test, nmr_mock_register, comer);
	nmr_await_reached(test, gate);
	nmr_mock_deregister_ok(leaver);
	waiter = nmr_test_start(test, nmr_mock_wait, leaver);
	nmr_await_waiting(waiter);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(attach), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DETACH, decliner), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DETACH, leaver), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, there), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, comer), 0);
}

static void nmr_race_09_attach_fails_while_the_peer_deregisters(struct kunit *test)
{
	struct nmr_mock *decliner = nmr_mock_here(test, "decliner");
	struct nmr_mock *leaver = nmr_mock_there(test, "leaver");

	attach_fails_while_one_deregisters(test, decliner, leaver, leaver, decliner);
}

static void nmr_race_09_attach_fails_while_the_decliner_deregisters(struct kunit *test)
{
	struct nmr_mock *decliner = nmr_mock_here(test, "decliner");
	struct nmr_mock *other = nmr_mock_there(test, "other");

	attach_fails_while_one_deregisters(test, decliner, decliner, other, decliner);
}

static void nmr_race_09_attach_fails_while_the_registering_side_deregisters(struct kunit *test)
{
	struct nmr_mock *decliner = nmr_mock_here(test, "decliner");
	struct nmr_mock *comer = nmr_mock_there(test, "comer");

	attach_fails_while_one_deregisters(test, decliner, comer, decliner, comer);
}

/* 4.10 */

static void nmr_race_10_client_attaches_then_fails(struct kunit *test)
{
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");

	nmr_expect_log(test, 1, "attach_provider returned -5 after attaching");
	client->regret = -EIO;
	nmr_mock_register_ok(provider);
	nmr_mock_register_ok(client);

	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANED, provider), 1);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DETACH, client), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, client), 0);
	nmr_expect_order(test, { NMR_EV_ATTACHED, provider }, { NMR_EV_DECLINED, client },
			 { NMR_EV_DETACH, provider }, { NMR_EV_CLEANED, provider },
			 { NMR_EV_REGISTERED, client });
}

static void nmr_race_10_client_fails_and_provider_pends(struct kunit *test)
{
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");
	struct nmr_thread *waiter;

	/* The client's failure, and its detach complete. */
	nmr_expect_log(test, 2, "nmr_core");
	client->regret = -EIO;
	provider->detach_result = -EINPROGRESS;
	nmr_mock_register_ok(provider);
	nmr_mock_register_ok(client);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(client), -EINVAL);
	nmr_mock_deregister_ok(client);
	waiter = nmr_test_start(test, nmr_mock_wait, client);
	nmr_await_waiting(waiter);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(provider), 0);

	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANED, provider), 1);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, client), 0);
}

static void nmr_race_10_client_fails_while_one_deregisters(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_mock *other = nmr_mock_there(test, "other");
	struct nmr_mock *client = nmr_mock_client(leaver, other);
	struct nmr_mock *provider = nmr_mock_provider(leaver, other);
	struct nmr_test_gate *gate = &client->gate[NMR_IN_ATTACHED];
	struct nmr_thread *attach, *waiter;

	nmr_expect_log(test, 1, "attach_provider returned -5 after attaching");
	client->regret = -EIO;
	nmr_test_close(gate);
	nmr_mock_register_ok(other);
	attach = nmr_test_start(test, nmr_mock_register, leaver);
	nmr_await_reached(test, gate);
	nmr_mock_deregister_ok(leaver);
	waiter = nmr_test_start(test, nmr_mock_wait, leaver);
	nmr_await_waiting(waiter);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(attach), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANED, provider), 1);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DETACH, client), 0);
}

/* 4.11 */

static void nmr_race_11_client_returns_0_without_attaching(struct kunit *test)
{
	struct nmr_mock *first = nmr_mock_here(test, "first");
	struct nmr_mock *second = nmr_mock_there(test, "second");
	struct nmr_mock *client = nmr_mock_client(first, second);
	struct nmr_mock *provider = nmr_mock_provider(first, second);

	nmr_expect_log(test, 1, "attach_provider returned 0 without attaching");
	client->forget_attach = true;
	nmr_mock_register_ok(first);
	nmr_mock_register_ok(second);
	nmr_mock_unregister_ok(provider);

	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, provider), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DETACH, client), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, client), 0);
}

static void ignore_refusal(struct nmr_mock *client, struct nmr_binding *binding)
{
	const void *dispatch;
	void *context;

	KUNIT_EXPECT_EQ(client->test, nmr_client_attach_provider(binding, NULL, NULL,
								 &context, &dispatch),
			-ENODEV);
}

static void nmr_race_11_client_returns_0_though_it_was_declined(struct kunit *test)
{
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");

	nmr_expect_log(test, 1, "attach_provider returned 0 without attaching");
	provider->refuse = -ENODEV;
	client->in_attach = ignore_refusal;
	client->forget_attach = true;
	nmr_mock_register_ok(provider);
	nmr_mock_register_ok(client);
	nmr_mock_unregister_ok(client);

	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DETACH, provider), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DETACH, client), 0);
}

/* 4.12 */

static void deregister_in_attach(struct nmr_mock *mock, struct nmr_binding *binding)
{
	nmr_mock_deregister_ok(mock);
}

static void deregister_in_callback(struct nmr_context *context)
{
	nmr_mock_deregister_ok(context->mock);
}

static void nmr_race_12_deregister_from_own_attach(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");

	self->in_attach = deregister_in_attach;
	nmr_mock_register_ok(self);
	nmr_mock_register_ok(peer);
	nmr_mock_wait_ok(self);

	nmr_expect_order(test, { NMR_EV_ATTACH, self }, { NMR_EV_DEREGISTERED, self },
			 { NMR_EV_ATTACHED, self }, { NMR_EV_DETACH, self },
			 { NMR_EV_CLEANED, self }, { NMR_EV_REGISTERED, peer });
}

static void nmr_race_12_deregister_from_own_attach_while_registering(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");

	self->in_attach = deregister_in_attach;
	nmr_mock_register_ok(peer);
	nmr_mock_register_ok(self);
	nmr_mock_wait_ok(self);

	nmr_expect_order(test, { NMR_EV_ATTACH, self }, { NMR_EV_DEREGISTERED, self },
			 { NMR_EV_ATTACHED, self }, { NMR_EV_DETACH, self },
			 { NMR_EV_CLEANED, self }, { NMR_EV_REGISTERED, self });
}

static void nmr_race_12_deregister_from_own_detach(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");

	nmr_mock_bind(self, peer);
	self->in_detach = deregister_in_callback;
	nmr_mock_unregister_ok(peer);
	nmr_mock_wait_ok(self);

	nmr_expect_order(test, { NMR_EV_DETACH, self }, { NMR_EV_DEREGISTERED, self },
			 { NMR_EV_DETACHED, self }, { NMR_EV_CLEANED, self });
}

static void nmr_race_12_deregister_from_own_cleanup(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");

	nmr_mock_bind(self, peer);
	self->in_cleanup = deregister_in_callback;
	nmr_mock_unregister_ok(peer);
	nmr_mock_wait_ok(self);

	nmr_expect_order(test, { NMR_EV_CLEANUP, self }, { NMR_EV_DEREGISTERED, self },
			 { NMR_EV_CLEANED, self }, { NMR_EV_WAITED, self });
}

/* 4.13 */

static void nmr_race_13_stale_handles_do_not_reach_a_new_registration(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");
	struct nmr_binding *old_binding;
	void *old;

	nmr_expect_log(test, 4, "no such");
	nmr_mock_bind(self, peer);
	old = self->handle;
	old_binding = self->binding;
	nmr_mock_unregister_ok(self);
	nmr_mock_register_ok(self);

	KUNIT_EXPECT_PTR_NE(test, self->handle, old);
	KUNIT_EXPECT_PTR_NE(test, self->binding, old_binding);
	KUNIT_EXPECT_EQ(test, nmr_test_complete(self->side, old_binding), -EINVAL);
	KUNIT_EXPECT_EQ(test, nmr_test_deregister(self->side, old), -EINVAL);
	KUNIT_EXPECT_EQ(test, nmr_test_deregister_atomic(self->side, old), -EINVAL);
	KUNIT_EXPECT_EQ(test, nmr_test_wait(self->side, old), -EINVAL);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DETACH, self), 1);
}

/*
 * 4.13: a slow call that has looked a handle up does not reach a newer object.
 * On the processor that frees an object its memory is reused at once, unless it
 * is freed after a grace period.
 */

static void nmr_race_13_slow_complete_does_not_reach_the_next_binding(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");
	struct nmr_thread *slow;
	struct nmr_test_gate *found;

	nmr_expect_log(test, 1, "called twice, or not owed");
	nmr_test_pin(0);
	nmr_mock_bind(self, peer);
	found = nmr_test_hold_at(test, NMR_RACE_COMPLETE_FOUND);
	slow = nmr_test_start(test, nmr_mock_complete, peer);
	nmr_await_reached(test, found);
	nmr_mock_deregister_ok(self);
	KUNIT_EXPECT_EQ(test, nmr_mock_wait(self), 0);
	nmr_mock_register_ok(self);
	nmr_test_open(found);

	KUNIT_EXPECT_EQ(test, nmr_test_join(slow), -EALREADY);
	nmr_test_unpin();
}

static void nmr_race_13_slow_deregister_does_not_reach_the_next(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_thread *slow;
	struct nmr_test_gate *found;

	nmr_expect_log(test, 1, "deregistered already");
	nmr_test_pin(0);
	nmr_mock_register_ok(self);
	found = nmr_test_hold_at(test, NMR_RACE_DEREGISTER_FOUND);
	slow = nmr_test_start(test, deregister_handle_atomic, self);
	nmr_await_reached(test, found);
	nmr_mock_deregister_ok(self);
	KUNIT_EXPECT_EQ(test, nmr_mock_wait(self), 0);
	nmr_mock_register_ok(self);
	nmr_test_open(found);

	KUNIT_EXPECT_EQ(test, nmr_test_join(slow), -EINVAL);
	nmr_test_unpin();
}

static void nmr_race_13_slow_register_does_not_join_another_npi(struct kunit *test)
{
	struct nmr_mock *slow = nmr_mock_here(test, "slow");
	struct nmr_mock *leaver = nmr_mock_there(test, "leaver");
	struct nmr_mock *other = nmr_mock_there(test, "other");
	struct nmr_mock *right = nmr_mock_there(test, "right");
	struct nmr_thread *thread;
	struct nmr_test_gate *found;

	nmr_mock_set_npi(other, 1);
	nmr_test_pin(0);
	nmr_mock_register_ok(leaver);
	found = nmr_test_hold_at(test, NMR_RACE_NPI_FOUND);
	thread = nmr_test_start(test, nmr_mock_register, slow);
	nmr_await_reached(test, found);
	nmr_mock_deregister_ok(leaver);
	KUNIT_EXPECT_EQ(test, nmr_mock_wait(leaver), 0);
	nmr_mock_register_ok(other);
	nmr_test_open(found);

	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), 0);
	nmr_test_unpin();
	nmr_mock_register_ok(right);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(slow, other), 0);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(slow, right), 1);
}

/* 4.14, without unloading modules: testing/storm does that. */

static void nmr_race_14_both_deregister_with_calls_both_ways(struct kunit *test)
{
	struct nmr_mock *first = nmr_mock_here(test, "first");
	struct nmr_mock *last = nmr_mock_there(test, "last");
	struct nmr_thread *deregister[2], *waiter[2];

	first->use_rundown = true;
	last->use_rundown = true;
	nmr_mock_bind(first, last);
	KUNIT_ASSERT_TRUE(test, nmr_rundown_enter(&first->context->rundown));
	KUNIT_ASSERT_TRUE(test, nmr_rundown_enter(&last->context->rundown));
	deregister[0] = nmr_test_start(test, nmr_mock_deregister, first);
	deregister[1] = nmr_test_start(test, nmr_mock_deregister, last);
	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister[0]), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister[1]), -EINPROGRESS);
	waiter[0] = nmr_test_start(test, nmr_mock_wait, first);
	waiter[1] = nmr_test_start(test, nmr_mock_wait, last);
	nmr_await_waiting(waiter[0]);
	nmr_await_waiting(waiter[1]);
	nmr_rundown_exit(&first->context->rundown);
	nmr_await_waiting(waiter[0]);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, first), 0);
	nmr_test_note(test, NMR_EV_COMPLETE, last);
	nmr_rundown_exit(&last->context->rundown);

	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter[0]), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter[1]), 0);
	nmr_expect_order(test, { NMR_EV_COMPLETE, last }, { NMR_EV_CLEANED, first },
			 { NMR_EV_WAITED, first });
	nmr_expect_order(test, { NMR_EV_COMPLETE, last }, { NMR_EV_CLEANED, last },
			 { NMR_EV_WAITED, last });
}

/* 4.15 */

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

static void nmr_race_15_deregister_atomic_calls_back_in_process_context(struct kunit *test)
{
	const struct nmr_context_side *param = test->param_value;
	struct nmr_mock *leaver = nmr_mock(test, param->side, "leaver");
	struct nmr_mock *stayer = nmr_mock(test, nmr_other_side(param->side), "stayer");

	nmr_mock_bind(leaver, stayer);
	leaver->in_detach = note_task;
	KUNIT_EXPECT_EQ(test, nmr_test_call_in(test, param->context, nmr_mock_deregister_atomic,
					       leaver), -EINPROGRESS);
	nmr_mock_wait_ok(leaver);

	/* Mocks check that their callbacks run in process context. */
	KUNIT_EXPECT_NOT_NULL(test, leaver->private);
	KUNIT_EXPECT_PTR_NE(test, leaver->private, (void *)current);
	nmr_expect_order(test, { NMR_EV_DETACH, leaver }, { NMR_EV_DETACH, stayer },
			 { NMR_EV_CLEANED, nmr_mock_provider(leaver, stayer) },
			 { NMR_EV_WAITED, leaver });
}

static void nmr_race_15_complete_works_in_any_context(struct kunit *test)
{
	const struct nmr_context_side *param = test->param_value;
	struct nmr_mock *leaver = nmr_mock(test, param->side, "leaver");
	struct nmr_mock *stayer = nmr_mock(test, nmr_other_side(param->side), "stayer");

	nmr_mock_bind(leaver, stayer);
	leaver->detach_result = -EINPROGRESS;
	nmr_mock_deregister_ok(leaver);
	KUNIT_EXPECT_EQ(test, nmr_test_call_in(test, param->context, nmr_mock_complete, leaver), 0);

	nmr_mock_wait_ok(leaver);
}

static void nmr_race_15_deregister_atomic_during_attach(struct kunit *test)
{
	struct nmr_mock *comer = nmr_mock_here(test, "comer");
	struct nmr_mock *there = nmr_mock_there(test, "there");
	struct nmr_test_gate *gate = &nmr_mock_client(comer, there)->gate[NMR_IN_ATTACH];
	struct nmr_thread *attach, *waiter;

	nmr_test_close(gate);
	nmr_mock_register_ok(there);
	attach = nmr_test_start(test, nmr_mock_register, comer);
	nmr_await_reached(test, gate);
	KUNIT_EXPECT_EQ(test, nmr_test_call_in(test, NMR_HARDIRQ, nmr_mock_deregister_atomic,
					       there), -EINPROGRESS);
	waiter = nmr_test_start(test, nmr_mock_wait, there);
	nmr_await_waiting(waiter);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(attach), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
}

/* 4.16 */

static const struct nmr_place_side {
	enum nmr_place place;
	enum nmr_side side;
} place_sides[] = {
	{ NMR_IN_ATTACH, NMR_PROVIDER },  { NMR_IN_ATTACH, NMR_CLIENT },
	{ NMR_IN_DETACH, NMR_PROVIDER },  { NMR_IN_DETACH, NMR_CLIENT },
	{ NMR_IN_CLEANUP, NMR_PROVIDER }, { NMR_IN_CLEANUP, NMR_CLIENT },
};

static void place_side_desc(const struct nmr_place_side *param, char *desc)
{
	static const char *const names[] = {
		[NMR_IN_ATTACH] = "attach",
		[NMR_IN_DETACH] = "detach",
		[NMR_IN_CLEANUP] = "cleanup",
	};

	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s in %s",
		 param->side == NMR_PROVIDER ? "provider" : "client", names[param->place]);
}

KUNIT_ARRAY_PARAM(place_side, place_sides, place_side_desc);

static void nmr_race_16_blocked_callback_delays_no_other_binding(struct kunit *test)
{
	const struct nmr_place_side *param = test->param_value;
	struct nmr_mock *blocker = nmr_mock(test, param->side, "blocker");
	struct nmr_mock *hub = nmr_mock(test, nmr_other_side(param->side), "hub");
	struct nmr_mock *there = nmr_mock(test, param->side, "there");
	struct nmr_mock *comer = nmr_mock(test, param->side, "comer");
	struct nmr_test_gate *gate = &blocker->gate[param->place];
	struct nmr_thread *blocked;

	nmr_mock_bind(hub, there);
	nmr_test_close(gate);
	if (param->place == NMR_IN_ATTACH) {
		blocked = nmr_test_start(test, nmr_mock_register, blocker);
	} else {
		nmr_mock_register_ok(blocker);
		blocked = nmr_test_start(test, nmr_mock_deregister, blocker);
	}
	nmr_await_reached(test, gate);

	/* Same NPI: deregister an attached peer, register and deregister another. */
	nmr_mock_unregister_ok(there);
	nmr_mock_register_ok(comer);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(hub, comer), 1);
	nmr_mock_unregister_ok(comer);
	nmr_test_note(test, NMR_EV_RESUMED, NULL);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(blocked),
			param->place == NMR_IN_ATTACH ? 0 : -EINPROGRESS);
	nmr_expect_order(test, { NMR_EV_WAITED, there }, { NMR_EV_ATTACHED, comer },
			 { NMR_EV_WAITED, comer }, { NMR_EV_RESUMED, NULL });
}

static void nmr_race_16_blocked_worker_delays_no_other_binding(struct kunit *test)
{
	struct nmr_mock *blocker = nmr_mock_here(test, "blocker");
	struct nmr_mock *hub = nmr_mock_there(test, "hub");
	struct nmr_mock *other = nmr_mock(test, blocker->side, "other");
	struct nmr_test_gate *gate = &blocker->gate[NMR_IN_DETACH];

	nmr_mock_bind(blocker, hub);
	nmr_mock_register_ok(other);
	nmr_test_close(gate);
	KUNIT_EXPECT_EQ(test, nmr_mock_deregister_atomic(blocker), -EINPROGRESS);
	nmr_await_reached(test, gate);
	KUNIT_EXPECT_EQ(test, nmr_mock_deregister_atomic(other), -EINPROGRESS);
	nmr_mock_wait_ok(other);
	nmr_test_open(gate);

	nmr_mock_wait_ok(blocker);
	nmr_expect_order(test, { NMR_EV_DETACH, blocker }, { NMR_EV_WAITED, other },
			 { NMR_EV_DETACHED, blocker });
}

/*
 * While a deregister is blocked in the detach of one binding, the peers of the
 * other bindings can detach those.
 */
static void nmr_race_16_peer_detaches_what_a_blocked_deregister_has_not(struct kunit *test)
{
	struct nmr_mock *hub = nmr_mock_here(test, "hub");
	struct nmr_mock *blocker = nmr_mock_there(test, "blocker");
	struct nmr_mock *other = nmr_mock(test, blocker->side, "other");
	struct nmr_test_gate *gate = &blocker->gate[NMR_IN_DETACH];
	struct nmr_thread *deregister;

	nmr_mock_bind(hub, blocker);
	nmr_mock_register_ok(other);
	nmr_test_close(gate);
	deregister = nmr_test_start(test, nmr_mock_deregister, hub);
	nmr_await_reached(test, gate);
	nmr_mock_unregister_ok(other);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister), -EINPROGRESS);
	nmr_mock_wait_ok(hub);
	nmr_expect_order(test, { NMR_EV_DETACH, blocker }, { NMR_EV_WAITED, other },
			 { NMR_EV_DETACHED, blocker });
}

static void deregister_and_let_it_detach(struct nmr_mock *mock)
{
	KUNIT_EXPECT_EQ(mock->test, nmr_mock_deregister_atomic(mock), -EINPROGRESS);
	mdelay(50);
}

/*
 * The peer deregisters between the check of its state and the proposal to it:
 * the proposal must be linked before the peer searches for its bindings.
 */
static void nmr_race_16_proposal_of_a_blocked_register_delays_no_deregister(struct kunit *test)
{
	struct nmr_mock *comer = nmr_mock_here(test, "comer");
	struct nmr_mock *leaver = nmr_mock_there(test, "leaver");
	struct nmr_test_gate *linked;
	struct nmr_thread *attach;

	if (IS_ENABLED(CONFIG_PREEMPT_RT) || num_online_cpus() < 2)
		kunit_skip(test, "needs two processors, and spinlocks that disable preemption");
	nmr_mock_register_ok(leaver);
	linked = nmr_test_hold_at(test, NMR_RACE_REGISTER_LINKED);
	nmr_test_do_at(test, NMR_RACE_REGISTER_PEER, deregister_and_let_it_detach, leaver);
	attach = nmr_test_start(test, nmr_mock_register, comer);
	nmr_await_reached(test, linked);
	nmr_mock_wait_ok(leaver);
	nmr_test_open(linked);

	KUNIT_EXPECT_EQ(test, nmr_test_join(attach), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, leaver), 0);
}

static struct kunit_case race_cases[] = {
	KUNIT_CASE_PARAM(nmr_race_01_concurrent_register_binds_once,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_01_register_during_attach_binds_once,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_01_peers_register_after_the_peers_were_counted,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_01_peers_deregister_after_the_peers_were_counted,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_01_sides_that_both_create_the_npi_bind_once,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_01_two_registers_walk_the_same_peers, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_01_npi_without_references_is_not_reused,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_02_peer_deregisters_during_attach, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_02_self_deregisters_during_attach, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_02_peer_deregisters_as_attach_returned,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_02_self_deregisters_as_attach_returned,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_02_peer_deregistered_before_the_attach_began,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_02_peer_deregistering_before_the_attach_began,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_02_self_deregistering_before_the_attach_began,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_02_deregistering_peer_is_not_offered,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_02_both_deregister_during_attach, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_02_peer_deregisters_before_the_binding_is_put_back,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_02_self_deregisters_before_the_binding_is_put_back,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_02_peer_deregistering_before_the_proposal_is_claimed,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_02_self_deregistering_before_the_proposal_is_claimed,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_02_peer_deregistering_before_a_proposal_is_made,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_03_both_deregister_one_has_not_detached_yet,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_03_both_deregister_one_is_in_detach,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_03_both_deregister_one_is_in_cleanup,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_03_both_deregister_one_is_about_to_claim,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_03_one_of_two_deregisters_of_a_handle_succeeds,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_03_peers_register_and_deregister_on_two_processors,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_04_complete_from_inside_detach, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_04_complete_from_another_thread_during_detach,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_04_complete_as_detach_returned, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_04_complete_during_detach_that_returns_0,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_05_complete_before_own_deregister, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_05_complete_before_the_peers_deregister,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_05_complete_of_both_before_detach, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_05_complete_while_the_other_side_is_in_detach,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_05_early_complete_and_detach_that_returns_0,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_07_both_complete_one_is_about_to, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_07_both_complete_on_two_processors, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_08_several_wait_before_the_last_completion,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_08_wait_as_the_last_user_is_dropped, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_08_completes_as_wait_is_about_to_sleep,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_08_one_waiter_returns_while_another_wakes,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_08_wait_after_the_last_completion, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_09_attach_fails_while_the_peer_deregisters,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_09_attach_fails_while_the_decliner_deregisters,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_09_attach_fails_while_the_registering_side_deregisters,
			 nmr_side_gen_params),
	KUNIT_CASE(nmr_race_10_client_attaches_then_fails),
	KUNIT_CASE(nmr_race_10_client_fails_and_provider_pends),
	KUNIT_CASE_PARAM(nmr_race_10_client_fails_while_one_deregisters,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_11_client_returns_0_without_attaching,
			 nmr_side_gen_params),
	KUNIT_CASE(nmr_race_11_client_returns_0_though_it_was_declined),
	KUNIT_CASE_PARAM(nmr_race_12_deregister_from_own_attach, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_12_deregister_from_own_attach_while_registering,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_12_deregister_from_own_detach, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_12_deregister_from_own_cleanup, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_13_stale_handles_do_not_reach_a_new_registration,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_13_slow_complete_does_not_reach_the_next_binding,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_13_slow_deregister_does_not_reach_the_next,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_13_slow_register_does_not_join_another_npi,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_14_both_deregister_with_calls_both_ways,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_15_deregister_atomic_calls_back_in_process_context,
			 context_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_15_complete_works_in_any_context,
			 context_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_15_deregister_atomic_during_attach, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_16_blocked_callback_delays_no_other_binding,
			 place_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_16_blocked_worker_delays_no_other_binding,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_16_peer_detaches_what_a_blocked_deregister_has_not,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_16_proposal_of_a_blocked_register_delays_no_deregister,
			 nmr_side_gen_params),
	{}
};

static struct kunit_suite race_suite = {
	.name = "nmr_race",
	.init = nmr_test_init,
	.exit = nmr_test_exit,
	.test_cases = race_cases,
};

kunit_test_suite(race_suite);
