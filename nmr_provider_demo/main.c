// SPDX-License-Identifier: GPL-2.0
/*
 * Shows how a provider is written. The module provides the packet tap NPI on
 * the incoming IPv4 packets of the initial network namespace, and is a client
 * of the packet counts NPI.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/nmr.h>
#include <linux/slab.h>

#include "counts.h"
#include "hook.h"
#include "tap.h"

#define MAX_INSTANCES 256

static unsigned int instances = 1;

static int set_instances(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 1, MAX_INSTANCES);
}

static const struct kernel_param_ops instances_ops = {
	.set = set_instances,
	.get = param_get_uint,
};

module_param_cb(instances, &instances_ops, &instances, 0444);
__MODULE_PARM_TYPE(instances, "uint");
MODULE_PARM_DESC(instances, "packet taps to register, 1 to 256 (default 1)");

static struct tap *taps;
static struct nmr_client *counts_client;

/*
 * The hook comes first: a client may attach, and expect packets, before
 * nmr_register_provider() has returned.
 */
static int __init provider_demo_init(void)
{
	unsigned int i;
	int err;

	taps = kcalloc(instances, sizeof(*taps), GFP_KERNEL);
	if (!taps)
		return -ENOMEM;

	err = provider_demo_hook_register();
	if (err)
		goto err_hook;

	err = nmr_register_client(&provider_demo_counts_characteristics, NULL,
				  &counts_client);
	if (err)
		goto err_counts;

	for (i = 0; i < instances; i++) {
		provider_demo_tap_init(&taps[i], i);
		err = nmr_register_provider(&taps[i].characteristics, &taps[i],
					    &taps[i].provider);
		if (err)
			goto err_taps;
	}

	return 0;

err_taps:
	while (i--) {
		nmr_deregister_provider(taps[i].provider);
		nmr_wait_for_provider_deregister_complete(taps[i].provider);
	}
	nmr_deregister_client(counts_client);
	nmr_wait_for_client_deregister_complete(counts_client);
err_counts:
	provider_demo_hook_unregister();
err_hook:
	kfree(taps);
	return err;
}

/*
 * 1. Deregister each registration. This starts the detach of all bindings,
 *    side by side; calls in both directions are still in flight. The result
 *    needs no test: it is -EINPROGRESS for every live handle, and wait returns
 *    when the deregistration is complete.
 * 2. Wait for each. After that no binding is left, and neither the registrar
 *    nor a client calls into this module or holds a pointer into it.
 * 3. Stop what the bindings relied on: the hook, which owed them packets. It may
 *    still be running, without calling a client. The registrar does not know the
 *    hook, so the module waits for it itself.
 */
static void __exit provider_demo_exit(void)
{
	unsigned int i;

	for (i = 0; i < instances; i++)
		nmr_deregister_provider(taps[i].provider);
	nmr_deregister_client(counts_client);

	for (i = 0; i < instances; i++)
		nmr_wait_for_provider_deregister_complete(taps[i].provider);
	nmr_wait_for_client_deregister_complete(counts_client);

	provider_demo_hook_unregister();
	kfree(taps);
}

module_init(provider_demo_init);
module_exit(provider_demo_exit);

MODULE_DESCRIPTION("Network Module Registrar: packet tap provider demo");
MODULE_LICENSE("GPL");
