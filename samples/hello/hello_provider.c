// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/nmr.h>
#include "hello.h"

static struct nmr_provider *hello_provider;

static void hello_greet(const char *name)
{
	pr_info("hello, %s\n", name);
}

static const struct hello_provider_dispatch hello_dispatch = {
	.greet = hello_greet,
};

/* A client asks to attach: hand it the dispatch table. */
static int hello_attach_client(struct nmr_binding *binding, void *provider_context,
			       const struct npi_registration_instance *client_instance,
			       void *client_binding_context, const void *client_dispatch,
			       void **provider_binding_context,
			       const void **provider_dispatch)
{
	*provider_dispatch = &hello_dispatch;
	return 0;
}

/* This module never calls its clients, so it has no call to wait for. */
static int hello_detach_client(void *provider_binding_context)
{
	return 0;
}

static const struct nmr_provider_characteristics hello_characteristics = {
	.attach_client = hello_attach_client,
	.detach_client = hello_detach_client,
	.instance.npi_id = &hello_npi_id,
};

static int __init hello_init(void)
{
	return nmr_register_provider(&hello_characteristics, NULL, &hello_provider);
}

static void __exit hello_exit(void)
{
	/* The registrar calls the detach callbacks of all bindings. */
	int err = nmr_deregister_provider(hello_provider);

	/* Once this returns 0, no client is or will be inside this module. */
	if (err == -EINPROGRESS)
		err = nmr_wait_for_provider_deregister_complete(hello_provider);
	if (err)
		pr_err("not deregistered: %d\n", err);
}

module_init(hello_init);
module_exit(hello_exit);

MODULE_DESCRIPTION("Provider of the hello NPI");
MODULE_LICENSE("GPL");
