// SPDX-License-Identifier: GPL-2.0
/*
 * The bindings of the clients: counts the packets, and calls the providers.
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
 * The bindings of all clients. The lock guards adding and removing and nothing
 * nests in it; readers are in RCU read sections, and may find a binding that
 * is past its cleanup: nmr_rundown_enter() tells.
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
 * The first binding after @entered (of all, if NULL) that can be called
 * through, entered; NULL at the end. Leaves @entered.
 *
 * A call into the provider may sleep, so a walk cannot stay in one RCU read
 * section. It goes hand over hand: the binding that it has entered is not
 * cleaned up and so stays on the list, from where the next can be found; and
 * is left when that one is entered.
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
		pr_err_ratelimited("instance %u: provider %u takes back what it delivered\n",
				   binding->client_instance->number,
				   binding->provider_instance->number);
}

/*
 * Calls each provider, with no lock held. The protocol is chosen each time:
 * that is how a new value of the parameter gets to them.
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
 * Adds up what came in over the attached bindings. No call into a provider is
 * made here, but what the rundown keeps from being cleaned up under a call it
 * keeps for this as well.
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
 * A walk may have found the binding just before it left the list, so the
 * memory lasts another grace period. That needs no rcu_barrier() before the
 * module goes: kfree_rcu() runs none of its code.
 */
void client_demo_binding_free(struct tap_binding *binding)
{
	nmr_rundown_destroy(&binding->calls);
	client_demo_received_destroy(&binding->received);
	kfree_rcu(binding, rcu);
}
