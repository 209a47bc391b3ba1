/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packet counts: an NPI whose provider reports how many packets it has seen.
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
 * A client of packet taps provides its packet counts. If the tap's provider is
 * a client of this NPI, each of the two modules uses the other: with exported
 * symbols neither could be loaded first, or unloaded.
 *
 * A module that sets npi_registration_instance.module_id sets the same one as
 * client of the packet tap and as provider of its counts, so that a tap can
 * match the two.
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
 * @read_seen: read how much of IP protocol number @protocol, or of all with
 *	%NMR_PACKET_TAP_ALL_PROTOCOLS, the module has seen over its currently
 *	attached bindings to packet taps. Returns 0, or -ENOENT if the module
 *	has no separate count of that protocol.
 *	Called in process context, inside an RCU read section; must not sleep.
 */
struct nmr_packet_counts_provider_dispatch {
	int (*read_seen)(void *provider_binding_context, u8 protocol,
			 struct nmr_packet_count *seen);
};

#endif /* _LINUX_NMR_PACKET_COUNTS_H */
