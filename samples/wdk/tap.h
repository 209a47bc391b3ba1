/* SPDX-License-Identifier: GPL-2.0 */

/*++

    The packet tap NPI: its provider shows each incoming packet to its clients.

--*/

#pragma once

DEFINE_GUID(TAP_NPI_ID,
    0x8b0cf47d, 0x85f1, 0x4dc2, 0x9c, 0x53, 0x83, 0xa9, 0x0c, 0x21, 0x59, 0x71);

#define TAP_VERSION         1
#define TAP_ALL_PROTOCOLS   0

typedef struct _TAP_COUNT {
    ULONG64 Packets;
    ULONG64 Bytes;
} TAP_COUNT, *PTAP_COUNT;

typedef VOID TAP_CHOOSE_PROTOCOL_FN(
    _In_ PVOID ProviderBindingContext,
    _In_ UCHAR Protocol
    );

typedef VOID TAP_READ_DELIVERED_FN(
    _In_ PVOID ProviderBindingContext,
    _Out_ PTAP_COUNT Delivered
    );

/* Called at PASSIVE_LEVEL. */
typedef struct _TAP_PROVIDER_DISPATCH {
    TAP_CHOOSE_PROTOCOL_FN *ChooseProtocol;
    TAP_READ_DELIVERED_FN *ReadDelivered;
} TAP_PROVIDER_DISPATCH, *PTAP_PROVIDER_DISPATCH;

typedef VOID TAP_PACKET_FN(
    _In_ PVOID ClientBindingContext,
    _In_ const VOID *Packet,
    _In_ UCHAR Protocol,
    _In_ ULONG Bytes
    );

/* Called at DISPATCH_LEVEL. */
typedef struct _TAP_CLIENT_DISPATCH {
    TAP_PACKET_FN *Packet;
} TAP_CLIENT_DISPATCH, *PTAP_CLIENT_DISPATCH;
