// SPDX-License-Identifier: GPL-2.0
/* The auxiliary bus: a provider is a driver, a client a device. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "registrar.h"

#define NAME "auxiliary bus"

#if IS_ENABLED(CONFIG_AUXILIARY_BUS)

#include <linux/auxiliary_bus.h>
#include <linux/device.h>

struct auxiliary_provider {
	struct auxiliary_driver driver;
	struct auxiliary_device_id ids[2];
	char name[16];
};

struct auxiliary_client {
	struct auxiliary_device device;
	char name[16];
	u32 number;
};

/* The parent of all devices. */
static struct device *parent;

static int start(void)
{
	parent = root_device_register("nmr_bench");
	return PTR_ERR_OR_ZERO(parent);
}

static void stop(void)
{
	root_device_unregister(parent);
}

static int probe(struct auxiliary_device *device, const struct auxiliary_device_id *id)
{
	return 0;
}

static void remove(struct auxiliary_device *device)
{
}

static void name_provider(void *_provider, u32 npi)
{
	struct auxiliary_provider *provider = _provider;

	snprintf(provider->name, sizeof(provider->name), "npi-%u", npi);
	snprintf(provider->ids[0].name, sizeof(provider->ids[0].name), "%s.%s",
		 KBUILD_MODNAME, provider->name);
}

static int add_provider(void *_provider)
{
	struct auxiliary_provider *provider = _provider;

	provider->driver = (struct auxiliary_driver) {
		.name = provider->name,
		.id_table = provider->ids,
		.probe = probe,
		.remove = remove,
	};
	return auxiliary_driver_register(&provider->driver);
}

static void remove_provider(void *_provider)
{
	struct auxiliary_provider *provider = _provider;

	auxiliary_driver_unregister(&provider->driver);
}

/* The caller frees the memory. */
static void release(struct device *device)
{
}

static void name_client(void *_client, u32 npi, u32 number)
{
	struct auxiliary_client *client = _client;

	snprintf(client->name, sizeof(client->name), "npi-%u", npi);
	client->number = number;
}

static int add_client(void *_client)
{
	struct auxiliary_client *client = _client;
	int err;

	client->device = (struct auxiliary_device) {
		.name = client->name,
		.id = client->number,
		.dev.parent = parent,
		.dev.release = release,
	};
	err = auxiliary_device_init(&client->device);
	if (err)
		return err;
	err = auxiliary_device_add(&client->device);
	if (err)
		auxiliary_device_uninit(&client->device);
	return err;
}

static void remove_client(void *_client)
{
	struct auxiliary_client *client = _client;

	auxiliary_device_delete(&client->device);
	auxiliary_device_uninit(&client->device);
}

const struct bench_registrar bench_registrar_auxiliary = {
	.name = NAME,
	.most_others = 10000,
	.provider_size = sizeof(struct auxiliary_provider),
	.client_size = sizeof(struct auxiliary_client),
	.client_bytes = sizeof(struct auxiliary_device),
	.start = start,
	.stop = stop,
	.name_provider = name_provider,
	.name_client = name_client,
	.add_provider = add_provider,
	.remove_provider = remove_provider,
	.add_client = add_client,
	.remove_client = remove_client,
};

#else

const struct bench_registrar bench_registrar_auxiliary = {
	.name = NAME,
	.lacks = "no CONFIG_AUXILIARY_BUS",
};

#endif
