// SPDX-License-Identifier: GPL-2.0
/* Registrations and bindings from beginning to end: contract, sections 2 and 3. */
#include "nmr_test.h"

KUNIT_ARRAY_PARAM(nmr_side, nmr_test_sides, nmr_test_side_desc);

static void register_attaches_to_registered_peers(struct kunit *test)
{
	enum nmr_side side = nmr_test_side(test);
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");
	struct nmr_mock *first = side == NMR_PROVIDER ? provider : client;
	struct nmr_mock *second = side == NMR_PROVIDER ? client : provider;

	nmr_mock_register_ok(first);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, first), 0);
	nmr_mock_register_ok(second);

	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(provider, client), 1);
	nmr_expect_order(test, { NMR_EV_REGISTERED, first }, { NMR_EV_ATTACH, client },
			 { NMR_EV_ATTACH, provider }, { NMR_EV_ATTACHED, provider },
			 { NMR_EV_ATTACHED, client }, { NMR_EV_REGISTERED, second });
}

static void each_side_gets_the_other_context_and_dispatch(struct kunit *test)
{
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");

	nmr_mock_bind(provider, client);

	KUNIT_EXPECT_PTR_EQ(test, provider->context->peer, client->context);
	KUNIT_EXPECT_PTR_EQ(test, client->context->peer, provider->context);
	KUNIT_EXPECT_PTR_EQ(test, provider->context->peer_dispatch, nmr_mock_dispatch(client));
	KUNIT_EXPECT_PTR_EQ(test, client->context->peer_dispatch, nmr_mock_dispatch(provider));
	KUNIT_EXPECT_PTR_EQ(test, provider->binding, client->binding);
}

static void expect_handle_set(struct nmr_mock *mock, struct nmr_binding *binding)
{
	KUNIT_EXPECT_NOT_NULL(mock->test, READ_ONCE(mock->handle));
}

static void handle_is_stored_before_the_first_callback(struct kunit *test)
{
	enum nmr_side side = nmr_test_side(test);
	struct nmr_mock *first = nmr_mock(test, nmr_other_side(side), "first");
	struct nmr_mock *second = nmr_mock(test, side, "second");

	second->in_attach = expect_handle_set;
	nmr_mock_bind(first, second);
}

static void deregister_without_a_binding_is_pending_too(struct kunit *test)
{
	struct nmr_mock *mock = nmr_mock(test, nmr_test_side(test), "mock");

	nmr_mock_register_ok(mock);
	KUNIT_EXPECT_EQ(test, nmr_mock_deregister(mock), -EINPROGRESS);
	nmr_mock_wait_ok(mock);
}

static void deregistering_side_detaches_first_and_client_cleans_up_first(struct kunit *test)
{
	enum nmr_side side = nmr_test_side(test);
	struct nmr_mock *leaver = nmr_mock(test, side, "leaver");
	struct nmr_mock *stayer = nmr_mock(test, nmr_other_side(side), "stayer");
	struct nmr_mock *client = side == NMR_CLIENT ? leaver : stayer;
	struct nmr_mock *provider = side == NMR_CLIENT ? stayer : leaver;

	nmr_mock_bind(leaver, stayer);
	nmr_mock_unregister_ok(leaver);

	/* Neither side pends: all of it runs inside deregister. */
	nmr_expect_order(test, { NMR_EV_DEREGISTER, leaver }, { NMR_EV_DETACH, leaver },
			 { NMR_EV_DETACHED, leaver }, { NMR_EV_DETACH, stayer },
			 { NMR_EV_DETACHED, stayer }, { NMR_EV_CLEANUP, client },
			 { NMR_EV_CLEANED, client }, { NMR_EV_CLEANUP, provider },
			 { NMR_EV_CLEANED, provider }, { NMR_EV_DEREGISTERED, leaver },
			 { NMR_EV_WAITED, leaver });
}

static void note_task(struct nmr_context *context)
{
	context->mock->private = current;
}

static void deregister_calls_back_in_its_own_thread(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_mock *stayer = nmr_mock_there(test, "stayer");

	nmr_mock_bind(leaver, stayer);
	leaver->in_detach = note_task;
	stayer->in_cleanup = note_task;
	nmr_mock_deregister_ok(leaver);

	KUNIT_EXPECT_PTR_EQ(test, leaver->private, (void *)current);
	KUNIT_EXPECT_PTR_EQ(test, stayer->private, (void *)current);
}

static void remaining_side_binds_to_the_next_peer(struct kunit *test)
{
	enum nmr_side side = nmr_test_side(test);
	struct nmr_mock *leaver = nmr_mock(test, side, "leaver");
	struct nmr_mock *stayer = nmr_mock(test, nmr_other_side(side), "stayer");
	struct nmr_mock *next = nmr_mock(test, side, "next");

	nmr_mock_bind(leaver, stayer);
	nmr_mock_unregister_ok(leaver);
	nmr_mock_register_ok(next);

	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(leaver, stayer), 1);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(next, stayer), 1);
}

static void deregistering_side_is_not_offered_to_a_late_peer(struct kunit *test)
{
	enum nmr_side side = nmr_test_side(test);
	struct nmr_mock *leaver = nmr_mock(test, side, "leaver");
	struct nmr_mock *peer = nmr_mock(test, nmr_other_side(side), "peer");
	struct nmr_mock *late = nmr_mock(test, nmr_other_side(side), "late");

	nmr_mock_bind(leaver, peer);
	leaver->detach_result = -EINPROGRESS;
	nmr_mock_deregister_ok(leaver);
	nmr_mock_register_ok(late);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, late), 0);

	KUNIT_EXPECT_EQ(test, nmr_mock_complete(leaver), 0);
	nmr_mock_wait_ok(leaver);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, late), 0);
}

static void pending_detach_holds_cleanup_and_wait_back(struct kunit *test, bool leaver_pends)
{
	enum nmr_side side = nmr_test_side(test);
	struct nmr_mock *leaver = nmr_mock(test, side, "leaver");
	struct nmr_mock *stayer = nmr_mock(test, nmr_other_side(side), "stayer");
	struct nmr_mock *pender = leaver_pends ? leaver : stayer;
	struct nmr_thread *waiter;

	nmr_mock_bind(leaver, stayer);
	pender->detach_result = -EINPROGRESS;
	nmr_mock_deregister_ok(leaver);
	waiter = nmr_test_start(test, nmr_mock_wait, leaver);
	nmr_await_waiting(waiter);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, leaver), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, stayer), 0);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(pender), 0);

	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
	nmr_expect_order(test, { NMR_EV_DETACHED, leaver }, { NMR_EV_DETACHED, stayer },
			 { NMR_EV_COMPLETE, pender }, { NMR_EV_CLEANED, leaver },
			 { NMR_EV_WAITED, leaver });
	nmr_expect_order(test, { NMR_EV_COMPLETE, pender }, { NMR_EV_CLEANED, stayer },
			 { NMR_EV_WAITED, leaver });
}

static void own_pending_detach_holds_cleanup_and_wait_back(struct kunit *test)
{
	pending_detach_holds_cleanup_and_wait_back(test, true);
}

static void peers_pending_detach_holds_cleanup_and_wait_back(struct kunit *test)
{
	pending_detach_holds_cleanup_and_wait_back(test, false);
}

static void cleanup_comes_after_both_sides_are_complete(struct kunit *test)
{
	enum nmr_side side = nmr_test_side(test);
	struct nmr_mock *first = nmr_mock(test, side, "first");
	struct nmr_mock *last = nmr_mock(test, nmr_other_side(side), "last");
	struct nmr_thread *waiter;

	nmr_mock_bind(first, last);
	first->detach_result = -EINPROGRESS;
	last->detach_result = -EINPROGRESS;
	nmr_mock_deregister_ok(first);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(first), 0);
	waiter = nmr_test_start(test, nmr_mock_wait, first);
	nmr_await_waiting(waiter);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(last), 0);

	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
	nmr_expect_order(test, { NMR_EV_COMPLETE, first }, { NMR_EV_COMPLETE, last },
			 { NMR_EV_CLEANUP, first }, { NMR_EV_WAITED, first });
	nmr_expect_order(test, { NMR_EV_COMPLETE, last }, { NMR_EV_CLEANUP, last },
			 { NMR_EV_WAITED, first });
}

static void cleanup_does_not_run_inside_complete(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_mock *stayer = nmr_mock_there(test, "stayer");

	nmr_mock_bind(leaver, stayer);
	leaver->detach_result = -EINPROGRESS;
	leaver->in_cleanup = note_task;
	stayer->in_cleanup = note_task;
	nmr_mock_deregister_ok(leaver);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(leaver), 0);
	nmr_mock_wait_ok(leaver);

	KUNIT_EXPECT_NOT_NULL(test, leaver->private);
	KUNIT_EXPECT_PTR_NE(test, leaver->private, (void *)current);
	KUNIT_EXPECT_PTR_NE(test, stayer->private, (void *)current);
}

static void second_complete_returns_ealready(struct kunit *test)
{
	struct nmr_mock *twice = nmr_mock_here(test, "twice");
	struct nmr_mock *other = nmr_mock_there(test, "other");

	nmr_expect_log(test, 1, "called twice");
	nmr_mock_bind(twice, other);
	twice->detach_result = -EINPROGRESS;
	other->detach_result = -EINPROGRESS;
	nmr_mock_deregister_ok(twice);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(twice), 0);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(twice), -EALREADY);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, twice), 0);

	KUNIT_EXPECT_EQ(test, nmr_mock_complete(other), 0);
	nmr_mock_wait_ok(twice);
}

static void complete_after_an_immediate_detach_returns_ealready(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_mock *stayer = nmr_mock_there(test, "stayer");

	nmr_expect_log(test, 1, "called twice");
	nmr_mock_bind(leaver, stayer);
	stayer->detach_result = -EINPROGRESS;
	nmr_mock_deregister_ok(leaver);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(leaver), -EALREADY);

	KUNIT_EXPECT_EQ(test, nmr_mock_complete(stayer), 0);
	nmr_mock_wait_ok(leaver);
}

static void cleanup_callback_may_be_missing(struct kunit *test)
{
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");
	enum nmr_side without = nmr_test_side(test);

	if (without == NMR_PROVIDER)
		provider->as_provider.cleanup_binding_context = NULL;
	else
		client->as_client.cleanup_binding_context = NULL;
	nmr_mock_bind(provider, client);
	nmr_mock_unregister_ok(provider);

	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANED, provider),
			without != NMR_PROVIDER);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANED, client),
			without != NMR_CLIENT);
}

static void other_result_of_detach_is_reported_and_counts_as_detached(struct kunit *test)
{
	struct nmr_mock *leaver = nmr_mock_here(test, "leaver");
	struct nmr_mock *stayer = nmr_mock_there(test, "stayer");

	nmr_expect_log(test, 1, "returned -5, neither 0 nor -EINPROGRESS");
	nmr_mock_bind(leaver, stayer);
	leaver->detach_result = -EIO;
	nmr_mock_unregister_ok(leaver);
}

static void declined_attach_is_silent_and_no_error(struct kunit *test)
{
	struct nmr_mock *decliner = nmr_mock_here(test, "decliner");
	struct nmr_mock *other = nmr_mock_there(test, "other");

	decliner->refuse = -ENODEV;
	nmr_mock_register_ok(decliner);
	nmr_mock_register_ok(other);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DECLINED, decliner), 1);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACHED, other), 0);
	nmr_mock_unregister_ok(decliner);
	nmr_mock_unregister_ok(other);

	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_DETACH, decliner), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_CLEANUP, other), 0);
}

static void keep_attach_result(struct nmr_mock *client, struct nmr_binding *binding)
{
	void *context = client;
	const void *dispatch = client;

	client->refuse = nmr_client_attach_provider(binding, client, client, &context,
						    &dispatch);
	client->private = context;
}

static void client_gets_the_result_of_the_provider(struct kunit *test)
{
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");

	nmr_expect_log(test, 1, "did not attach");
	provider->refuse = -EPERM;
	client->in_attach = keep_attach_result;
	nmr_mock_register_ok(provider);
	nmr_mock_register_ok(client);

	KUNIT_EXPECT_EQ(test, client->refuse, -EPERM);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACHED, provider), 0);
}

static void wait_covers_the_cleanup_callbacks(struct kunit *test, bool own)
{
	enum nmr_side side = nmr_test_side(test);
	struct nmr_mock *leaver = nmr_mock(test, side, "leaver");
	struct nmr_mock *stayer = nmr_mock(test, nmr_other_side(side), "stayer");
	struct nmr_mock *blocker = own ? leaver : stayer;
	struct nmr_test_gate *gate = &blocker->gate[NMR_IN_CLEANUP];
	struct nmr_thread *deregister, *waiter;

	nmr_mock_bind(leaver, stayer);
	nmr_test_close(gate);
	deregister = nmr_test_start(test, nmr_mock_deregister, leaver);
	nmr_await_reached(test, gate);
	waiter = nmr_test_start(test, nmr_mock_wait, leaver);
	nmr_await_waiting(waiter);
	nmr_test_open(gate);

	KUNIT_EXPECT_EQ(test, nmr_test_join(deregister), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);
	nmr_expect_order(test, { NMR_EV_CLEANED, blocker }, { NMR_EV_WAITED, leaver });
}

static void wait_covers_own_cleanup_callback(struct kunit *test)
{
	wait_covers_the_cleanup_callbacks(test, true);
}

static void wait_covers_the_peers_cleanup_callback(struct kunit *test)
{
	wait_covers_the_cleanup_callbacks(test, false);
}

static void register_private(struct nmr_mock *mock, struct nmr_binding *binding)
{
	nmr_mock_register_ok(mock->private);
}

static void deregister_private(struct nmr_context *context)
{
	nmr_mock_deregister_ok(context->mock->private);
}

static void callbacks_may_register_and_deregister(struct kunit *test)
{
	enum nmr_side side = nmr_test_side(test);
	struct nmr_mock *outer = nmr_mock(test, side, "outer");
	struct nmr_mock *peer = nmr_mock(test, nmr_other_side(side), "peer");
	struct nmr_mock *inner = nmr_mock(test, side, "inner");

	outer->private = inner;
	outer->in_attach = register_private;
	outer->in_detach = deregister_private;
	nmr_mock_register_ok(outer);
	nmr_mock_register_ok(peer);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(inner, peer), 1);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(outer, peer), 1);
	nmr_mock_unregister_ok(outer);

	nmr_mock_wait_ok(inner);
}

/* Layers, which register on behalf of modules. */

#define NMR_LAYER_PENDING 259

static const struct npi_registration_instance *layer_instance(void *context)
{
	return nmr_mock_instance(context);
}

static int layer_detach_result(int result)
{
	return result == NMR_LAYER_PENDING ? -EINPROGRESS : 0;
}

static void layer_released(void *context)
{
	struct nmr_mock *mock = context;

	nmr_test_note(mock->test, NMR_EV_RELEASED, mock);
}

static const struct nmr_layer layer = {
	.instance = layer_instance,
	.detach_result = layer_detach_result,
	.released = layer_released,
};

static void layer_converts_the_result_of_detach(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");
	struct nmr_thread *waiter;

	self->layer = &layer;
	self->detach_result = NMR_LAYER_PENDING;
	nmr_mock_bind(self, peer);
	nmr_mock_deregister_ok(peer);
	waiter = nmr_test_start(test, nmr_mock_wait, peer);
	nmr_await_waiting(waiter);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(self), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), 0);

	/* Any other result counts as 0 and is not reported. */
	self->detach_result = NMR_LAYER_PENDING + 1;
	nmr_mock_register_ok(peer);
	nmr_mock_unregister_ok(peer);
}

static void layer_is_called_once_when_a_registration_completes(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");
	struct nmr_thread *thread;
	struct nmr_test_gate *completed;

	self->layer = &layer;
	nmr_mock_bind(self, peer);
	nmr_mock_unregister_ok(peer);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_RELEASED, self), 0);
	nmr_mock_register_ok(peer);
	completed = nmr_test_hold_at(test, NMR_RACE_COMPLETED);
	thread = nmr_test_start(test, nmr_mock_deregister, self);
	nmr_await_reached(test, completed);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_RELEASED, self), 1);
	nmr_test_open(completed);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), -EINPROGRESS);
	nmr_mock_wait_ok(self);

	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_RELEASED, self), 1);
	nmr_expect_order(test, { NMR_EV_CLEANED, self }, { NMR_EV_RELEASED, self },
			 { NMR_EV_WAITED, self });
}

static struct kunit_case lifecycle_cases[] = {
	KUNIT_CASE_PARAM(register_attaches_to_registered_peers, nmr_side_gen_params),
	KUNIT_CASE(each_side_gets_the_other_context_and_dispatch),
	KUNIT_CASE_PARAM(handle_is_stored_before_the_first_callback, nmr_side_gen_params),
	KUNIT_CASE_PARAM(deregister_without_a_binding_is_pending_too, nmr_side_gen_params),
	KUNIT_CASE_PARAM(deregistering_side_detaches_first_and_client_cleans_up_first,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(deregister_calls_back_in_its_own_thread, nmr_side_gen_params),
	KUNIT_CASE_PARAM(remaining_side_binds_to_the_next_peer, nmr_side_gen_params),
	KUNIT_CASE_PARAM(deregistering_side_is_not_offered_to_a_late_peer, nmr_side_gen_params),
	KUNIT_CASE_PARAM(own_pending_detach_holds_cleanup_and_wait_back,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(peers_pending_detach_holds_cleanup_and_wait_back,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(cleanup_comes_after_both_sides_are_complete, nmr_side_gen_params),
	KUNIT_CASE_PARAM(cleanup_does_not_run_inside_complete, nmr_side_gen_params),
	KUNIT_CASE_PARAM(second_complete_returns_ealready, nmr_side_gen_params),
	KUNIT_CASE_PARAM(complete_after_an_immediate_detach_returns_ealready,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(cleanup_callback_may_be_missing, nmr_side_gen_params),
	KUNIT_CASE_PARAM(other_result_of_detach_is_reported_and_counts_as_detached,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(declined_attach_is_silent_and_no_error, nmr_side_gen_params),
	KUNIT_CASE(client_gets_the_result_of_the_provider),
	KUNIT_CASE_PARAM(wait_covers_own_cleanup_callback, nmr_side_gen_params),
	KUNIT_CASE_PARAM(wait_covers_the_peers_cleanup_callback, nmr_side_gen_params),
	KUNIT_CASE_PARAM(callbacks_may_register_and_deregister, nmr_side_gen_params),
	KUNIT_CASE_PARAM(layer_converts_the_result_of_detach, nmr_side_gen_params),
	KUNIT_CASE_PARAM(layer_is_called_once_when_a_registration_completes,
			 nmr_side_gen_params),
	{}
};

static struct kunit_suite lifecycle_suite = {
	.name = "nmr_lifecycle",
	.init = nmr_test_init,
	.exit = nmr_test_exit,
	.test_cases = lifecycle_cases,
};

kunit_test_suite(lifecycle_suite);
