// SPDX-License-Identifier: GPL-2.0
/*
 * A client of packet taps as a third party would write it, out of this tree:
 * counts the pings that each provider delivers.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/in.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/nmr.h>
#include <linux/nmr_packet_tap.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

/* The module has only one client, so any number will do. */
#define THIRD_NUMBER 3

static unsigned int detach_ms;
module_param(detach_ms, uint, 0644);
MODULE_PARM_DESC(detach_ms, "milliseconds that a detach stays pending (default 0)");

struct third_binding {
	struct nmr_binding *binding;
	struct delayed_work detached;
	u32 provider_number;
	atomic64_t packets;
	atomic64_t bytes;
};

static struct nmr_client *third_client;
static struct workqueue_struct *third_queue;

static void third_packet(void *client_binding_context, const struct sk_buff *skb,
			 u8 protocol, unsigned int bytes)
{
	struct third_binding *third = client_binding_context;

	atomic64_inc(&third->packets);
	atomic64_add(bytes, &third->bytes);
}

static const struct nmr_packet_tap_client_dispatch third_dispatch = {
	.packet = third_packet,
};

static void third_detached(struct work_struct *work)
{
	struct third_binding *third =
		container_of(to_delayed_work(work), struct third_binding, detached);

	/* Cleanup may free @third from here on. */
	nmr_client_detach_provider_complete(third->binding);
}

static int third_attach_provider(struct nmr_binding *binding, void *client_context,
				 const struct npi_registration_instance *provider_instance)
{
	const struct nmr_packet_tap_provider_dispatch *tap;
	struct third_binding *third;
	const void *dispatch;
	void *tap_context;
	int err;

	if (provider_instance->version != NMR_PACKET_TAP_VERSION)
		return -ENODEV;

	third = kzalloc(sizeof(*third), GFP_KERNEL);
	if (!third)
		return -ENOMEM;
	third->binding = binding;
	INIT_DELAYED_WORK(&third->detached, third_detached);
	third->provider_number = provider_instance->number;

	err = nmr_client_attach_provider(binding, third, &third_dispatch,
					 &tap_context, &dispatch);
	if (err) {
		kfree(third);
		return err;
	}
	tap = dispatch;
	tap->choose_protocol(tap_context, IPPROTO_ICMP);
	pr_info("instance %u: bound to provider %u\n", THIRD_NUMBER,
		third->provider_number);
	return 0;
}

/*
 * The provider is called only during attach, so no call can be in flight here.
 * detach_ms delays the detach for its own sake.
 */
static int third_detach_provider(void *client_binding_context)
{
	struct third_binding *third = client_binding_context;
	unsigned int delay = READ_ONCE(detach_ms);

	if (!delay)
		return 0;
	queue_delayed_work(third_queue, &third->detached, msecs_to_jiffies(delay));
	return -EINPROGRESS;
}

static void third_cleanup_binding_context(void *client_binding_context)
{
	struct third_binding *third = client_binding_context;

	pr_info("instance %u: binding to provider %u: received packets=%lld bytes=%lld\n",
		THIRD_NUMBER, third->provider_number,
		atomic64_read(&third->packets), atomic64_read(&third->bytes));
	kfree(third);
}

static const struct nmr_client_characteristics third_characteristics = {
	.attach_provider = third_attach_provider,
	.detach_provider = third_detach_provider,
	.cleanup_binding_context = third_cleanup_binding_context,
	.instance = {
		.version = NMR_PACKET_TAP_VERSION,
		.npi_id = &nmr_packet_tap_npi_id,
		.number = THIRD_NUMBER,
	},
};

static int __init third_init(void)
{
	int err;

	third_queue = alloc_workqueue("third_module", 0, 0);
	if (!third_queue)
		return -ENOMEM;
	err = nmr_register_client(&third_characteristics, NULL, &third_client);
	if (err)
		destroy_workqueue(third_queue);
	return err;
}

/* The work that says detach complete may not have returned yet. */
static void __exit third_exit(void)
{
	nmr_deregister_client(third_client);
	nmr_wait_for_client_deregister_complete(third_client);
	destroy_workqueue(third_queue);
}

module_init(third_init);
module_exit(third_exit);

MODULE_DESCRIPTION("Packet tap client, built out of the registrar's tree");
MODULE_LICENSE("GPL");
