// SPDX-License-Identifier: GPL-2.0
/*
 * Registrations with evenly spaced handles: with n declining clients of an NPI,
 * each provider that registers takes a handle for itself and one for each of n
 * bindings, which end before register returns. No spacing may make register fail
 * (contract, section 2).
 */
#include <linux/mm.h>
#include <linux/nmr.h>
#include <linux/slab.h>

#include "npi.h"
#include "report.h"
#include "strides.h"

/* Further failing strides are only counted. */
#define STRIDES_REPORTED 8

static int stride_attach_provider(struct nmr_binding *binding, void *client_context,
				  const struct npi_registration_instance *provider_instance)
{
	return -ENODEV;
}

/* Never called, since every client declines. */
static int stride_attach_client(struct nmr_binding *binding, void *provider_context,
				const struct npi_registration_instance *client_instance,
				void *client_binding_context, const void *client_dispatch,
				void **provider_binding_context,
				const void **provider_dispatch)
{
	return -EIO;
}

static int stride_detach(void *binding_context)
{
	return 0;
}

static guid_t stride_npi_id;

static const struct nmr_client_characteristics stride_client = {
	.attach_provider = stride_attach_provider,
	.detach_provider = stride_detach,
	.instance.npi_id = &stride_npi_id,
};

static const struct nmr_provider_characteristics stride_provider = {
	.attach_client = stride_attach_client,
	.detach_client = stride_detach,
	.instance.npi_id = &stride_npi_id,
};

struct strides {
	struct nmr_client **clients;
	struct nmr_provider **providers;
	unsigned int registered;
	unsigned int failed;
	unsigned int strides_failed;
};

/* Returns the number of registered clients, which is @wanted unless one fails. */
static unsigned int stride_register_clients(struct strides *strides, unsigned int wanted)
{
	unsigned int count;

	for (count = 0; count < wanted; count++)
		if (nmr_register_client(&stride_client, NULL, &strides->clients[count]))
			break;
	strides->failed += count < wanted;
	return count;
}

/* A provider that fails to register is skipped and stays NULL. */
static void stride_register_providers(struct strides *strides, unsigned int stride,
				      unsigned int count)
{
	unsigned int i, failed = 0, first = 0;

	for (i = 0; i < count; i++) {
		if (!nmr_register_provider(&stride_provider, NULL, &strides->providers[i]))
			continue;
		if (!failed++)
			first = i + 1;
	}
	strides->registered += count - failed;
	strides->failed += failed;
	if (failed && strides->strides_failed++ < STRIDES_REPORTED)
		scale_report("%u clients and %u providers: %u fail, number %u first\n", stride,
			     count, failed, first);
}

static void stride_deregister(struct strides *strides, unsigned int clients,
			      unsigned int providers)
{
	unsigned int i;

	for (i = 0; i < providers; i++)
		if (strides->providers[i])
			nmr_deregister_provider(strides->providers[i]);
	for (i = 0; i < clients; i++)
		nmr_deregister_client(strides->clients[i]);
	for (i = 0; i < providers; i++)
		if (strides->providers[i])
			nmr_wait_for_provider_deregister_complete(strides->providers[i]);
	for (i = 0; i < clients; i++)
		nmr_wait_for_client_deregister_complete(strides->clients[i]);
}

/* strides FIRST LAST HANDLES: each stride in that range, with HANDLES handles */
int scale_strides(const unsigned int *numbers)
{
	unsigned int first = numbers[0], last = numbers[1], handles = numbers[2];
	struct strides strides = {};
	unsigned int stride;

	if (!first || last < first)
		return -EINVAL;
	strides.clients = kvcalloc(last, sizeof(*strides.clients), GFP_KERNEL);
	strides.providers = kvcalloc(handles / (first + 1), sizeof(*strides.providers),
				     GFP_KERNEL);
	if (!strides.clients || !strides.providers) {
		strides.failed = 1;
		goto out;
	}
	stride_npi_id = scale_npi_id(SCALE_NPI_STRIDES);
	for (stride = first; stride <= last; stride++) {
		unsigned int providers = handles / (stride + 1);
		unsigned int clients = stride_register_clients(&strides, stride);

		stride_register_providers(&strides, stride, providers);
		stride_deregister(&strides, clients, providers);
	}
	scale_report("%u to %u declining clients: %u registrations, %u failed, of %u strides\n",
		     first, last, strides.registered, strides.failed,
		     strides.strides_failed);
out:
	kvfree(strides.clients);
	kvfree(strides.providers);
	return strides.failed ? -EIO : 0;
}
