/* SPDX-License-Identifier: GPL-2.0 */
/* The code of the storm's clients; the modules differ only in their names. */
#ifndef _NMR_STORM_CLIENT_H
#define _NMR_STORM_CLIENT_H

#include "module.h"

static struct nmr_client_characteristics storm_characteristics[STORM_NPIS];
static struct nmr_client *storm_clients[STORM_NPIS];

static int storm_attach_provider(struct nmr_binding *nmr_binding, void *client_context,
				 const struct npi_registration_instance *provider_instance)
{
	struct storm_binding *binding = storm_binding_create();
	const void *provider_dispatch;
	int err;

	if (!binding)
		return -ENOMEM;
	err = nmr_rundown_init_client(&binding->calls, nmr_binding, GFP_KERNEL);
	if (err)
		goto err_rundown;
	err = nmr_client_attach_provider(nmr_binding, binding, &storm_dispatch,
					 &binding->peer_context, &provider_dispatch);
	if (err)
		goto err_attach;
	binding->peer = provider_dispatch;
	storm_binding_start(binding);
	return 0;

err_attach:
	nmr_rundown_destroy(&binding->calls);
err_rundown:
	kfree(binding);
	return err;
}

static int storm_register(unsigned int npi)
{
	storm_characteristics[npi] = (struct nmr_client_characteristics){
		.attach_provider = storm_attach_provider,
		.detach_provider = storm_detach,
		.cleanup_binding_context = storm_cleanup,
		.instance = {
			.npi_id = &storm_npi_ids[npi],
			.number = npi,
		},
	};
	return nmr_register_client(&storm_characteristics[npi], NULL,
				   &storm_clients[npi]);
}

static void storm_deregister(unsigned int npi)
{
	nmr_deregister_client(storm_clients[npi]);
}

static void storm_wait(unsigned int npi)
{
	nmr_wait_for_client_deregister_complete(storm_clients[npi]);
}

#endif /* _NMR_STORM_CLIENT_H */
