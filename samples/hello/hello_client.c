// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/nmr.h>
#include "hello.h"

static struct nmr_client *hello_client;

/* A provider is available: attach to it, and call it. */
static int hello_attach_provider(struct nmr_binding *binding, void *client_context,
				 const struct npi_registration_instance *provider_instance)
{
	const struct hello_provider_dispatch *provider;
	void *provider_binding_context;
	const void *dispatch;
	int err;

	err = nmr_client_attach_provider(binding, NULL, NULL,
					 &provider_binding_context, &dispatch);
	if (err)
		return err;
	provider = dispatch;
	provider->greet(KBUILD_MODNAME);
	return 0;
}

/* The only call was over when hello_attach_provider() returned. */
static int hello_detach_provider(void *client_binding_context)
{
	return 0;
}

static const struct nmr_client_characteristics hello_characteristics = {
	.attach_provider = hello_attach_provider,
	.detach_provider = hello_detach_provider,
	.instance.npi_id = &hello_npi_id,
};

static int __init hello_init(void)
{
	return nmr_register_client(&hello_characteristics, NULL, &hello_client);
}

static void __exit hello_exit(void)
{
	/* The registrar calls the detach callbacks of all bindings. */
	int err = nmr_deregister_client(hello_client);

	/* Once this returns 0, no provider is or will be inside this module. */
	if (err == -EINPROGRESS)
		err = nmr_wait_for_client_deregister_complete(hello_client);
	if (err)
		pr_err("not deregistered: %d\n", err);
}

module_init(hello_init);
module_exit(hello_exit);

MODULE_DESCRIPTION("Client of the hello NPI");
MODULE_LICENSE("GPL");
