/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packet counts: an NPI whose provider tells what it has seen of a packet tap.
 */
#ifndef _LINUX_NMR_PACKET_COUNTS_H
#define _LINUX_NMR_PACKET_COUNTS_H

#include <linux/compiler.h>
#include <linux/nmr_packet_tap.h>
#include <linux/types.h>
#include <linux/uuid.h>

/**
 * DOC: packet counts
 *
 * A module that is a client of packet taps provides its counts to whoever
 * wants to know. Where the tap's provider is a client here, each of the two
 * modules provides to the other and uses the other: with symbols neither could
 * be loaded first, and neither be unloaded.
 *
 * A module that sets npi_registration_instance.module_id sets the same one as
 * client of the packet tap and as provider of its counts, so that a tap knows
 * whose counts are whose.
 *
 * The client offers no functions: its dispatch is NULL.
 */

#define NMR_PACKET_COUNTS_VERSION 1

#define NMR_PACKET_COUNTS_GUID							\
	GUID_INIT(0x45841430, 0xf982, 0x4c12,					\
		  0xb8, 0x72, 0x8b, 0x20, 0xdd, 0x16, 0x5a, 0xbe)

/* What npi_registration_instance.npi_id of either side points to. */
static const guid_t nmr_packet_counts_npi_id __maybe_unused = NMR_PACKET_COUNTS_GUID;

/**
 * struct nmr_packet_counts_provider_dispatch - what a client calls
 * @read_seen: how much of IP protocol number @protocol, or of all with
 *	%NMR_PACKET_TAP_ALL_PROTOCOLS, the module has seen over its bindings to
 *	packet taps that are attached now. Returns 0, or -ENOENT if the module
 *	does not count that protocol by itself.
 *	Called in process context, inside an RCU read section; must not sleep.
 */
struct nmr_packet_counts_provider_dispatch {
	int (*read_seen)(void *provider_binding_context, u8 protocol,
			 struct nmr_packet_count *seen);
};

#endif /* _LINUX_NMR_PACKET_COUNTS_H */
