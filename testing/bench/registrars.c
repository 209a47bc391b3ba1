// SPDX-License-Identifier: GPL-2.0
/* The list of registrars, and pairs of their providers and clients. */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "bench.h"
#include "registrar.h"

const struct bench_registrar *const bench_registrars[] = {
	&bench_registrar_nmr,
	&bench_registrar_nmr_rundown,
	&bench_registrar_nmr_gate,
	&bench_registrar_component,
	&bench_registrar_auxiliary,
	&bench_registrar_platform,
	NULL
};

static void stop_before(unsigned int i)
{
	while (i--)
		if (bench_registrars[i]->stop)
			bench_registrars[i]->stop();
}

int bench_registrars_start(void)
{
	unsigned int i;
	int err;

	for (i = 0; bench_registrars[i]; i++) {
		err = bench_registrars[i]->start ? bench_registrars[i]->start() : 0;
		if (err) {
			stop_before(i);
			return err;
		}
	}
	return 0;
}

void bench_registrars_stop(void)
{
	stop_before(ARRAY_SIZE(bench_registrars) - 1);
}

int bench_pair_alloc(struct bench_pair *pair, const struct bench_registrar *registrar)
{
	pair->registrar = registrar;
	pair->provider = kzalloc(registrar->provider_size, GFP_KERNEL);
	pair->client = kzalloc(registrar->client_size, GFP_KERNEL);
	if (pair->provider && pair->client)
		return 0;
	bench_pair_free(pair);
	return -ENOMEM;
}

void bench_pair_free(struct bench_pair *pair)
{
	kfree(pair->provider);
	kfree(pair->client);
}

void bench_pair_name(struct bench_pair *pair, u32 npi, u32 number)
{
	memset(pair->provider, 0, pair->registrar->provider_size);
	memset(pair->client, 0, pair->registrar->client_size);
	pair->registrar->name_provider(pair->provider, npi);
	pair->registrar->name_client(pair->client, npi, number);
}

void bench_add_provider(struct bench_pair *pair)
{
	if (pair->registrar->add_provider(pair->provider))
		bench_failed();
}

void bench_add_client(struct bench_pair *pair)
{
	if (pair->registrar->add_client(pair->client))
		bench_failed();
}

void bench_remove_provider(struct bench_pair *pair)
{
	pair->registrar->remove_provider(pair->provider);
}

void bench_remove_client(struct bench_pair *pair)
{
	pair->registrar->remove_client(pair->client);
}
