// SPDX-License-Identifier: GPL-2.0
/* The called module, which is the provider. */
#include <linux/module.h>
#include <linux/nmr.h>
#include <linux/notifier.h>

#include "callee.h"

static void callee_call(void)
{
	barrier();
}

static int callee_notified(struct notifier_block *notifier, unsigned long event,
			   void *data)
{
	barrier();
	return NOTIFY_OK;
}

static struct notifier_block callee_notifier = { .notifier_call = callee_notified };

static const struct bench_callee_dispatch callee_dispatch = {
	.call = callee_call,
	.notifier = &callee_notifier,
	.owner = THIS_MODULE,
};

static int callee_attach_client(struct nmr_binding *binding, void *provider_context,
				const struct npi_registration_instance *client_instance,
				void *client_binding_context,
				const void *client_dispatch,
				void **provider_binding_context,
				const void **provider_dispatch)
{
	*provider_dispatch = &callee_dispatch;
	return 0;
}

/* The callee never calls its clients. */
static int callee_detach_client(void *binding_context)
{
	return 0;
}

static const guid_t callee_npi = BENCH_CALLEE_NPI;

static const struct nmr_provider_characteristics callee_characteristics = {
	.attach_client = callee_attach_client,
	.detach_client = callee_detach_client,
	.instance.npi_id = &callee_npi,
};

static struct nmr_provider *callee_provider;

static int __init callee_init(void)
{
	return nmr_register_provider(&callee_characteristics, NULL, &callee_provider);
}

static void __exit callee_exit(void)
{
	nmr_deregister_provider(callee_provider);
	nmr_wait_for_provider_deregister_complete(callee_provider);
}

module_init(callee_init);
module_exit(callee_exit);

MODULE_DESCRIPTION("Network Module Registrar: callee of the benchmarks");
MODULE_LICENSE("GPL");
