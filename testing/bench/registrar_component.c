// SPDX-License-Identifier: GPL-2.0
/*
 * Components of an aggregate device: a provider is the master, a client is its
 * only component.
 */
#include <linux/component.h>
#include <linux/device.h>

#include "registrar.h"

struct component_provider {
	struct device device;
	u32 npi;
};

struct component_client {
	struct device device;
	u32 npi;
};

/* The caller frees the memory. */
static void release(struct device *device)
{
}

static int match_npi(struct device *device, void *npi)
{
	return container_of(device, struct component_client, device)->npi ==
	       (u32)(unsigned long)npi;
}

static int bind_master(struct device *master)
{
	return component_bind_all(master, NULL);
}

static void unbind_master(struct device *master)
{
	component_unbind_all(master, NULL);
}

static const struct component_master_ops master_ops = {
	.bind = bind_master,
	.unbind = unbind_master,
};

static int bind(struct device *device, struct device *master, void *data)
{
	return 0;
}

static void unbind(struct device *device, struct device *master, void *data)
{
}

static const struct component_ops component_ops = {
	.bind = bind,
	.unbind = unbind,
};

static void name_provider(void *_provider, u32 npi)
{
	struct component_provider *provider = _provider;

	provider->npi = npi;
}

/* The match is managed memory of the device and freed with it. */
static int add_provider(void *_provider)
{
	struct component_provider *provider = _provider;
	struct component_match *match = NULL;
	int err;

	provider->device = (struct device) {
		.init_name = "nmr-bench-master",
		.release = release,
	};
	device_initialize(&provider->device);
	component_match_add(&provider->device, &match, match_npi,
			    (void *)(unsigned long)provider->npi);
	err = component_master_add_with_match(&provider->device, &master_ops, match);
	if (err)
		put_device(&provider->device);
	return err;
}

static void remove_provider(void *_provider)
{
	struct component_provider *provider = _provider;

	component_master_del(&provider->device, &master_ops);
	put_device(&provider->device);
}

static void name_client(void *_client, u32 npi, u32 number)
{
	struct component_client *client = _client;

	client->npi = npi;
}

static int add_client(void *_client)
{
	struct component_client *client = _client;
	int err;

	client->device = (struct device) {
		.init_name = "nmr-bench-component",
		.release = release,
	};
	device_initialize(&client->device);
	err = component_add(&client->device, &component_ops);
	if (err)
		put_device(&client->device);
	return err;
}

static void remove_client(void *_client)
{
	struct component_client *client = _client;

	component_del(&client->device, &component_ops);
	put_device(&client->device);
}

const struct bench_registrar bench_registrar_component = {
	.name = "component",
	.one_to_one = true,
	.most_others = 1000,
	.provider_size = sizeof(struct component_provider),
	.client_size = sizeof(struct component_client),
	.client_bytes = sizeof(struct device),
	.name_provider = name_provider,
	.name_client = name_client,
	.add_provider = add_provider,
	.remove_provider = remove_provider,
	.add_client = add_client,
	.remove_client = remove_client,
};
