/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_CLIENT_DEMO_BINDING_H
#define _NMR_CLIENT_DEMO_BINDING_H

#include <linux/list.h>
#include <linux/nmr_packet_tap.h>
#include <linux/nmr_rundown.h>
#include <linux/types.h>

#include "received.h"

struct nmr_binding;
struct npi_registration_instance;

/*
 * The client's context of one binding. @provider_instance is the provider's
 * memory and valid until cleanup: use it only in a callback of the binding or
 * inside @calls. @provider_calls and @delivered need no lock: attach, the
 * polling thread and cleanup use them one after another.
 */
struct tap_binding {
	struct list_head link;
	struct rcu_head rcu;
	const struct npi_registration_instance *client_instance;
	const struct npi_registration_instance *provider_instance;
	const struct nmr_packet_tap_provider_dispatch *provider;
	void *provider_binding_context;
	struct nmr_rundown calls;
	struct received received;
	u64 provider_calls;
	struct nmr_packet_count delivered;
};

extern const struct nmr_packet_tap_client_dispatch client_demo_dispatch;

struct tap_binding *client_demo_binding_create(struct nmr_binding *nmr_binding);
void client_demo_binding_free(struct tap_binding *binding);

void client_demo_binding_add(struct tap_binding *binding);
void client_demo_binding_remove(struct tap_binding *binding);

void client_demo_binding_choose_protocol(struct tap_binding *binding);
void client_demo_bindings_poll(void);
int client_demo_bindings_read_seen(u8 protocol, struct nmr_packet_count *seen);

#endif /* _NMR_CLIENT_DEMO_BINDING_H */
