// SPDX-License-Identifier: GPL-2.0
/*
 * Packets and bytes received over one binding, per protocol. The counters are
 * per CPU, and exact because they are read only by percpu_counter_sum().
 */
#include <linux/errno.h>
#include <linux/in.h>
#include <linux/nmr_packet_tap.h>
#include <linux/string.h>

#include "received.h"

static enum received_class received_class(u8 protocol)
{
	switch (protocol) {
	case IPPROTO_ICMP:
		return RECEIVED_ICMP;
	case IPPROTO_TCP:
		return RECEIVED_TCP;
	case IPPROTO_UDP:
		return RECEIVED_UDP;
	default:
		return RECEIVED_OTHER;
	}
}

int client_demo_received_init(struct received *received)
{
	unsigned int i;
	int err;

	/* percpu_counter_destroy() skips counters that are all zero. */
	memset(received, 0, sizeof(*received));

	for (i = 0; i < RECEIVED_CLASSES; i++) {
		err = percpu_counter_init(&received->class[i].packets, 0, GFP_KERNEL);
		if (err)
			goto err_init;

		err = percpu_counter_init(&received->class[i].bytes, 0, GFP_KERNEL);
		if (err)
			goto err_init;
	}
	return 0;

err_init:
	client_demo_received_destroy(received);
	return err;
}

void client_demo_received_destroy(struct received *received)
{
	unsigned int i;

	for (i = 0; i < RECEIVED_CLASSES; i++) {
		percpu_counter_destroy(&received->class[i].packets);
		percpu_counter_destroy(&received->class[i].bytes);
	}
}

void client_demo_received_add(struct received *received, u8 protocol,
			      unsigned int bytes)
{
	enum received_class class = received_class(protocol);

	percpu_counter_add_local(&received->class[class].packets, 1);
	percpu_counter_add_local(&received->class[class].bytes, bytes);
}

static void add_class(struct received *received, enum received_class class,
		      struct nmr_packet_count *count)
{
	count->packets += percpu_counter_sum(&received->class[class].packets);
	count->bytes += percpu_counter_sum(&received->class[class].bytes);
}

int client_demo_received_read(struct received *received, u8 protocol,
			      struct nmr_packet_count *count)
{
	enum received_class class;

	*count = (struct nmr_packet_count){};

	if (protocol == NMR_PACKET_TAP_ALL_PROTOCOLS) {
		for (class = 0; class < RECEIVED_CLASSES; class++)
			add_class(received, class, count);
		return 0;
	}

	class = received_class(protocol);
	if (class == RECEIVED_OTHER)
		return -ENOENT;
	add_class(received, class, count);
	return 0;
}
