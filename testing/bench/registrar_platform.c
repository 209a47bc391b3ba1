// SPDX-License-Identifier: GPL-2.0
/* The platform bus: a provider is a driver, a client a device. */
#include <linux/kernel.h>
#include <linux/platform_device.h>
#include <linux/string.h>

#include "registrar.h"

struct platform_provider {
	struct platform_driver driver;
	char name[24];
};

struct platform_client {
	struct platform_device device;
	char name[24];
	u32 number;
};

static int probe(struct platform_device *device)
{
	return 0;
}

static void name_provider(void *_provider, u32 npi)
{
	struct platform_provider *provider = _provider;

	snprintf(provider->name, sizeof(provider->name), "nmr-bench-%u", npi);
}

static int add_provider(void *_provider)
{
	struct platform_provider *provider = _provider;

	provider->driver = (struct platform_driver) {
		.probe = probe,
		.driver.name = provider->name,
	};
	return platform_driver_register(&provider->driver);
}

static void remove_provider(void *_provider)
{
	struct platform_provider *provider = _provider;

	platform_driver_unregister(&provider->driver);
}

/* The caller frees the memory. */
static void release(struct device *device)
{
}

static void name_client(void *_client, u32 npi, u32 number)
{
	struct platform_client *client = _client;

	snprintf(client->name, sizeof(client->name), "nmr-bench-%u", npi);
	client->number = number;
}

static int add_client(void *_client)
{
	struct platform_client *client = _client;
	int err;

	client->device = (struct platform_device) {
		.name = client->name,
		.id = client->number,
		.dev.release = release,
	};
	err = platform_device_register(&client->device);
	if (err)
		platform_device_put(&client->device);
	return err;
}

static void remove_client(void *_client)
{
	struct platform_client *client = _client;

	platform_device_unregister(&client->device);
}

const struct bench_registrar bench_registrar_platform = {
	.name = "platform bus",
	.most_others = 1000,
	.provider_size = sizeof(struct platform_provider),
	.client_size = sizeof(struct platform_client),
	.client_bytes = sizeof(struct platform_device),
	.name_provider = name_provider,
	.name_client = name_client,
	.add_provider = add_provider,
	.remove_provider = remove_provider,
	.add_client = add_client,
	.remove_client = remove_client,
};
