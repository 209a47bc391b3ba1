// SPDX-License-Identifier: GPL-2.0
/*
 * Shows how a client is written. The module is a client of every provider of
 * the packet tap NPI, and provides the packet counts NPI.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/nmr.h>
#include <linux/slab.h>

#include "counts.h"
#include "poll.h"
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
MODULE_PARM_DESC(instances, "packet tap clients to register, 1 to 256 (default 1)");

static struct tap_client *tap_clients;

static int __init client_demo_init(void)
{
	unsigned int i;
	int err;

	tap_clients = kcalloc(instances, sizeof(*tap_clients), GFP_KERNEL);
	if (!tap_clients)
		return -ENOMEM;

	err = client_demo_poll_start();
	if (err)
		goto err_poll;

	for (i = 0; i < instances; i++) {
		client_demo_tap_init(&tap_clients[i], i);
		err = nmr_register_client(&tap_clients[i].characteristics,
					  &tap_clients[i], &tap_clients[i].client);
		if (err)
			goto err_register;
	}

	err = client_demo_counts_begin();
	if (err)
		goto err_register;

	return 0;

err_register:
	while (i--) {
		nmr_deregister_client(tap_clients[i].client);
		nmr_wait_for_client_deregister_complete(tap_clients[i].client);
	}
	client_demo_poll_stop();
err_poll:
	kfree(tap_clients);
	return err;
}

/*
 * 1. Deregister each registration; the packet counts only if they are switched
 *    on. This starts the detach of all bindings, side by side; calls in both
 *    directions are still in flight. The result needs no test: it is
 *    -EINPROGRESS for every live handle, and wait returns when the deregistration
 *    is complete.
 * 2. Wait for each. After that no binding is left, and neither the registrar
 *    nor a provider calls into this module or holds a pointer into it.
 * 3. Stop what the bindings relied on: the polling thread, whose last call into
 *    a provider may complete that binding's detach. Stopped earlier, it would not
 *    poll a provider that attaches before step 1. The registrar does not know
 *    the thread, so the module stops it itself.
 */
static void __exit client_demo_exit(void)
{
	struct nmr_provider *counts = client_demo_counts_end();
	unsigned int i;

	for (i = 0; i < instances; i++)
		nmr_deregister_client(tap_clients[i].client);
	if (counts)
		nmr_deregister_provider(counts);

	for (i = 0; i < instances; i++)
		nmr_wait_for_client_deregister_complete(tap_clients[i].client);
	if (counts)
		nmr_wait_for_provider_deregister_complete(counts);

	client_demo_poll_stop();
	kfree(tap_clients);
}

module_init(client_demo_init);
module_exit(client_demo_exit);

MODULE_DESCRIPTION("Network Module Registrar: packet tap client demo");
MODULE_LICENSE("GPL");
