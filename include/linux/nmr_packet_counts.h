/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packet counts: an NPI whose provider reports what it has seen of packet taps.
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
 * A module that is a client of packet taps provides its counts to any client
 * of this NPI. Where that is the tap's provider, each of the two modules is a
 * provider and a client of the other: with exported symbols, neither could be
 * loaded first and neither could be unloaded.
 *
 * A module that sets npi_registration_instance.module_id uses the same one as
 * client of the packet tap and as provider of its counts, so that a tap can
 * match the counts to its clients.
 *
 * The client offers no functions: its dispatch table is NULL.
 */

#define NMR_PACKET_COUNTS_VERSION 1

#define NMR_PACKET_COUNTS_GUID							\
	GUID_INIT(0x45841430, 0xf982, 0x4c12,					\
		  0xb8, 0x72, 0x8b, 0x20, 0xdd, 0x16, 0x5a, 0xbe)

/* For npi_registration_instance.npi_id of either side. */
static const guid_t nmr_packet_counts_npi_id __maybe_unused = NMR_PACKET_COUNTS_GUID;

/**
 * struct nmr_packet_counts_provider_dispatch - what a client calls
 * @read_seen: read how much the module has seen over its attached bindings to
 *	packet taps, of IP protocol number @protocol, or of every protocol with
 *	%NMR_PACKET_TAP_ALL_PROTOCOLS. Returns 0, or -ENOENT if the module
 *	does not count that protocol separately.
 *	Called in process context, inside an RCU read section; must not sleep.
 */
struct nmr_packet_counts_provider_dispatch {
	int (*read_seen)(void *provider_binding_context, u8 protocol,
			 struct nmr_packet_count *seen);
};

#endif /* _LINUX_NMR_PACKET_COUNTS_H */
