/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_CLIENT_DEMO_RECEIVED_H
#define _NMR_CLIENT_DEMO_RECEIVED_H

#include <linux/percpu_counter.h>
#include <linux/types.h>

struct nmr_packet_count;

/* The protocols that are counted separately, and all others together. */
enum received_class {
	RECEIVED_ICMP,
	RECEIVED_TCP,
	RECEIVED_UDP,
	RECEIVED_OTHER,
	RECEIVED_CLASSES
};

/* Counts of what was received over one binding. */
struct received {
	struct {
		struct percpu_counter packets;
		struct percpu_counter bytes;
	} class[RECEIVED_CLASSES];
};

int client_demo_received_init(struct received *received);
void client_demo_received_destroy(struct received *received);

void client_demo_received_add(struct received *received, u8 protocol,
			      unsigned int bytes);
int client_demo_received_read(struct received *received, u8 protocol,
			      struct nmr_packet_count *count);

#endif /* _NMR_CLIENT_DEMO_RECEIVED_H */
