// SPDX-License-Identifier: GPL-2.0
/*
 * The packet taps: providers of the packet tap NPI.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/module.h>
#include <linux/nmr.h>
#include <linux/nmr_packet_tap.h>

#include "binding.h"
#include "tap.h"

/* Once the binding is added, the hook uses it: nothing may fail after that. */
static int tap_attach_client(struct nmr_binding *nmr_binding, void *provider_context,
			     const struct npi_registration_instance *client_instance,
			     void *client_binding_context, const void *client_dispatch,
			     void **provider_binding_context,
			     const void **provider_dispatch)
{
	const struct tap *tap = provider_context;
	struct tap_binding *binding;

	if (client_instance->version != NMR_PACKET_TAP_VERSION)
		return -ENODEV;

	binding = provider_demo_binding_create(nmr_binding);
	if (IS_ERR(binding))
		return PTR_ERR(binding);

	binding->provider_instance = &tap->characteristics.instance;
	binding->client_instance = client_instance;
	binding->client = client_dispatch;
	binding->client_binding_context = client_binding_context;
	*provider_binding_context = binding;
	*provider_dispatch = &provider_demo_dispatch;

	provider_demo_binding_add(binding);
	return 0;
}

/* When the hook has left the client, the registrar calls detach complete. */
static int tap_detach_client(void *provider_binding_context)
{
	struct tap_binding *binding = provider_binding_context;

	return nmr_gate_detach(&binding->calls);
}

static void tap_cleanup_binding_context(void *provider_binding_context)
{
	struct tap_binding *binding = provider_binding_context;
	struct nmr_packet_count delivered;

	provider_demo_binding_remove(binding);

	provider_demo_binding_read_delivered(binding, &delivered);
	pr_info("instance %u: binding to client %u: delivered packets=%llu bytes=%llu\n",
		binding->provider_instance->number, binding->client_instance->number,
		delivered.packets, delivered.bytes);

	provider_demo_binding_free(binding);
}

void provider_demo_tap_init(struct tap *tap, u32 number)
{
	tap->characteristics = (struct nmr_provider_characteristics){
		.attach_client = tap_attach_client,
		.detach_client = tap_detach_client,
		.cleanup_binding_context = tap_cleanup_binding_context,
		.instance = {
			.version = NMR_PACKET_TAP_VERSION,
			.npi_id = &nmr_packet_tap_npi_id,
			.number = number,
		},
	};
}
