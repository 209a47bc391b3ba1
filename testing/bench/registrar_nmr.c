// SPDX-License-Identifier: GPL-2.0
/* NMR, without a guard for calls, with a rundown on both sides, and with gates. */
#include <linux/nmr.h>
#include <linux/nmr_gate.h>
#include <linux/nmr_rundown.h>
#include <linux/slab.h>

#include "registrar.h"

/* The NPI's number replaces the beginning of this GUID. */
static const guid_t npi_0 = GUID_INIT(0, 0xb0c9, 0x4b7e, 0x8d, 0x5a,
				      0x13, 0x7e, 0x02, 0xc4, 0x9f, 0x68);

static void npi_guid(guid_t *guid, u32 npi)
{
	*guid = npi_0;
	memcpy(guid, &npi, sizeof(npi));
}

static int attach_client(struct nmr_binding *binding, void *provider_context,
			 const struct npi_registration_instance *client_instance,
			 void *client_binding_context, const void *client_dispatch,
			 void **provider_binding_context, const void **provider_dispatch)
{
	return 0;
}

static int attach_provider(struct nmr_binding *binding, void *client_context,
			   const struct npi_registration_instance *provider_instance)
{
	const void *dispatch;
	void *context;

	return nmr_client_attach_provider(binding, NULL, NULL, &context, &dispatch);
}

static int detach(void *binding_context)
{
	return 0;
}

static void cleanup(void *binding_context)
{
}

struct nmr_bench_provider {
	struct nmr_provider_characteristics characteristics;
	guid_t npi;
	struct nmr_provider *provider;
};

static void name_provider(void *_provider, u32 npi)
{
	struct nmr_bench_provider *provider = _provider;

	npi_guid(&provider->npi, npi);
	provider->characteristics = (struct nmr_provider_characteristics) {
		.attach_client = attach_client,
		.detach_client = detach,
		.cleanup_binding_context = cleanup,
		.instance.npi_id = &provider->npi,
	};
}

static int add_provider(void *_provider)
{
	struct nmr_bench_provider *provider = _provider;

	return nmr_register_provider(&provider->characteristics, NULL, &provider->provider);
}

static void remove_provider(void *_provider)
{
	struct nmr_bench_provider *provider = _provider;

	nmr_deregister_provider(provider->provider);
	nmr_wait_for_provider_deregister_complete(provider->provider);
}

struct nmr_bench_client {
	struct nmr_client_characteristics characteristics;
	guid_t npi;
	struct nmr_client *client;
};

static void name_client(void *_client, u32 npi, u32 number)
{
	struct nmr_bench_client *client = _client;

	npi_guid(&client->npi, npi);
	client->characteristics = (struct nmr_client_characteristics) {
		.attach_provider = attach_provider,
		.detach_provider = detach,
		.cleanup_binding_context = cleanup,
		.instance.npi_id = &client->npi,
		.instance.number = number,
	};
}

static int add_client(void *_client)
{
	struct nmr_bench_client *client = _client;

	return nmr_register_client(&client->characteristics, NULL, &client->client);
}

static void remove_client(void *_client)
{
	struct nmr_bench_client *client = _client;

	nmr_deregister_client(client->client);
	nmr_wait_for_client_deregister_complete(client->client);
}

const struct bench_registrar bench_registrar_nmr = {
	.name = "nmr",
	.most_others = 100000,
	.provider_size = sizeof(struct nmr_bench_provider),
	.client_size = sizeof(struct nmr_bench_client),
	.client_bytes = sizeof(struct nmr_client *),
	.name_provider = name_provider,
	.name_client = name_client,
	.add_provider = add_provider,
	.remove_provider = remove_provider,
	.add_client = add_client,
	.remove_client = remove_client,
};

/*
 * With a rundown, which is each side's binding context.
 */

static int attach_client_rundown(struct nmr_binding *binding, void *provider_context,
				 const struct npi_registration_instance *client_instance,
				 void *client_binding_context, const void *client_dispatch,
				 void **provider_binding_context,
				 const void **provider_dispatch)
{
	struct nmr_rundown *rundown = kmalloc(sizeof(*rundown), GFP_KERNEL);
	int err;

	if (!rundown)
		return -ENOMEM;
	err = nmr_rundown_init_provider(rundown, binding, GFP_KERNEL);
	if (err)
		kfree(rundown);
	else
		*provider_binding_context = rundown;
	return err;
}

static int attach_provider_rundown(struct nmr_binding *binding, void *client_context,
				   const struct npi_registration_instance *provider_instance)
{
	struct nmr_rundown *rundown = kmalloc(sizeof(*rundown), GFP_KERNEL);
	const void *dispatch;
	void *context;
	int err;

	if (!rundown)
		return -ENOMEM;
	err = nmr_rundown_init_client(rundown, binding, GFP_KERNEL);
	if (err)
		goto err_free;
	err = nmr_client_attach_provider(binding, rundown, NULL, &context, &dispatch);
	if (err)
		goto err_destroy;
	return 0;

err_destroy:
	nmr_rundown_destroy(rundown);
err_free:
	kfree(rundown);
	return err;
}

static int detach_rundown(void *rundown)
{
	return nmr_rundown_detach(rundown);
}

static void cleanup_rundown(void *rundown)
{
	nmr_rundown_destroy(rundown);
	kfree(rundown);
}

static void name_provider_rundown(void *_provider, u32 npi)
{
	struct nmr_bench_provider *provider = _provider;

	name_provider(provider, npi);
	provider->characteristics.attach_client = attach_client_rundown;
	provider->characteristics.detach_client = detach_rundown;
	provider->characteristics.cleanup_binding_context = cleanup_rundown;
}

static void name_client_rundown(void *_client, u32 npi, u32 number)
{
	struct nmr_bench_client *client = _client;

	name_client(client, npi, number);
	client->characteristics.attach_provider = attach_provider_rundown;
	client->characteristics.detach_provider = detach_rundown;
	client->characteristics.cleanup_binding_context = cleanup_rundown;
}

const struct bench_registrar bench_registrar_nmr_rundown = {
	.name = "nmr with rundown",
	.most_others = 10000,
	.provider_size = sizeof(struct nmr_bench_provider),
	.client_size = sizeof(struct nmr_bench_client),
	.client_bytes = sizeof(struct nmr_client *),
	.name_provider = name_provider_rundown,
	.name_client = name_client_rundown,
	.add_provider = add_provider,
	.remove_provider = remove_provider,
	.add_client = add_client,
	.remove_client = remove_client,
};

/*
 * With a gate, which is each side's binding context.
 */

static int attach_client_gate(struct nmr_binding *binding, void *provider_context,
			      const struct npi_registration_instance *client_instance,
			      void *client_binding_context, const void *client_dispatch,
			      void **provider_binding_context, const void **provider_dispatch)
{
	struct nmr_gate *gate = kmalloc(sizeof(*gate), GFP_KERNEL);

	if (!gate)
		return -ENOMEM;
	*provider_binding_context = gate;
	return nmr_gate_init_provider(gate, binding);
}

static int attach_provider_gate(struct nmr_binding *binding, void *client_context,
				const struct npi_registration_instance *provider_instance)
{
	struct nmr_gate *gate = kmalloc(sizeof(*gate), GFP_KERNEL);
	const void *dispatch;
	void *context;
	int err;

	if (!gate)
		return -ENOMEM;
	err = nmr_gate_init_client(gate, binding) ?:
	      nmr_client_attach_provider(binding, gate, NULL, &context, &dispatch);
	if (err)
		kfree(gate);
	return err;
}

static int detach_gate(void *gate)
{
	return nmr_gate_detach(gate);
}

static void cleanup_gate(void *gate)
{
	kfree(gate);
}

static void name_provider_gate(void *_provider, u32 npi)
{
	struct nmr_bench_provider *provider = _provider;

	name_provider(provider, npi);
	provider->characteristics.attach_client = attach_client_gate;
	provider->characteristics.detach_client = detach_gate;
	provider->characteristics.cleanup_binding_context = cleanup_gate;
}

static void name_client_gate(void *_client, u32 npi, u32 number)
{
	struct nmr_bench_client *client = _client;

	name_client(client, npi, number);
	client->characteristics.attach_provider = attach_provider_gate;
	client->characteristics.detach_provider = detach_gate;
	client->characteristics.cleanup_binding_context = cleanup_gate;
}

const struct bench_registrar bench_registrar_nmr_gate = {
	.name = "nmr with gates",
	.most_others = 10000,
	.provider_size = sizeof(struct nmr_bench_provider),
	.client_size = sizeof(struct nmr_bench_client),
	.client_bytes = sizeof(struct nmr_client *),
	.name_provider = name_provider_gate,
	.name_client = name_client_gate,
	.add_provider = add_provider,
	.remove_provider = remove_provider,
	.add_client = add_client,
	.remove_client = remove_client,
};
