/* SPDX-License-Identifier: GPL-2.0 */

/*++

    The ledger NPI: the provider records its clients' entries and sends each
    client a notice after every few of them. Both sides are called at
    DISPATCH_LEVEL or below.

--*/

#pragma once

DEFINE_GUID(LEDGER_NPI_ID,
    0xc7705b3e, 0x12d4, 0x4a86, 0xb8, 0x5f, 0x90, 0x2d, 0x6e, 0x11, 0xfa, 0x43);

#define LEDGER_VERSION 1

typedef VOID LEDGER_RECORD_FN(
    _In_ PVOID ProviderBindingContext,
    _In_ ULONG Bytes
    );

typedef struct _LEDGER_PROVIDER_DISPATCH {
    LEDGER_RECORD_FN *Record;
} LEDGER_PROVIDER_DISPATCH, *PLEDGER_PROVIDER_DISPATCH;

typedef VOID LEDGER_NOTICE_FN(
    _In_ PVOID ClientBindingContext,
    _In_ ULONG Bytes
    );

typedef struct _LEDGER_CLIENT_DISPATCH {
    LEDGER_NOTICE_FN *Notice;
} LEDGER_CLIENT_DISPATCH, *PLEDGER_CLIENT_DISPATCH;
