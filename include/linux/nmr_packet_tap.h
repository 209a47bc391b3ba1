/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packet tap: an NPI whose provider shows each incoming packet to its clients.
 *
 * The header of an NPI belongs to neither side and third parties include it, so
 * it is here and not with the demos.
 */
#ifndef _LINUX_NMR_PACKET_TAP_H
#define _LINUX_NMR_PACKET_TAP_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <linux/uuid.h>

/**
 * DOC: packet tap
 *
 * The provider sees packets, and calls each attached client for each packet of
 * the protocol that the client has chosen. A client that has just attached has
 * chosen none, so its packet() never runs before it is ready.
 *
 * Each side reads the other's version from its registration instance, and
 * declines a version that it does not know.
 */

#define NMR_PACKET_TAP_VERSION 1

#define NMR_PACKET_TAP_GUID							\
	GUID_INIT(0x8b0cf47d, 0x85f1, 0x4dc2,					\
		  0x9c, 0x53, 0x83, 0xa9, 0x0c, 0x21, 0x59, 0x71)

/* For npi_registration_instance.npi_id of either side. */
static const guid_t nmr_packet_tap_npi_id __maybe_unused = NMR_PACKET_TAP_GUID;

/* Stands for every protocol in place of an IPPROTO_* number. */
#define NMR_PACKET_TAP_ALL_PROTOCOLS 0

struct sk_buff;

/**
 * struct nmr_packet_count - a number of packets and of their bytes
 * @packets: number of packets
 * @bytes: sum of their lengths, IP headers included
 */
struct nmr_packet_count {
	u64 packets;
	u64 bytes;
};

/**
 * struct nmr_packet_tap_provider_dispatch - what a client calls
 * @choose_protocol: from now on, deliver packets of IP protocol number
 *	@protocol, or of every protocol with %NMR_PACKET_TAP_ALL_PROTOCOLS. May
 *	be called any number of times, also from within @attach_provider once
 *	nmr_client_attach_provider() has returned 0. A packet in flight on
 *	another processor may still follow the previous choice.
 *	Called in process context; may sleep.
 * @read_delivered: read how much was delivered over this binding since it
 *	attached, of all protocols. Never decreases.
 *	Called in process context; may sleep.
 */
struct nmr_packet_tap_provider_dispatch {
	void (*choose_protocol)(void *provider_binding_context, u8 protocol);
	void (*read_delivered)(void *provider_binding_context,
			       struct nmr_packet_count *delivered);
};

/**
 * struct nmr_packet_tap_client_dispatch - what the provider calls
 * @packet: a packet was received. @skb->data is at its IPv4 header; the skb is
 *	valid during the call and must not be changed. @bytes is its length,
 *	@protocol its IP protocol number. May be called on several processors
 *	at the same time.
 *	Called in softirq, or in process context with bottom halves off; inside
 *	an RCU read section. Must not sleep.
 */
struct nmr_packet_tap_client_dispatch {
	void (*packet)(void *client_binding_context, const struct sk_buff *skb,
		       u8 protocol, unsigned int bytes);
};

#endif /* _LINUX_NMR_PACKET_TAP_H */
