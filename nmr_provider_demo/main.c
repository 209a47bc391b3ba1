// SPDX-License-Identifier: GPL-2.0
/*
 * Shows how a provider is written. The module provides the packet tap NPI on
 * the incoming IPv4 packets of the initial network namespace, and is a client
 * of the packet counts NPI.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>

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

/*
 * What the registrations stand on comes first: a client may attach, and expect
 * packets, before provider_demo_taps_register() has returned.
 */
static int __init provider_demo_init(void)
{
	int err;

	err = provider_demo_hook_register();
	if (err)
		goto err_hook;

	err = provider_demo_counts_register();
	if (err)
		goto err_counts;

	err = provider_demo_taps_register(instances);
	if (err)
		goto err_taps;

	return 0;

err_taps:
	provider_demo_counts_deregister();
	provider_demo_counts_wait();
err_counts:
	provider_demo_hook_unregister();
err_hook:
	return err;
}

/*
 * 1. Deregister each registration. That begins the detaching, of all of them
 *    side by side, and does not end it: calls go on in both directions.
 * 2. Wait for each. After that neither the registrar nor a client calls into
 *    this module or holds a pointer into it, and no binding is left.
 * 3. Only then stop what is one's own, here the hook. While clients were
 *    attached they were owed its packets, and the detach of a binding is
 *    complete when the hook's last call into the client has returned: what
 *    the first two steps rely on must outlive them. The registrar knows
 *    nothing of the hook, so waiting for it is left to this module.
 */
static void __exit provider_demo_exit(void)
{
	provider_demo_taps_deregister();
	provider_demo_counts_deregister();

	provider_demo_taps_wait();
	provider_demo_counts_wait();

	provider_demo_hook_unregister();
}

module_init(provider_demo_init);
module_exit(provider_demo_exit);

MODULE_DESCRIPTION("Network Module Registrar: packet tap provider demo");
MODULE_LICENSE("GPL");
