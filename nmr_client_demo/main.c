// SPDX-License-Identifier: GPL-2.0
/*
 * Shows how a client is written. The module is a client of the packet tap NPI,
 * of every provider there is, and provides the packet counts NPI.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>

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

static int __init client_demo_init(void)
{
	int err;

	err = client_demo_poll_start();
	if (err)
		goto err_poll;

	err = client_demo_taps_register(instances);
	if (err)
		goto err_taps;

	err = client_demo_counts_begin();
	if (err)
		goto err_counts;

	return 0;

err_counts:
	client_demo_taps_deregister();
	client_demo_taps_wait();
err_taps:
	client_demo_poll_stop();
err_poll:
	return err;
}

/*
 * 1. Deregister each registration. That begins the detaching, of all of them
 *    side by side, and does not end it: calls go on in both directions. The
 *    one that can be switched at run time is deregistered and waited for in
 *    one step, if it is on.
 * 2. Wait for each. After that neither the registrar nor a provider calls into
 *    this module or holds a pointer into it, and no binding is left.
 * 3. Only then stop what is one's own, here the polling thread. The detach of
 *    a binding is complete when the thread's last call into the provider has
 *    returned: what the first two steps rely on must outlive them. And before
 *    them another provider could still have attached, whom nobody would poll.
 *    The registrar knows nothing of the thread, so stopping it is left to this
 *    module, and finds it with nothing to call.
 */
static void __exit client_demo_exit(void)
{
	client_demo_taps_deregister();
	client_demo_counts_end();

	client_demo_taps_wait();

	client_demo_poll_stop();
}

module_init(client_demo_init);
module_exit(client_demo_exit);

MODULE_DESCRIPTION("Network Module Registrar: packet tap client demo");
MODULE_LICENSE("GPL");
