/* SPDX-License-Identifier: GPL-2.0 */
/* The code of the storm's providers; the modules differ only in their names. */
#ifndef _NMR_STORM_PROVIDER_H
#define _NMR_STORM_PROVIDER_H

#include "module.h"

static struct nmr_provider_characteristics storm_characteristics[STORM_NPIS];
static struct nmr_provider *storm_providers[STORM_NPIS];

static int storm_attach_client(struct nmr_binding *nmr_binding, void *provider_context,
			       const struct npi_registration_instance *client_instance,
			       void *client_binding_context, const void *client_dispatch,
			       void **provider_binding_context,
			       const void **provider_dispatch)
{
	struct storm_binding *binding = storm_binding_create();
	int err;

	if (!binding)
		return -ENOMEM;
	/* A gate for one of the NPIs, unless a call has to stay in progress. */
	binding->gated = client_instance->number && !linger_ms;
	err = binding->gated ? nmr_gate_init_provider(&binding->gate, nmr_binding) :
		nmr_rundown_init_provider(&binding->calls, nmr_binding, GFP_KERNEL);
	if (err) {
		kfree(binding);
		return err;
	}
	binding->peer = client_dispatch;
	binding->peer_context = client_binding_context;
	*provider_binding_context = binding;
	*provider_dispatch = &storm_dispatch;
	storm_binding_start(binding);
	return 0;
}

static int storm_register(unsigned int npi)
{
	storm_characteristics[npi] = (struct nmr_provider_characteristics){
		.attach_client = storm_attach_client,
		.detach_client = storm_detach,
		.cleanup_binding_context = storm_cleanup,
		.instance = {
			.npi_id = &storm_npi_ids[npi],
			.number = npi,
		},
	};
	return nmr_register_provider(&storm_characteristics[npi], NULL,
				     &storm_providers[npi]);
}

static void storm_deregister(unsigned int npi)
{
	nmr_deregister_provider(storm_providers[npi]);
}

static void storm_wait(unsigned int npi)
{
	nmr_wait_for_provider_deregister_complete(storm_providers[npi]);
}

#endif /* _NMR_STORM_PROVIDER_H */
