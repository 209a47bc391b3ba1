// SPDX-License-Identifier: GPL-2.0
/*
 * The clients of the packet tap NPI.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/module.h>
#include <linux/nmr.h>
#include <linux/nmr_packet_tap.h>

#include "binding.h"
#include "module_id.h"
#include "tap.h"

/*
 * Every step that may fail comes before the provider attaches: after that, a
 * failing client makes the provider detach again (window 4.10). The provider may
 * be called here without nmr_rundown_enter(), because no detach begins before
 * this returns (window 4.2).
 */
static int tap_attach_provider(struct nmr_binding *nmr_binding, void *client_context,
			       const struct npi_registration_instance *provider_instance)
{
	const struct tap_client *client = client_context;
	struct tap_binding *binding;
	const void *provider_dispatch;
	int err;

	if (provider_instance->version != NMR_PACKET_TAP_VERSION)
		return -ENODEV;

	binding = client_demo_binding_create(nmr_binding);
	if (IS_ERR(binding))
		return PTR_ERR(binding);
	binding->client_instance = &client->characteristics.instance;
	binding->provider_instance = provider_instance;

	err = nmr_client_attach_provider(nmr_binding, binding, &client_demo_dispatch,
					 &binding->provider_binding_context,
					 &provider_dispatch);
	if (err) {
		client_demo_binding_free(binding);
		return err;
	}

	binding->provider = provider_dispatch;
	client_demo_binding_choose_protocol(binding);
	client_demo_binding_add(binding);
	return 0;
}

/*
 * When the polling thread has left the provider, the registrar calls detach
 * complete. Calls into the provider may sleep, which takes a rundown.
 */
static int tap_detach_provider(void *client_binding_context)
{
	struct tap_binding *binding = client_binding_context;

	return nmr_rundown_detach(&binding->calls);
}

static void tap_cleanup_binding_context(void *client_binding_context)
{
	struct tap_binding *binding = client_binding_context;
	struct nmr_packet_count received;

	client_demo_binding_remove(binding);

	client_demo_received_read(&binding->received, NMR_PACKET_TAP_ALL_PROTOCOLS,
				  &received);
	pr_info("instance %u: binding to provider %u: received packets=%llu bytes=%llu calls=%llu\n",
		binding->client_instance->number, binding->provider_instance->number,
		received.packets, received.bytes, binding->provider_calls);

	client_demo_binding_free(binding);
}

void client_demo_tap_init(struct tap_client *client, u32 number)
{
	client->characteristics = (struct nmr_client_characteristics){
		.attach_provider = tap_attach_provider,
		.detach_provider = tap_detach_provider,
		.cleanup_binding_context = tap_cleanup_binding_context,
		.instance = {
			.version = NMR_PACKET_TAP_VERSION,
			.npi_id = &nmr_packet_tap_npi_id,
			.module_id = &client_demo_module_id,
			.number = number,
		},
	};
}
