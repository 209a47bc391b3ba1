/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_PROVIDER_DEMO_BINDING_H
#define _NMR_PROVIDER_DEMO_BINDING_H

#include <linux/list.h>
#include <linux/nmr_gate.h>
#include <linux/percpu_counter.h>
#include <linux/types.h>

struct nmr_binding;
struct nmr_packet_count;
struct nmr_packet_tap_client_dispatch;
struct nmr_packet_tap_provider_dispatch;
struct npi_module_id;
struct npi_registration_instance;
struct sk_buff;

/*
 * The provider's context of one binding. @client_instance is the client's
 * memory and valid until cleanup: use it only in a callback of the binding, or in
 * an RCU read section in which @calls is open.
 */
struct tap_binding {
	struct list_head link;
	struct rcu_head rcu;
	const struct npi_registration_instance *provider_instance;
	const struct npi_registration_instance *client_instance;
	const struct nmr_packet_tap_client_dispatch *client;
	void *client_binding_context;
	struct nmr_gate calls;
	int protocol;
	struct percpu_counter packets;
	struct percpu_counter bytes;
};

extern const struct nmr_packet_tap_provider_dispatch provider_demo_dispatch;

struct tap_binding *provider_demo_binding_create(struct nmr_binding *nmr_binding);
void provider_demo_binding_free(struct tap_binding *binding);

void provider_demo_binding_add(struct tap_binding *binding);
void provider_demo_binding_remove(struct tap_binding *binding);

void provider_demo_binding_read_delivered(struct tap_binding *binding,
					  struct nmr_packet_count *delivered);
void provider_demo_bindings_deliver(const struct sk_buff *skb);
void provider_demo_bindings_read_delivered(const struct npi_module_id *module_id,
					   struct nmr_packet_count *delivered);

#endif /* _NMR_PROVIDER_DEMO_BINDING_H */
