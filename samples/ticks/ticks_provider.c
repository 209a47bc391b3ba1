// SPDX-License-Identifier: GPL-2.0
/*
 * A provider whose clients call it from timers and threads. It need not keep
 * track of them: the caller waits for its calls in progress, here the client.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/nmr.h>
#include <linux/slab.h>
#include "ticks.h"

struct ticks_binding {
	atomic64_t ticks;
};

static struct nmr_provider *ticks_provider;

static void ticks_tick(void *provider_binding_context)
{
	struct ticks_binding *binding = provider_binding_context;

	atomic64_inc(&binding->ticks);
}

static u64 ticks_total(void *provider_binding_context)
{
	struct ticks_binding *binding = provider_binding_context;

	msleep(100);
	return atomic64_read(&binding->ticks);
}

static const struct ticks_provider_dispatch ticks_dispatch = {
	.tick = ticks_tick,
	.total = ticks_total,
};

static int ticks_attach_client(struct nmr_binding *nmr_binding, void *provider_context,
			       const struct npi_registration_instance *client_instance,
			       void *client_binding_context, const void *client_dispatch,
			       void **provider_binding_context,
			       const void **provider_dispatch)
{
	struct ticks_binding *binding = kzalloc(sizeof(*binding), GFP_KERNEL);

	if (!binding)
		return -ENOMEM;
	*provider_binding_context = binding;
	*provider_dispatch = &ticks_dispatch;
	return 0;
}

/* The provider never calls its clients. Their calls may still be in progress. */
static int ticks_detach_client(void *provider_binding_context)
{
	return 0;
}

/* Both sides are detached: no call into this side is in progress any more. */
static void ticks_cleanup_binding_context(void *provider_binding_context)
{
	struct ticks_binding *binding = provider_binding_context;

	pr_info("%lld ticks\n", atomic64_read(&binding->ticks));
	kfree(binding);
}

static const struct nmr_provider_characteristics ticks_characteristics = {
	.attach_client = ticks_attach_client,
	.detach_client = ticks_detach_client,
	.cleanup_binding_context = ticks_cleanup_binding_context,
	.instance.npi_id = &ticks_npi_id,
};

static int __init ticks_init(void)
{
	return nmr_register_provider(&ticks_characteristics, NULL, &ticks_provider);
}

static void __exit ticks_exit(void)
{
	/* Returns -EINPROGRESS, as the provider is registered. */
	nmr_deregister_provider(ticks_provider);
	nmr_wait_for_provider_deregister_complete(ticks_provider);
}

module_init(ticks_init);
module_exit(ticks_exit);

MODULE_DESCRIPTION("Provider of the ticks NPI");
MODULE_LICENSE("GPL");
