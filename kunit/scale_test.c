// SPDX-License-Identifier: GPL-2.0
/* Many registrations and bindings. */
#include "nmr_test.h"

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>

/* Sanitizers need fewer, and are slower. */
#define NMR_SCALE_SHARE \
	(IS_ENABLED(CONFIG_KASAN) || IS_ENABLED(CONFIG_KCSAN) ? 10 : 1)
#define NMR_SCALE_PROVIDERS 100
#define NMR_SCALE_CLIENTS (1000 / NMR_SCALE_SHARE)
#define NMR_SCALE_NPIS (5000 / NMR_SCALE_SHARE)

KUNIT_ARRAY_PARAM(nmr_side, nmr_test_sides, nmr_test_side_desc);

/* Only counts: there are too many for events and contexts. */
struct nmr_tally {
	atomic_t attached;
	atomic_t detached;
	atomic_t cleaned;
};

static int tally_attach_client(struct nmr_binding *binding, void *provider_context,
			       const struct npi_registration_instance *client_instance,
			       void *client_binding_context, const void *client_dispatch,
			       void **provider_binding_context,
			       const void **provider_dispatch)
{
	struct nmr_tally *tally = provider_context;

	atomic_inc(&tally->attached);
	*provider_binding_context = tally;
	return 0;
}

static int tally_attach_provider(struct nmr_binding *binding, void *client_context,
				 const struct npi_registration_instance *provider_instance)
{
	struct nmr_tally *tally = client_context;
	const void *dispatch;
	void *context;
	int err;

	err = nmr_client_attach_provider(binding, tally, NULL, &context, &dispatch);
	if (!err)
		atomic_inc(&tally->attached);
	return err;
}

static int tally_detach(void *binding_context)
{
	struct nmr_tally *tally = binding_context;

	atomic_inc(&tally->detached);
	return 0;
}

static void tally_cleanup(void *binding_context)
{
	struct nmr_tally *tally = binding_context;

	atomic_inc(&tally->cleaned);
}

static const guid_t scale_npi_id =
	GUID_INIT(0x7363616c, 0x4b55, 0x4e49, 0x54, 0x2d, 0x6e, 0x6d, 0x72, 0x2d, 0x30, 0x31);

static const struct nmr_provider_characteristics tally_provider = {
	.attach_client = tally_attach_client,
	.detach_client = tally_detach,
	.cleanup_binding_context = tally_cleanup,
	.instance.npi_id = &scale_npi_id,
};

static const struct nmr_client_characteristics tally_client = {
	.attach_provider = tally_attach_provider,
	.detach_provider = tally_detach,
	.cleanup_binding_context = tally_cleanup,
	.instance.npi_id = &scale_npi_id,
};

static void expect_tally(struct kunit *test, struct nmr_tally *tally, int attached,
			 int detached)
{
	KUNIT_EXPECT_EQ(test, atomic_read(&tally->attached), attached);
	KUNIT_EXPECT_EQ(test, atomic_read(&tally->detached), detached);
	KUNIT_EXPECT_EQ(test, atomic_read(&tally->cleaned), detached);
}

struct nmr_scale {
	struct nmr_provider *provider[NMR_SCALE_PROVIDERS];
	struct nmr_client *client[NMR_SCALE_CLIENTS];
	struct nmr_tally providers;
	struct nmr_tally clients;
};

static void register_providers(struct kunit *test, struct nmr_scale *s)
{
	int i;

	for (i = 0; i < NMR_SCALE_PROVIDERS; i++)
		KUNIT_ASSERT_EQ(test, 0, nmr_register_provider(&tally_provider, &s->providers,
							       &s->provider[i]));
}

static void register_clients(struct kunit *test, struct nmr_scale *s)
{
	int i;

	for (i = 0; i < NMR_SCALE_CLIENTS; i++)
		KUNIT_ASSERT_EQ(test, 0, nmr_register_client(&tally_client, &s->clients,
							     &s->client[i]));
}

static void unregister_providers(struct kunit *test, struct nmr_scale *s)
{
	int i;

	for (i = 0; i < NMR_SCALE_PROVIDERS; i++)
		KUNIT_ASSERT_EQ(test, nmr_deregister_provider(s->provider[i]), -EINPROGRESS);
	for (i = 0; i < NMR_SCALE_PROVIDERS; i++)
		KUNIT_ASSERT_EQ(test, 0,
				nmr_wait_for_provider_deregister_complete(s->provider[i]));
}

static void unregister_clients(struct kunit *test, struct nmr_scale *s)
{
	int i;

	for (i = 0; i < NMR_SCALE_CLIENTS; i++)
		KUNIT_ASSERT_EQ(test, nmr_deregister_client(s->client[i]), -EINPROGRESS);
	for (i = 0; i < NMR_SCALE_CLIENTS; i++)
		KUNIT_ASSERT_EQ(test, 0,
				nmr_wait_for_client_deregister_complete(s->client[i]));
}

static void each_of_many_clients_binds_to_each_provider(struct kunit *test)
{
	struct nmr_scale *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	const int bindings = NMR_SCALE_PROVIDERS * NMR_SCALE_CLIENTS;
	bool providers_first = nmr_test_side(test) == NMR_PROVIDER;

	KUNIT_ASSERT_NOT_NULL(test, s);
	if (providers_first) {
		register_providers(test, s);
		register_clients(test, s);
	} else {
		register_clients(test, s);
		register_providers(test, s);
	}
	expect_tally(test, &s->providers, bindings, 0);
	expect_tally(test, &s->clients, bindings, 0);

	if (providers_first) {
		unregister_providers(test, s);
		expect_tally(test, &s->clients, bindings, bindings);
		unregister_clients(test, s);
	} else {
		unregister_clients(test, s);
		expect_tally(test, &s->providers, bindings, bindings);
		unregister_providers(test, s);
	}
	expect_tally(test, &s->providers, bindings, bindings);
	expect_tally(test, &s->clients, bindings, bindings);
}

struct nmr_own_npi {
	guid_t id;
	struct nmr_client_characteristics characteristics;
	struct nmr_client *client;
};

static void thousands_of_npis_come_and_go(struct kunit *test)
{
	struct nmr_own_npi *npi;
	struct nmr_tally tally = {};
	int i;

	npi = kunit_kcalloc(test, NMR_SCALE_NPIS, sizeof(*npi), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, npi);
	for (i = 0; i < NMR_SCALE_NPIS; i++) {
		npi[i].id = scale_npi_id;
		npi[i].id.b[0] = i;
		npi[i].id.b[1] = i >> 8;
		npi[i].characteristics = tally_client;
		npi[i].characteristics.instance.npi_id = &npi[i].id;
		KUNIT_ASSERT_EQ(test, 0, nmr_register_client(&npi[i].characteristics, &tally,
							     &npi[i].client));
	}
	for (i = 0; i < NMR_SCALE_NPIS; i++) {
		KUNIT_ASSERT_EQ(test, nmr_deregister_client(npi[i].client), -EINPROGRESS);
		KUNIT_ASSERT_EQ(test, 0,
				nmr_wait_for_client_deregister_complete(npi[i].client));
	}
	expect_tally(test, &tally, 0, 0);
}

/* More than a workqueue runs at a time, on most kernels. */
#define NMR_SCALE_BLOCKED 600

struct nmr_blocked {
	struct nmr_tally tally;
	struct completion opened;
	struct nmr_client *client[NMR_SCALE_BLOCKED];
};

static void blocking_cleanup(void *binding_context)
{
	struct nmr_blocked *blocked = binding_context;

	tally_cleanup(&blocked->tally);
	wait_for_completion(&blocked->opened);
}

static void callbacks_that_block_hold_up_no_others(struct kunit *test)
{
	guid_t other_id = scale_npi_id;
	struct nmr_client_characteristics blocking = tally_client, other = tally_client;
	struct nmr_provider_characteristics others_peer = tally_provider;
	struct nmr_provider *provider, *others_provider;
	struct nmr_tally tally = {}, others = {};
	struct nmr_client *others_client;
	struct nmr_blocked *blocked;
	unsigned long end;
	int i;

	blocked = kunit_kzalloc(test, sizeof(*blocked), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, blocked);
	init_completion(&blocked->opened);
	blocking.cleanup_binding_context = blocking_cleanup;
	other_id.b[0] ^= 0xff;
	other.instance.npi_id = &other_id;
	others_peer.instance.npi_id = &other_id;

	KUNIT_ASSERT_EQ(test, 0, nmr_register_provider(&tally_provider, &tally, &provider));
	KUNIT_ASSERT_EQ(test, 0, nmr_register_provider(&others_peer, &others,
						       &others_provider));
	KUNIT_ASSERT_EQ(test, 0, nmr_register_client(&other, &others, &others_client));
	for (i = 0; i < NMR_SCALE_BLOCKED; i++)
		KUNIT_ASSERT_EQ(test, 0, nmr_register_client(&blocking, blocked,
							     &blocked->client[i]));
	for (i = 0; i < NMR_SCALE_BLOCKED; i++)
		KUNIT_EXPECT_EQ(test, nmr_deregister_client_atomic(blocked->client[i]),
				-EINPROGRESS);
	KUNIT_EXPECT_EQ(test, nmr_deregister_client_atomic(others_client), -EINPROGRESS);

	end = nmr_test_bound();
	while ((atomic_read(&others.cleaned) < 2 ||
		atomic_read(&blocked->tally.cleaned) < NMR_SCALE_BLOCKED) &&
	       time_before(jiffies, end))
		fsleep(1000);
	KUNIT_EXPECT_EQ(test, atomic_read(&others.cleaned), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&blocked->tally.cleaned), NMR_SCALE_BLOCKED);

	complete_all(&blocked->opened);
	for (i = 0; i < NMR_SCALE_BLOCKED; i++)
		KUNIT_EXPECT_EQ(test, 0,
				nmr_wait_for_client_deregister_complete(blocked->client[i]));
	KUNIT_EXPECT_EQ(test, 0, nmr_wait_for_client_deregister_complete(others_client));
	KUNIT_EXPECT_EQ(test, nmr_deregister_provider(provider), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, nmr_deregister_provider(others_provider), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, 0, nmr_wait_for_provider_deregister_complete(provider));
	KUNIT_EXPECT_EQ(test, 0, nmr_wait_for_provider_deregister_complete(others_provider));
}

/*
 * A callback takes the slot of another one, whose memory is freed and reused by a
 * registration that the callback waits for. Memory is reused at once on most kernels.
 */
#define NMR_SCALE_SLOTS 4
#define NMR_SCALE_REUSES (1000 / NMR_SCALE_SHARE)

struct nmr_reuse {
	struct nmr_tally tally;
	struct completion detach;
	struct completion cleanup;
	atomic_t reused;
	struct nmr_binding *binding[NMR_SCALE_SLOTS];
	unsigned int bindings;
	struct nmr_client *first[NMR_SCALE_SLOTS];
	struct nmr_client *second[NMR_SCALE_SLOTS];
};

static int attach_and_keep_binding(struct nmr_binding *binding, void *client_context,
				   const struct npi_registration_instance *provider_instance)
{
	struct nmr_reuse *reuse = client_context;

	reuse->binding[reuse->bindings++] = binding;
	return tally_attach_provider(binding, client_context, provider_instance);
}

static int pending_detach(void *binding_context)
{
	return -EINPROGRESS;
}

static int blocking_detach(void *binding_context)
{
	struct nmr_reuse *reuse = binding_context;

	atomic_inc(&reuse->tally.detached);
	wait_for_completion(&reuse->detach);
	return 0;
}

static void reusing_cleanup(void *binding_context)
{
	guid_t lonely_id = scale_npi_id;
	struct nmr_client_characteristics lonely = tally_client;
	struct nmr_reuse *reuse = binding_context;
	struct nmr_client *client;
	int i;

	lonely_id.b[0] ^= 0xff;
	lonely.instance.npi_id = &lonely_id;
	wait_for_completion(&reuse->cleanup);
	for (i = 0; i < NMR_SCALE_REUSES; i++) {
		if (nmr_register_client(&lonely, reuse, &client))
			return;
		nmr_deregister_client_atomic(client);
		nmr_wait_for_client_deregister_complete(client);
	}
	atomic_inc(&reuse->reused);
}

static void callback_may_wait_for_one_in_the_memory_of_the_last(struct kunit *test)
{
	struct nmr_client_characteristics first = tally_client, second = tally_client;
	struct nmr_tally tally = {};
	struct nmr_provider *provider;
	struct nmr_reuse *reuse;
	int i;

	reuse = kunit_kzalloc(test, sizeof(*reuse), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, reuse);
	init_completion(&reuse->detach);
	init_completion(&reuse->cleanup);
	first.detach_provider = blocking_detach;
	second.attach_provider = attach_and_keep_binding;
	second.detach_provider = pending_detach;
	second.cleanup_binding_context = reusing_cleanup;

	KUNIT_ASSERT_EQ(test, 0, nmr_register_provider(&tally_provider, &tally, &provider));
	for (i = 0; i < NMR_SCALE_SLOTS; i++) {
		KUNIT_ASSERT_EQ(test, 0, nmr_register_client(&second, reuse,
							     &reuse->second[i]));
		KUNIT_ASSERT_EQ(test, nmr_deregister_client(reuse->second[i]), -EINPROGRESS);
		KUNIT_ASSERT_EQ(test, 0, nmr_register_client(&first, reuse, &reuse->first[i]));
	}
	for (i = 0; i < NMR_SCALE_SLOTS; i++)
		KUNIT_EXPECT_EQ(test, nmr_deregister_client_atomic(reuse->first[i]),
				-EINPROGRESS);
	nmr_await_true(test, atomic_read(&reuse->tally.detached) == NMR_SCALE_SLOTS);
	for (i = 0; i < NMR_SCALE_SLOTS; i++)
		KUNIT_EXPECT_EQ(test, 0,
				nmr_client_detach_provider_complete(reuse->binding[i]));
	/* Until they wait, but before threads take them. */
	usleep_range(1000, 2000);
	complete_all(&reuse->detach);
	for (i = 0; i < NMR_SCALE_SLOTS; i++)
		KUNIT_EXPECT_EQ(test, 0,
				nmr_wait_for_client_deregister_complete(reuse->first[i]));
	rcu_barrier();
	complete_all(&reuse->cleanup);
	nmr_await_true(test, atomic_read(&reuse->reused) == NMR_SCALE_SLOTS);

	for (i = 0; i < NMR_SCALE_SLOTS; i++)
		KUNIT_EXPECT_EQ(test, 0,
				nmr_wait_for_client_deregister_complete(reuse->second[i]));
	KUNIT_EXPECT_EQ(test, nmr_deregister_provider(provider), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, 0, nmr_wait_for_provider_deregister_complete(provider));
}

static struct kunit_case scale_cases[] = {
	KUNIT_CASE_PARAM(each_of_many_clients_binds_to_each_provider,
			 nmr_side_gen_params),
	KUNIT_CASE(thousands_of_npis_come_and_go),
	KUNIT_CASE(callbacks_that_block_hold_up_no_others),
	KUNIT_CASE(callback_may_wait_for_one_in_the_memory_of_the_last),
	{}
};

static struct kunit_suite scale_suite = {
	.name = "nmr_scale",
	.init = nmr_test_init,
	.exit = nmr_test_exit,
	.test_cases = scale_cases,
};

kunit_test_suite(scale_suite);
