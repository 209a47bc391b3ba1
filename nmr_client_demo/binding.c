// SPDX-License-Identifier: GPL-2.0
/*
 * The bindings of the clients: count the packets and call the providers.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/nmr.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "binding.h"

static unsigned int chosen_protocol = NMR_PACKET_TAP_ALL_PROTOCOLS;

static int set_protocol(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 0, U8_MAX);
}

static const struct kernel_param_ops protocol_ops = {
	.set = set_protocol,
	.get = param_get_uint,
};

module_param_cb(protocol, &protocol_ops, &chosen_protocol, 0644);
__MODULE_PARM_TYPE(protocol, "uint");
MODULE_PARM_DESC(protocol, "IP protocol number to see, 1 to 255 (default 0: all)");

/*
 * The bindings of all clients. The lock guards additions and removals; no other
 * lock nests in it. Readers are in RCU read sections and may find a binding
 * after its cleanup, where nmr_rundown_enter() returns false.
 */
static LIST_HEAD(tap_bindings);
static DEFINE_SPINLOCK(tap_bindings_lock);

void client_demo_binding_add(struct tap_binding *binding)
{
	spin_lock(&tap_bindings_lock);
	list_add_tail_rcu(&binding->link, &tap_bindings);
	spin_unlock(&tap_bindings_lock);
}

void client_demo_binding_remove(struct tap_binding *binding)
{
	spin_lock(&tap_bindings_lock);
	list_del_rcu(&binding->link);
	spin_unlock(&tap_bindings_lock);
}

/*
 * Enters the first binding after @entered (the first of all if NULL) that lets
 * it, and exits @entered. Returns NULL at the end of the list.
 *
 * A call into the provider may sleep, so a walk cannot stay in one RCU read
 * section. It goes hand over hand: the entered binding is not cleaned up and so
 * stays on the list, where the next one is found from it.
 */
static struct tap_binding *tap_binding_enter_next(struct tap_binding *entered)
{
	struct tap_binding *binding, *next = NULL;

	rcu_read_lock();
	binding = list_prepare_entry(entered, &tap_bindings, link);
	list_for_each_entry_continue_rcu(binding, &tap_bindings, link) {
		if (nmr_rundown_enter(&binding->calls)) {
			next = binding;
			break;
		}
	}
	rcu_read_unlock();

	if (entered)
		nmr_rundown_exit(&entered->calls);
	return next;
}

void client_demo_binding_choose_protocol(struct tap_binding *binding)
{
	binding->provider->choose_protocol(binding->provider_binding_context,
					   READ_ONCE(chosen_protocol));
	binding->provider_calls++;
}

static void tap_binding_read_delivered(struct tap_binding *binding)
{
	struct nmr_packet_count before = binding->delivered;

	binding->provider->read_delivered(binding->provider_binding_context,
					  &binding->delivered);
	binding->provider_calls++;

	if (binding->delivered.packets < before.packets ||
	    binding->delivered.bytes < before.bytes)
		pr_err_ratelimited("instance %u: provider %u decreased its delivered count\n",
				   binding->client_instance->number,
				   binding->provider_instance->number);
}

/*
 * Calls each provider with no lock held. The protocol is chosen in each round,
 * so that a new value of the parameter takes effect.
 */
void client_demo_bindings_poll(void)
{
	struct tap_binding *binding = NULL;

	while ((binding = tap_binding_enter_next(binding))) {
		client_demo_binding_choose_protocol(binding);
		tap_binding_read_delivered(binding);
	}
}

/*
 * Adds up what was received over the attached bindings. No provider is called,
 * but the rundown also keeps the binding from being cleaned up while it is
 * read.
 */
int client_demo_bindings_read_seen(u8 protocol, struct nmr_packet_count *seen)
{
	struct nmr_packet_count received;
	struct tap_binding *binding;
	int err = 0;

	*seen = (struct nmr_packet_count){};
	rcu_read_lock();
	list_for_each_entry_rcu(binding, &tap_bindings, link) {
		if (!nmr_rundown_enter(&binding->calls))
			continue;
		err = client_demo_received_read(&binding->received, protocol, &received);
		nmr_rundown_exit(&binding->calls);
		if (err)
			break;
		seen->packets += received.packets;
		seen->bytes += received.bytes;
	}
	rcu_read_unlock();
	return err;
}

static void tap_packet(void *client_binding_context, const struct sk_buff *skb,
		       u8 protocol, unsigned int bytes)
{
	struct tap_binding *binding = client_binding_context;

	client_demo_received_add(&binding->received, protocol, bytes);
}

const struct nmr_packet_tap_client_dispatch client_demo_dispatch = {
	.packet = tap_packet,
};

struct tap_binding *client_demo_binding_create(struct nmr_binding *nmr_binding)
{
	struct tap_binding *binding;
	int err = -ENOMEM;

	binding = kzalloc(sizeof(*binding), GFP_KERNEL);
	if (!binding)
		goto err_alloc;

	err = client_demo_received_init(&binding->received);
	if (err)
		goto err_received;

	err = nmr_rundown_init_client(&binding->calls, nmr_binding, GFP_KERNEL);
	if (err)
		goto err_rundown;

	return binding;

err_rundown:
	client_demo_received_destroy(&binding->received);
err_received:
	kfree(binding);
err_alloc:
	return ERR_PTR(err);
}

/*
 * A walk may have found the binding just before it was removed from the list,
 * so the memory is freed after a grace period. module_exit() needs no
 * rcu_barrier() for it: kfree_rcu() runs no code of the module.
 */
void client_demo_binding_free(struct tap_binding *binding)
{
	nmr_rundown_destroy(&binding->calls);
	client_demo_received_destroy(&binding->received);
	kfree_rcu(binding, rcu);
}
