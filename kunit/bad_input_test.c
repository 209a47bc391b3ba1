// SPDX-License-Identifier: GPL-2.0
/* Bad input: contract, section 5, rows 5.1 to 5.5. */
#include "nmr_test.h"

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/poison.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>

KUNIT_ARRAY_PARAM(nmr_side, nmr_test_sides, nmr_test_side_desc);

/* 5.1: invalid handles. */

struct nmr_fixture {
	struct nmr_mock *mock;
	struct nmr_mock *peer;
	void *stale;
	struct nmr_binding *stale_binding;
	void *memory;
};

static void *null_handle(struct nmr_fixture *f)
{
	return NULL;
}

static void *error_handle(struct nmr_fixture *f)
{
	return ERR_PTR(-ENOMEM);
}

static void *small_handle(struct nmr_fixture *f)
{
	return (void *)1UL;
}

static void *poison_handle(struct nmr_fixture *f)
{
	return LIST_POISON1;
}

static void *memory_handle(struct nmr_fixture *f)
{
	return f->memory;
}

static void *odd_handle(struct nmr_fixture *f)
{
	return f->memory + 1;
}

static void *code_handle(struct nmr_fixture *f)
{
	return null_handle;
}

static void *near_handle(struct nmr_fixture *f)
{
	return f->mock->handle + 1;
}

static void *stale_handle(struct nmr_fixture *f)
{
	return f->stale;
}

static void *peers_handle(struct nmr_fixture *f)
{
	return f->peer->handle;
}

static void *bindings_handle(struct nmr_fixture *f)
{
	return f->mock->binding;
}

static void *stale_bindings_handle(struct nmr_fixture *f)
{
	return f->stale_binding;
}

static void *own_handle(struct nmr_fixture *f)
{
	return f->mock->handle;
}

static const struct nmr_bad_handle {
	const char *name;
	void *(*get)(struct nmr_fixture *f);
} bad_handles[] = {
	{ "NULL", null_handle },
	{ "ERR_PTR", error_handle },
	{ "small number", small_handle },
	{ "poison", poison_handle },
	{ "memory", memory_handle },
	{ "odd address", odd_handle },
	{ "code", code_handle },
	{ "near a live one", near_handle },
	{ "stale", stale_handle },
	{ "of the other side", peers_handle },
	{ "of a binding", bindings_handle },
	{ "of a freed binding", stale_bindings_handle },
};

static void bad_handle_desc(const struct nmr_bad_handle *param, char *desc)
{
	strscpy(desc, param->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bad_handle, bad_handles, bad_handle_desc);

/* An attached binding, and stale handles of an earlier one. */
static void set_up(struct kunit *test, enum nmr_side side, struct nmr_fixture *f)
{
	f->mock = nmr_mock(test, side, "mock");
	f->peer = nmr_mock(test, nmr_other_side(side), "peer");
	f->memory = kunit_kzalloc(test, 64, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, f->memory);
	nmr_mock_bind(f->mock, f->peer);
	f->stale = f->mock->handle;
	f->stale_binding = f->mock->binding;
	nmr_mock_unregister_ok(f->mock);
	nmr_mock_register_ok(f->mock);
}

static void expect_nothing_happened(struct kunit *test, struct nmr_fixture *f)
{
	KUNIT_EXPECT_EQ(test, atomic_read(&f->mock->detached), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->peer->detached), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->peer->attached), 2);
}

/* Each call logs one line, which names the caller. */
static void call_refuses(struct kunit *test, int (*call)(enum nmr_side side, void *handle),
			 const struct nmr_bad_handle *bad, const char *caller)
{
	struct nmr_fixture f;
	enum nmr_side side;

	nmr_expect_log(test, NMR_SIDES, caller);
	for (side = 0; side < NMR_SIDES; side++) {
		set_up(test, side, &f);
		KUNIT_EXPECT_EQ(test, call(side, bad->get(&f)), -EINVAL);
		expect_nothing_happened(test, &f);
		nmr_mock_unregister_ok(f.mock);
		nmr_mock_unregister_ok(f.peer);
	}
}

static void deregister_refuses_invalid_handles(struct kunit *test)
{
	call_refuses(test, nmr_test_deregister, test->param_value, "nmr_test_deregister+");
}

static void deregister_atomic_refuses_invalid_handles(struct kunit *test)
{
	call_refuses(test, nmr_test_deregister_atomic, test->param_value,
		     "nmr_test_deregister_atomic+");
}

static void wait_refuses_invalid_handles(struct kunit *test)
{
	call_refuses(test, nmr_test_wait, test->param_value, "nmr_test_wait+");
}

/* A binding's handle is valid for these calls: test a registration's instead. */
static const struct nmr_bad_handle *bad_binding(struct kunit *test)
{
	static const struct nmr_bad_handle own = { "of a registration", own_handle };
	const struct nmr_bad_handle *bad = test->param_value;

	return bad->get == bindings_handle ? &own : bad;
}

static void complete_refuses_invalid_handles(struct kunit *test)
{
	call_refuses(test, nmr_test_complete, bad_binding(test), "nmr_test_complete+");
}

static noinline int attach_handle(void *binding)
{
	const void *dispatch = NULL;
	void *context = NULL;
	int err = nmr_client_attach_provider(binding, NULL, NULL, &context, &dispatch);

	barrier();
	return err;
}

static void attach_refuses_invalid_handles(struct kunit *test)
{
	const struct nmr_bad_handle *bad = test->param_value;
	struct nmr_fixture f;

	nmr_expect_log(test, 1, "attach_handle+");
	set_up(test, NMR_CLIENT, &f);
	KUNIT_EXPECT_EQ(test, attach_handle(bad->get(&f)), -EINVAL);
	expect_nothing_happened(test, &f);
}

static noinline int init_rundown(enum nmr_side side, void *binding)
{
	struct nmr_rundown rundown;
	int err;

	err = side == NMR_CLIENT ?
		      nmr_rundown_init_client(&rundown, binding, GFP_KERNEL) :
		      nmr_rundown_init_provider(&rundown, binding, GFP_KERNEL);
	if (!err)
		nmr_rundown_destroy(&rundown);
	return err;
}

static void rundown_init_refuses_invalid_handles(struct kunit *test)
{
	call_refuses(test, init_rundown, bad_binding(test), "init_rundown+");
}

static void rundown_init_refuses_a_null_rundown(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");

	nmr_expect_log(test, 1, "rundown_init: no such rundown");
	nmr_mock_bind(self, peer);
	KUNIT_EXPECT_EQ(test, self->side == NMR_CLIENT ?
			nmr_rundown_init_client(NULL, self->binding, GFP_KERNEL) :
			nmr_rundown_init_provider(NULL, self->binding, GFP_KERNEL), -EINVAL);
}

static void handles_are_not_small_numbers(struct kunit *test)
{
	struct nmr_mock *mock = nmr_mock_here(test, "mock");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");

	if (BITS_PER_LONG < 64)
		kunit_skip(test, "handles have 32 bits");
	nmr_mock_bind(mock, peer);
	KUNIT_EXPECT_GT(test, (u64)(uintptr_t)mock->handle, (u64)U32_MAX);
	KUNIT_EXPECT_GT(test, (u64)(uintptr_t)mock->binding, (u64)U32_MAX);
	KUNIT_EXPECT_GT(test, (u64)((uintptr_t)mock->handle ^ (uintptr_t)peer->handle),
			(u64)U32_MAX);
}

static void repeated_warnings_of_a_caller_are_rate_limited(struct kunit *test)
{
	int i;

	nmr_expect_log(test, DEFAULT_RATELIMIT_BURST, "nmr_test_deregister+");
	nmr_limit_misuse(true);
	for (i = 0; i < 10 * DEFAULT_RATELIMIT_BURST; i++)
		KUNIT_EXPECT_EQ(test, nmr_test_deregister(nmr_test_side(test), NULL), -EINVAL);
}

static void warnings_of_one_register_call_are_rate_limited(struct kunit *test)
{
	struct nmr_mock *client, *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	int i;

	nmr_expect_log(test, DEFAULT_RATELIMIT_BURST, "did not attach to");
	nmr_limit_misuse(true);
	for (i = 0; i < 3 * DEFAULT_RATELIMIT_BURST; i++) {
		client = nmr_mock(test, NMR_CLIENT, "client");
		client->refuse = -EIO;
		nmr_mock_register_ok(client);
	}
	nmr_mock_register_ok(provider);
}

/* 5.2: incomplete characteristics. */

static void lack_attach(struct nmr_mock *mock)
{
	mock->as_provider.attach_client = NULL;
	mock->as_client.attach_provider = NULL;
}

static void lack_detach(struct nmr_mock *mock)
{
	mock->as_provider.detach_client = NULL;
	mock->as_client.detach_provider = NULL;
}

static void lack_npi_id(struct nmr_mock *mock)
{
	nmr_mock_instance(mock)->npi_id = NULL;
}

static const struct nmr_lack {
	const char *name;
	void (*make)(struct nmr_mock *mock);
} lacks[] = {
	{ "attach callback", lack_attach },
	{ "detach callback", lack_detach },
	{ "npi_id", lack_npi_id },
};

static void lack_desc(const struct nmr_lack *param, char *desc)
{
	strscpy(desc, param->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(lack, lacks, lack_desc);

static void register_refuses_incomplete_characteristics(struct kunit *test)
{
	const struct nmr_lack *lack = test->param_value;
	enum nmr_side side;

	nmr_expect_log(test, NMR_SIDES, "cannot register without");
	for (side = 0; side < NMR_SIDES; side++) {
		struct nmr_mock *bad = nmr_mock(test, side, "bad");
		struct nmr_mock *peer = nmr_mock(test, nmr_other_side(side), "peer");

		lack->make(bad);
		bad->handle = bad;
		nmr_mock_register_ok(peer);
		KUNIT_EXPECT_EQ(test, nmr_mock_register(bad), -EINVAL);
		KUNIT_EXPECT_PTR_EQ(test, bad->handle, (void *)bad);
		KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, bad), 0);
		KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, peer), 0);
		nmr_mock_unregister_ok(peer);
	}
}

static void register_refuses_null_characteristics(struct kunit *test)
{
	struct nmr_provider *provider = (void *)test;
	struct nmr_client *client = (void *)test;

	nmr_expect_log(test, 2, "cannot register without characteristics");
	KUNIT_EXPECT_EQ(test, nmr_register_provider(NULL, NULL, &provider), -EINVAL);
	KUNIT_EXPECT_EQ(test, nmr_register_client(NULL, NULL, &client), -EINVAL);
	KUNIT_EXPECT_PTR_EQ(test, provider, (struct nmr_provider *)test);
	KUNIT_EXPECT_PTR_EQ(test, client, (struct nmr_client *)test);
}

static void register_refuses_a_null_out_pointer(struct kunit *test)
{
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");

	nmr_expect_log(test, 2, "cannot register without");
	KUNIT_EXPECT_EQ(test, nmr_register_provider(&provider->as_provider, provider, NULL),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, nmr_register_client(&client->as_client, client, NULL), -EINVAL);
	nmr_mock_register_ok(provider);
	nmr_mock_register_ok(client);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(provider, client), 1);
}

/* 5.3 */

static void second_deregister_is_refused_and_changes_nothing(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_mock *stayer = nmr_mock_there(test, "stayer");

	nmr_expect_log(test, 2, leaver->side == NMR_PROVIDER ?
		       "deregister_provider: deregistered already" :
		       "deregister_client: deregistered already");
	nmr_mock_bind(leaver, stayer);
	leaver->detach_result = -EINPROGRESS;
	nmr_mock_deregister_ok(leaver);
	KUNIT_EXPECT_EQ(test, nmr_mock_deregister(leaver), -EINVAL);
	KUNIT_EXPECT_EQ(test, nmr_mock_deregister_atomic(leaver), -EINVAL);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DETACH, leaver), 1);

	KUNIT_EXPECT_EQ(test, nmr_mock_complete(leaver), 0);
	nmr_mock_wait_ok(leaver);
}

/* 5.4 */

static void wait_without_deregister_is_refused(struct kunit *test)
{
	struct nmr_mock *mock = nmr_mock_here(test, "mock");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");
	struct nmr_thread *waiter;

	nmr_expect_log(test, 1, mock->side == NMR_PROVIDER ?
		       "wait_provider: not deregistered" : "wait_client: not deregistered");
	nmr_mock_bind(mock, peer);
	waiter = nmr_test_start(test, nmr_mock_wait, mock);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), -EINVAL);
	mock->registered = true;

	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DETACH, mock), 0);
}

/* 5.5 */

/* In a callback: waiting for the mock in private returns -EDEADLK. */
static void expect_deadlock(struct nmr_mock *mock)
{
	struct nmr_mock *target = mock->private;

	KUNIT_EXPECT_EQ_MSG(mock->test, nmr_test_wait(target->side, target->handle),
			    -EDEADLK, "%s waits for %s", mock->name, target->name);
}

static void deregister_and_wait_in_attach(struct nmr_mock *mock, struct nmr_binding *binding)
{
	nmr_mock_deregister_ok(mock->private);
	expect_deadlock(mock);
}

static void wait_in_callback(struct nmr_context *context)
{
	expect_deadlock(context->mock);
}

/* In another thread, so that a deadlock can be reported from here. */
static void expect_returns(int (*call)(struct nmr_mock *mock), struct nmr_mock *mock,
			   int result)
{
	KUNIT_EXPECT_EQ(mock->test, nmr_test_join(nmr_test_start(mock->test, call, mock)), result);
}

static void wait_for_own_from_attach_is_a_deadlock(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");

	nmr_expect_log(test, 1, "nmr_test_wait+");
	self->private = self;
	self->in_attach = deregister_and_wait_in_attach;
	nmr_mock_register_ok(self);
	expect_returns(nmr_mock_register, peer, 0);
	nmr_mock_wait_ok(self);
}

static void wait_for_the_peer_from_attach_is_a_deadlock(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");

	nmr_expect_log(test, 1, "nmr_test_wait+");
	self->private = peer;
	self->in_attach = deregister_and_wait_in_attach;
	nmr_mock_register_ok(self);
	expect_returns(nmr_mock_register, peer, 0);
	nmr_mock_wait_ok(peer);
}

static void wait_from_detach_is_a_deadlock(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_mock *stayer = nmr_mock_there(test, "stayer");

	/* Both sides wait for the deregistering one. */
	nmr_expect_log(test, 2, "nmr_test_wait+");
	leaver->private = leaver;
	stayer->private = leaver;
	leaver->in_detach = wait_in_callback;
	stayer->in_detach = wait_in_callback;
	nmr_mock_bind(leaver, stayer);
	expect_returns(nmr_mock_deregister, leaver, -EINPROGRESS);
	nmr_mock_wait_ok(leaver);
}

static void wait_from_cleanup_is_a_deadlock(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_mock *stayer = nmr_mock_there(test, "stayer");

	nmr_expect_log(test, 2, "nmr_test_wait+");
	leaver->private = leaver;
	stayer->private = leaver;
	leaver->in_cleanup = wait_in_callback;
	stayer->in_cleanup = wait_in_callback;
	nmr_mock_bind(leaver, stayer);
	expect_returns(nmr_mock_deregister, leaver, -EINPROGRESS);
	nmr_mock_wait_ok(leaver);
}

static void wait_from_cleanup_on_the_workqueue_is_a_deadlock(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_mock *stayer = nmr_mock_there(test, "stayer");

	nmr_expect_log(test, 1, "nmr_test_wait+");
	stayer->private = leaver;
	stayer->in_cleanup = wait_in_callback;
	stayer->detach_result = -EINPROGRESS;
	nmr_mock_bind(leaver, stayer);
	nmr_mock_deregister_ok(leaver);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(stayer), 0);
	nmr_mock_wait_ok(leaver);
}

static void wait_for_private(struct nmr_context *context)
{
	KUNIT_EXPECT_EQ(context->mock->test, nmr_mock_wait(context->mock->private), 0);
}

static void wait_for_another_registration_from_a_callback_works(struct kunit *test)
{
	enum nmr_side side = nmr_test_side(test);
	struct nmr_mock *self = nmr_mock(test, side, "self");
	struct nmr_mock *peer = nmr_mock(test, nmr_other_side(side), "peer");
	struct nmr_mock *other = nmr_mock(test, NMR_PROVIDER, "other");

	nmr_mock_set_npi(other, 1);
	/* Not nmr_mock_register(), whose registrations share a lockdep class. */
	KUNIT_ASSERT_EQ(test, nmr_register_provider(&other->as_provider, other,
						    (struct nmr_provider **)&other->handle),
			0);
	other->registered = true;
	nmr_mock_deregister_ok(other);
	nmr_mock_bind(self, peer);
	self->private = other;
	self->in_detach = wait_for_private;
	nmr_mock_unregister_ok(self);

	nmr_expect_order(test, { NMR_EV_DETACH, self }, { NMR_EV_WAITED, other },
			 { NMR_EV_DETACHED, self });
}

/* One of many bindings, with two threads that walk them at once. */
#define NMR_MANY_BINDINGS 100
#define NMR_MANY_WAITS 200

static void wait_over_and_over(struct nmr_context *context)
{
	struct nmr_mock *target = context->mock->private;
	int i, wrong = 0;

	for (i = 0; i < NMR_MANY_WAITS; i++)
		wrong += nmr_test_wait(target->side, target->handle) != -EDEADLK;
	KUNIT_EXPECT_EQ(context->mock->test, wrong, 0);
}

static void wait_from_one_callback_of_many_is_a_deadlock(struct kunit *test)
{
	struct nmr_mock *hub = nmr_mock_here(test, "hub");
	struct nmr_mock *peer[NMR_MANY_BINDINGS];
	struct nmr_thread *deregister, *thread[2];
	struct nmr_test_gate *begun;
	int i;

	nmr_mute_misuse();
	nmr_mock_register_ok(hub);
	for (i = 0; i < NMR_MANY_BINDINGS; i++) {
		peer[i] = nmr_mock_there(test, "peer");
		if (i < NMR_MANY_BINDINGS - 2) {
			peer[i]->detach_result = -EINPROGRESS;
		} else {
			peer[i]->in_detach = wait_over_and_over;
			peer[i]->private = hub;
		}
		nmr_mock_register_ok(peer[i]);
	}
	begun = nmr_test_hold_at(test, NMR_RACE_DEREGISTER_BEGUN);
	deregister = nmr_test_start(test, nmr_mock_deregister, hub);
	nmr_await_reached(test, begun);
	for (i = 0; i < NMR_MANY_BINDINGS - 2; i++)
		nmr_mock_deregister_ok(peer[i]);
	thread[0] = nmr_test_start(test, nmr_mock_deregister, peer[i++]);
	thread[1] = nmr_test_start(test, nmr_mock_deregister, peer[i]);

	KUNIT_EXPECT_EQ(test, nmr_test_join(thread[0]), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread[1]), -EINPROGRESS);
	nmr_test_open(begun);
	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister), -EINPROGRESS);
	for (i = 0; i < NMR_MANY_BINDINGS - 2; i++)
		KUNIT_EXPECT_EQ(test, nmr_mock_complete(peer[i]), 0);
	nmr_mock_wait_ok(hub);
}

/* nmr_client_attach_provider() where it does not belong. */

static void attach_again(struct nmr_mock *client, struct nmr_binding *binding)
{
	const void *dispatch = NULL;
	void *context = NULL;

	client->refuse = nmr_client_attach_provider(binding, client->private, NULL,
						    &context, &dispatch);
	KUNIT_EXPECT_EQ(client->test, client->refuse, -EPERM);
	KUNIT_EXPECT_EQ(client->test, attach_handle(binding), -EINVAL);
	client->refuse = -ENODEV;
}

static void client_attaches_once_only(struct kunit *test)
{
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");

	nmr_expect_log(test, 1, "attach_provider: ");
	provider->refuse = -EPERM;
	client->in_attach = attach_again;
	nmr_mock_register_ok(provider);
	nmr_mock_register_ok(client);

	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, provider), 1);
}

static void expect_nothing_stored(struct nmr_mock *client, struct nmr_binding *binding)
{
	const void *dispatch = client;
	void *context = client;

	client->refuse = nmr_client_attach_provider(binding, client->private, NULL, &context,
						    &dispatch);
	KUNIT_EXPECT_EQ(client->test, client->refuse, -EIO);
	KUNIT_EXPECT_PTR_EQ(client->test, context, (void *)client);
	KUNIT_EXPECT_PTR_EQ(client->test, dispatch, (const void *)client);
}

/* Even if the provider stores before it fails. */
static void provider_that_fails_stores_nothing(struct kunit *test)
{
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");

	nmr_expect_log(test, 1, "did not attach to");
	provider->regret = -EIO;
	client->in_attach = expect_nothing_stored;
	nmr_mock_register_ok(provider);
	nmr_mock_register_ok(client);

	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DECLINED, provider), 1);
}

static void attach_without_out_pointers(struct nmr_mock *client, struct nmr_binding *binding)
{
	const void *dispatch;
	void *context;

	KUNIT_EXPECT_EQ(client->test, -EINVAL,
			nmr_client_attach_provider(binding, NULL, NULL, NULL, &dispatch));
	KUNIT_EXPECT_EQ(client->test, -EINVAL,
			nmr_client_attach_provider(binding, NULL, NULL, &context, NULL));
}

static void attach_without_out_pointers_is_refused(struct kunit *test)
{
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");

	nmr_expect_log(test, 2, "attach_provider: ");
	client->in_attach = attach_without_out_pointers;
	nmr_mock_bind(provider, client);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, provider), 1);
}

static void client_attaches_in_its_own_callback_only(struct kunit *test)
{
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");
	struct nmr_test_gate *gate = &client->gate[NMR_IN_ATTACH];
	struct nmr_thread *attach;

	/* From another thread while the callback runs, and after it. */
	nmr_expect_log(test, 2, "attach_provider: ");
	nmr_test_close(gate);
	nmr_mock_register_ok(provider);
	attach = nmr_test_start(test, nmr_mock_register, client);
	nmr_await_reached(test, gate);
	KUNIT_EXPECT_EQ(test, attach_handle(client->binding), -EINVAL);
	nmr_test_open(gate);
	KUNIT_EXPECT_EQ(test, nmr_test_join(attach), 0);
	KUNIT_EXPECT_EQ(test, attach_handle(client->binding), -EINVAL);

	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(provider, client), 1);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, provider), 1);
}

static struct kunit_case bad_input_cases[] = {
	KUNIT_CASE_PARAM(deregister_refuses_invalid_handles, bad_handle_gen_params),
	KUNIT_CASE_PARAM(deregister_atomic_refuses_invalid_handles, bad_handle_gen_params),
	KUNIT_CASE_PARAM(wait_refuses_invalid_handles, bad_handle_gen_params),
	KUNIT_CASE_PARAM(complete_refuses_invalid_handles, bad_handle_gen_params),
	KUNIT_CASE_PARAM(attach_refuses_invalid_handles, bad_handle_gen_params),
	KUNIT_CASE_PARAM(rundown_init_refuses_invalid_handles, bad_handle_gen_params),
	KUNIT_CASE_PARAM(rundown_init_refuses_a_null_rundown, nmr_side_gen_params),
	KUNIT_CASE_PARAM(handles_are_not_small_numbers, nmr_side_gen_params),
	KUNIT_CASE_PARAM(repeated_warnings_of_a_caller_are_rate_limited, nmr_side_gen_params),
	KUNIT_CASE(warnings_of_one_register_call_are_rate_limited),
	KUNIT_CASE_PARAM(register_refuses_incomplete_characteristics, lack_gen_params),
	KUNIT_CASE(register_refuses_null_characteristics),
	KUNIT_CASE(register_refuses_a_null_out_pointer),
	KUNIT_CASE_PARAM(second_deregister_is_refused_and_changes_nothing,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(wait_without_deregister_is_refused, nmr_side_gen_params),
	KUNIT_CASE_PARAM(wait_for_own_from_attach_is_a_deadlock, nmr_side_gen_params),
	KUNIT_CASE_PARAM(wait_for_the_peer_from_attach_is_a_deadlock, nmr_side_gen_params),
	KUNIT_CASE_PARAM(wait_from_detach_is_a_deadlock, nmr_side_gen_params),
	KUNIT_CASE_PARAM(wait_from_cleanup_is_a_deadlock, nmr_side_gen_params),
	KUNIT_CASE_PARAM(wait_from_cleanup_on_the_workqueue_is_a_deadlock,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(wait_for_another_registration_from_a_callback_works,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(wait_from_one_callback_of_many_is_a_deadlock,
			 nmr_side_gen_params),
	KUNIT_CASE(client_attaches_once_only),
	KUNIT_CASE(provider_that_fails_stores_nothing),
	KUNIT_CASE(attach_without_out_pointers_is_refused),
	KUNIT_CASE(client_attaches_in_its_own_callback_only),
	{}
};

static struct kunit_suite bad_input_suite = {
	.name = "nmr_bad_input",
	.init = nmr_test_init,
	.exit = nmr_test_exit,
	.test_cases = bad_input_cases,
};

kunit_test_suite(bad_input_suite);
