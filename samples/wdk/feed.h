/* SPDX-License-Identifier: GPL-2.0 */

/*++

    The feed NPI: the provider passes items to its clients, which acknowledge
    some of them. Both sides are called at DISPATCH_LEVEL or below.

--*/

#pragma once

DEFINE_GUID(FEED_NPI_ID,
    0x3f9d2ac1, 0x6b1e, 0x4f0a, 0x91, 0x27, 0x5e, 0x0c, 0xd4, 0x73, 0x8a, 0x16);

#define FEED_VERSION 2

typedef VOID FEED_ACKNOWLEDGE_FN(
    _In_ PVOID ProviderBindingContext,
    _In_ ULONG Items
    );

typedef struct _FEED_PROVIDER_DISPATCH {
    FEED_ACKNOWLEDGE_FN *Acknowledge;
} FEED_PROVIDER_DISPATCH, *PFEED_PROVIDER_DISPATCH;

typedef VOID FEED_ITEM_FN(
    _In_ PVOID ClientBindingContext,
    _In_ ULONG Bytes
    );

typedef struct _FEED_CLIENT_DISPATCH {
    FEED_ITEM_FN *Item;
} FEED_CLIENT_DISPATCH, *PFEED_CLIENT_DISPATCH;
