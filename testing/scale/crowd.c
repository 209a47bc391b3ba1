// SPDX-License-Identifier: GPL-2.0
/*
 * A crowd of clients that stays while others register and deregister, or that is
 * unloaded without deregistering or without waiting.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/nmr.h>
#include <linux/slab.h>
#include <linux/uuid.h>

static unsigned int count;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "number of clients (default 0)");

static bool forget_deregister;
module_param(forget_deregister, bool, 0444);
MODULE_PARM_DESC(forget_deregister, "unload without deregistering (default N)");

static bool forget_wait;
module_param(forget_wait, bool, 0444);
MODULE_PARM_DESC(forget_wait, "unload without waiting (default N)");

/* An NPI without a provider. */
static const guid_t crowd_npi_id =
	GUID_INIT(0xc407d000, 0x5ca1, 0x4e11, 0x9d, 0x3f, 0x64, 0xb0, 0x17, 0xe8, 0x52, 0xc6);

static struct nmr_client **crowd;

static int crowd_attach_provider(struct nmr_binding *binding, void *client_context,
				 const struct npi_registration_instance *provider_instance)
{
	return -ENODEV;
}

static int crowd_detach_provider(void *client_binding_context)
{
	return 0;
}

static const struct nmr_client_characteristics crowd_characteristics = {
	.attach_provider = crowd_attach_provider,
	.detach_provider = crowd_detach_provider,
	.instance.npi_id = &crowd_npi_id,
};

/* Deregisters the first @registered clients, unless told to forget. */
static void crowd_leave(unsigned int registered)
{
	unsigned int i;

	for (i = 0; i < registered && !forget_deregister; i++)
		nmr_deregister_client(crowd[i]);
	for (i = 0; i < registered && !forget_deregister && !forget_wait; i++)
		nmr_wait_for_client_deregister_complete(crowd[i]);
	kvfree(crowd);
}

static int __init crowd_init(void)
{
	unsigned int i;
	int err;

	if (!count)
		return 0;
	crowd = kvcalloc(count, sizeof(*crowd), GFP_KERNEL);
	if (!crowd)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		err = nmr_register_client(&crowd_characteristics, NULL, &crowd[i]);
		if (err) {
			crowd_leave(i);
			return err;
		}
	}
	return 0;
}

static void __exit crowd_exit(void)
{
	crowd_leave(count);
}

module_init(crowd_init);
module_exit(crowd_exit);

MODULE_DESCRIPTION("Network Module Registrar: scale test, crowd");
MODULE_LICENSE("GPL");
