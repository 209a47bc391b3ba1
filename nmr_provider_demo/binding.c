// SPDX-License-Identifier: GPL-2.0
/*
 * The bindings of the packet taps: deliver packets to the clients and count
 * them.
 */
#include <linux/err.h>
#include <linux/ip.h>
#include <linux/nmr.h>
#include <linux/nmr_packet_tap.h>
#include <linux/rculist.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "binding.h"

/* The protocol of a binding whose client has not chosen yet. */
#define NO_PROTOCOL (-1)

/*
 * The bindings of all taps, for the hook. The lock guards additions and
 * removals; no other lock nests in it. Readers are in RCU read sections and may
 * find a binding after its cleanup, where the gate is closed.
 */
static LIST_HEAD(tap_bindings);
static DEFINE_SPINLOCK(tap_bindings_lock);

void provider_demo_binding_add(struct tap_binding *binding)
{
	spin_lock(&tap_bindings_lock);
	list_add_tail_rcu(&binding->link, &tap_bindings);
	spin_unlock(&tap_bindings_lock);
}

void provider_demo_binding_remove(struct tap_binding *binding)
{
	spin_lock(&tap_bindings_lock);
	list_del_rcu(&binding->link);
	spin_unlock(&tap_bindings_lock);
}

static bool tap_binding_wants(const struct tap_binding *binding, u8 protocol)
{
	int chosen = READ_ONCE(binding->protocol);

	return chosen == protocol || chosen == NMR_PACKET_TAP_ALL_PROTOCOLS;
}

/*
 * The packet is counted while the client may be called, so before the binding's
 * cleanup, where the counts of both sides are exactly equal.
 */
static void tap_binding_deliver(struct tap_binding *binding,
				const struct sk_buff *skb, u8 protocol)
{
	if (!nmr_gate_is_open(&binding->calls))
		return;

	percpu_counter_add_local(&binding->packets, 1);
	percpu_counter_add_local(&binding->bytes, skb->len);
	binding->client->packet(binding->client_binding_context, skb, protocol,
				skb->len);
}

/*
 * Called from the hook, in softirq context and inside an RCU read section. A gate
 * is enough, as packet() does not sleep; that section protects each call.
 */
void provider_demo_bindings_deliver(const struct sk_buff *skb)
{
	u8 protocol = ip_hdr(skb)->protocol;
	struct tap_binding *binding;

	list_for_each_entry_rcu(binding, &tap_bindings, link) {
		if (tap_binding_wants(binding, protocol))
			tap_binding_deliver(binding, skb, protocol);
	}
}

void provider_demo_binding_read_delivered(struct tap_binding *binding,
					  struct nmr_packet_count *delivered)
{
	delivered->packets = percpu_counter_sum(&binding->packets);
	delivered->bytes = percpu_counter_sum(&binding->bytes);
}

static void tap_choose_protocol(void *provider_binding_context, u8 protocol)
{
	struct tap_binding *binding = provider_binding_context;

	WRITE_ONCE(binding->protocol, protocol);
}

static void tap_read_delivered(void *provider_binding_context,
			       struct nmr_packet_count *delivered)
{
	provider_demo_binding_read_delivered(provider_binding_context, delivered);
}

const struct nmr_packet_tap_provider_dispatch provider_demo_dispatch = {
	.choose_protocol = tap_choose_protocol,
	.read_delivered = tap_read_delivered,
};

/*
 * Adds up what was delivered to one module's clients over the attached
 * bindings. No client is called, but a binding whose gate is open is not cleaned
 * up before the RCU read section ends.
 */
void provider_demo_bindings_read_delivered(const struct npi_module_id *module_id,
					   struct nmr_packet_count *delivered)
{
	struct nmr_packet_count count;
	struct tap_binding *binding;

	*delivered = (struct nmr_packet_count){};
	rcu_read_lock();
	list_for_each_entry_rcu(binding, &tap_bindings, link) {
		if (!nmr_gate_is_open(&binding->calls) ||
		    !npi_module_id_equal(binding->client_instance->module_id, module_id))
			continue;
		provider_demo_binding_read_delivered(binding, &count);
		delivered->packets += count.packets;
		delivered->bytes += count.bytes;
	}
	rcu_read_unlock();
}

static int tap_binding_init_counters(struct tap_binding *binding)
{
	int err;

	err = percpu_counter_init(&binding->packets, 0, GFP_KERNEL);
	if (err)
		return err;

	err = percpu_counter_init(&binding->bytes, 0, GFP_KERNEL);
	if (err)
		percpu_counter_destroy(&binding->packets);
	return err;
}

static void tap_binding_destroy_counters(struct tap_binding *binding)
{
	percpu_counter_destroy(&binding->packets);
	percpu_counter_destroy(&binding->bytes);
}

struct tap_binding *provider_demo_binding_create(struct nmr_binding *nmr_binding)
{
	struct tap_binding *binding;
	int err = -ENOMEM;

	binding = kzalloc(sizeof(*binding), GFP_KERNEL);
	if (!binding)
		goto err_alloc;

	err = tap_binding_init_counters(binding);
	if (err)
		goto err_counters;

	err = nmr_gate_init_provider(&binding->calls, nmr_binding);
	if (err)
		goto err_gate;

	binding->protocol = NO_PROTOCOL;
	return binding;

err_gate:
	tap_binding_destroy_counters(binding);
err_counters:
	kfree(binding);
err_alloc:
	return ERR_PTR(err);
}

/*
 * The hook may have found the binding just before it was removed from the
 * list, so the memory is freed after a grace period. module_exit() needs no
 * rcu_barrier() for it: kfree_rcu() runs no code of the module.
 */
void provider_demo_binding_free(struct tap_binding *binding)
{
	tap_binding_destroy_counters(binding);
	kfree_rcu(binding, rcu);
}
