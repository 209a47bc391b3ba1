// SPDX-License-Identifier: GPL-2.0
/* Registrations match by the NPI's id alone, and each pair binds once. */
#include "nmr_test.h"

#include <linux/kernel.h>

KUNIT_ARRAY_PARAM(nmr_side, nmr_test_sides, nmr_test_side_desc);

static void different_npis_do_not_match(struct kunit *test)
{
	struct nmr_mock *first = nmr_mock_here(test, "first");
	struct nmr_mock *second = nmr_mock_there(test, "second");

	nmr_mock_set_npi(second, 1);
	nmr_mock_register_ok(first);
	nmr_mock_register_ok(second);

	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, first), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, second), 0);
}

static void every_byte_of_the_id_counts(struct kunit *test)
{
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	struct nmr_mock *client[UUID_SIZE];
	int i;

	for (i = 0; i < UUID_SIZE; i++) {
		client[i] = nmr_mock(test, NMR_CLIENT, "client");
		client[i]->npi_id.b[i] ^= 0x80;
		nmr_mock_register_ok(client[i]);
	}
	nmr_mock_register_ok(provider);

	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, provider), 0);
	for (i = 0; i < UUID_SIZE; i++)
		KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, client[i]), 0);
}

static void same_sides_do_not_match(struct kunit *test)
{
	enum nmr_side side = nmr_test_side(test);
	struct nmr_mock *first = nmr_mock(test, side, "first");
	struct nmr_mock *second = nmr_mock(test, side, "second");

	nmr_mock_register_ok(first);
	nmr_mock_register_ok(second);

	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, first), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACH, second), 0);
}

static void each_provider_pairs_with_each_client_once(struct kunit *test)
{
	struct nmr_mock *provider[4], *client[5];
	int p, c;

	/* In turns, so that each side registers first for some pairs. */
	for (p = 0, c = 0; c < ARRAY_SIZE(client); c++) {
		client[c] = nmr_mock(test, NMR_CLIENT, "client");
		nmr_mock_register_ok(client[c]);
		if (p < ARRAY_SIZE(provider)) {
			provider[p] = nmr_mock(test, NMR_PROVIDER, "provider");
			nmr_mock_register_ok(provider[p++]);
		}
	}
	for (p = 0; p < ARRAY_SIZE(provider); p++)
		for (c = 0; c < ARRAY_SIZE(client); c++)
			KUNIT_EXPECT_EQ(test, nmr_mock_pairs(provider[p], client[c]), 1);

	/* One that deregisters ends only its own bindings. */
	nmr_mock_unregister_ok(provider[0]);
	for (p = 1; p < ARRAY_SIZE(provider); p++)
		KUNIT_EXPECT_EQ(test, atomic_read(&provider[p]->detached), 0);
	for (c = 0; c < ARRAY_SIZE(client); c++)
		KUNIT_EXPECT_EQ(test, atomic_read(&client[c]->detached), 1);
}

static void one_module_may_register_many_times(struct kunit *test)
{
	enum nmr_side side = nmr_test_side(test);
	struct nmr_mock *peer = nmr_mock(test, nmr_other_side(side), "peer");
	struct nmr_mock *many = nmr_mock(test, side, "many");
	void *handle[3];
	int i;

	nmr_mock_register_ok(peer);
	for (i = 0; i < ARRAY_SIZE(handle); i++) {
		nmr_mock_register_ok(many);
		handle[i] = many->handle;
	}
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(many, peer), ARRAY_SIZE(handle));
	KUNIT_EXPECT_PTR_NE(test, handle[0], handle[1]);
	KUNIT_EXPECT_PTR_NE(test, handle[1], handle[2]);

	for (i = 0; i < ARRAY_SIZE(handle); i++) {
		many->handle = handle[i];
		nmr_mock_unregister_ok(many);
		KUNIT_EXPECT_EQ(test, atomic_read(&peer->detached), i + 1);
	}
}

static void one_decliner_does_not_keep_others_from_attaching(struct kunit *test)
{
	enum nmr_side side = nmr_test_side(test);
	struct nmr_mock *self = nmr_mock(test, side, "self");
	struct nmr_mock *peer[3];
	int i;

	for (i = 0; i < ARRAY_SIZE(peer); i++) {
		peer[i] = nmr_mock(test, nmr_other_side(side), "peer");
		nmr_mock_register_ok(peer[i]);
	}
	peer[1]->refuse = -ENODEV;
	nmr_mock_register_ok(self);

	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(self, peer[0]), 1);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(self, peer[1]), 0);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(self, peer[2]), 1);
}

static void each_side_sees_the_others_instance(struct kunit *test)
{
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");

	nmr_mock_instance(provider)->npi_specific_characteristics = test;
	nmr_mock_bind(provider, client);

	/* The structure itself, not a copy. */
	KUNIT_EXPECT_PTR_EQ(test, client->last_instance,
			    (const void *)nmr_mock_instance(provider));
	KUNIT_EXPECT_PTR_EQ(test, provider->last_instance,
			    (const void *)nmr_mock_instance(client));
}

static const struct npi_module_id guid_module_id = {
	.type = NPI_MODULE_ID_GUID,
	.guid = GUID_INIT(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
};

static const struct npi_module_id unknown_module_id = {
	.type = 77,
};

static const struct {
	const char *name;
	u16 version;
	u32 number;
	const struct npi_module_id *module_id;
} identities[] = {
	{ "all zero", 0, 0, NULL },
	{ "all ones", U16_MAX, U32_MAX, &guid_module_id },
	{ "unknown module id", 1, 1, &unknown_module_id },
};

static void version_number_and_module_id_are_not_checked(struct kunit *test)
{
	enum nmr_side side = nmr_test_side(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(identities); i++) {
		struct nmr_mock *odd = nmr_mock(test, side, identities[i].name);
		struct nmr_mock *peer = nmr_mock(test, nmr_other_side(side), "peer");

		nmr_mock_set_npi(odd, i);
		nmr_mock_set_npi(peer, i);
		nmr_mock_instance(odd)->version = identities[i].version;
		nmr_mock_instance(odd)->number = identities[i].number;
		nmr_mock_instance(odd)->module_id = identities[i].module_id;
		nmr_mock_bind(odd, peer);
	}
}

#define NMR_COMINGS 1000

static int register_and_deregister(struct nmr_mock *mock)
{
	int i, err = 0;

	for (i = 0; !err && i < NMR_COMINGS; i++) {
		err = nmr_register_client(&mock->as_client, mock,
					  (struct nmr_client **)&mock->handle);
		if (err)
			break;
		if (nmr_test_deregister(mock->side, mock->handle) != -EINPROGRESS)
			err = -EIO;
		else
			err = nmr_test_wait(mock->side, mock->handle);
	}
	return err;
}

/* The first registration creates the NPI, the last one frees it. */
static void npi_is_created_and_freed_on_two_processors(struct kunit *test)
{
	struct nmr_mock *first = nmr_mock(test, NMR_CLIENT, "first");
	struct nmr_mock *second = nmr_mock(test, NMR_CLIENT, "second");
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	struct nmr_thread *thread[2];

	thread[0] = nmr_test_start(test, register_and_deregister, first);
	thread[1] = nmr_test_start(test, register_and_deregister, second);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread[0]), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread[1]), 0);

	nmr_mock_bind(first, provider);
	KUNIT_EXPECT_EQ(test, nmr_mock_pairs(first, provider), 1);
}

static struct kunit_case matching_cases[] = {
	KUNIT_CASE_PARAM(different_npis_do_not_match, nmr_side_gen_params),
	KUNIT_CASE(every_byte_of_the_id_counts),
	KUNIT_CASE_PARAM(same_sides_do_not_match, nmr_side_gen_params),
	KUNIT_CASE(each_provider_pairs_with_each_client_once),
	KUNIT_CASE_PARAM(one_module_may_register_many_times, nmr_side_gen_params),
	KUNIT_CASE_PARAM(one_decliner_does_not_keep_others_from_attaching,
			 nmr_side_gen_params),
	KUNIT_CASE(each_side_sees_the_others_instance),
	KUNIT_CASE_PARAM(version_number_and_module_id_are_not_checked,
			 nmr_side_gen_params),
	KUNIT_CASE(npi_is_created_and_freed_on_two_processors),
	{}
};

static struct kunit_suite matching_suite = {
	.name = "nmr_matching",
	.init = nmr_test_init,
	.exit = nmr_test_exit,
	.test_cases = matching_cases,
};

kunit_test_suite(matching_suite);
