// SPDX-License-Identifier: GPL-2.0

/*++

    A provider: the ledger.

    Its calls into a client are counted under a spin lock of the binding. After
    NOTICES_PER_BINDING notices a binding is closed: the client is not called
    again, and detach complete is said right there, whether or not the detach
    callback has run. That callback always returns STATUS_PENDING; whichever of
    the callback and the last call finds no call in progress says detach
    complete.

--*/

#include <initguid.h>
#include <ntddk.h>
#include <wsk.h>

#include "ledger.h"

#define LEDGER_TAG              'gdeL'
#define LEDGER_NUMBER           90
#define RECORDS_PER_NOTICE      4
#define NOTICES_PER_BINDING     2000

typedef struct _LEDGER_BINDING {
    HANDLE NmrBindingHandle;
    ULONG ClientNumber;
    PVOID ClientBindingContext;
    const LEDGER_CLIENT_DISPATCH *ClientDispatch;

    KSPIN_LOCK Lock;            // guards what follows
    ULONG Calls;                // into the client, in progress
    BOOLEAN Closed;             // no more of them
    BOOLEAN Completed;          // detach complete was said, or is about to be
    ULONG64 Records;
    ULONG64 RecordedBytes;
    ULONG64 Notices;
    ULONG64 NoticedBytes;
} LEDGER_BINDING, *PLEDGER_BINDING;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD LedgerUnload;
NPI_PROVIDER_ATTACH_CLIENT_FN LedgerAttachClient;
NPI_PROVIDER_DETACH_CLIENT_FN LedgerDetachClient;
NPI_PROVIDER_CLEANUP_BINDING_CONTEXT_FN LedgerCleanupBindingContext;
LEDGER_RECORD_FN LedgerRecord;

#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, LedgerUnload, LedgerAttachClient)

static HANDLE LedgerProviderHandle;

static const NPI_MODULEID LedgerModuleId = {
    sizeof(NPI_MODULEID),
    MIT_GUID,
    { 0x5d2f9e04, 0x77b3, 0x4c11, { 0xa0, 0x3e, 0x1b, 0x64, 0xc9, 0x28, 0xd7, 0x55 } }
};

static const LEDGER_PROVIDER_DISPATCH LedgerDispatch = {
    LedgerRecord
};

static const NPI_PROVIDER_CHARACTERISTICS LedgerCharacteristics = {
    0,
    sizeof(NPI_PROVIDER_CHARACTERISTICS),
    LedgerAttachClient,
    LedgerDetachClient,
    LedgerCleanupBindingContext,
    {
        LEDGER_VERSION,
        sizeof(NPI_REGISTRATION_INSTANCE),
        &LEDGER_NPI_ID,
        &LedgerModuleId,
        LEDGER_NUMBER,
        NULL
    }
};

//
// Call with the lock held. On TRUE the caller must say detach complete once it
// has released the lock.
//
static
BOOLEAN
LedgerIsLastCallOver(
    _Inout_ PLEDGER_BINDING Binding
    )
{
    if (!Binding->Closed || Binding->Calls != 0 || Binding->Completed) {
        return FALSE;
    }

    Binding->Completed = TRUE;
    return TRUE;
}

_Use_decl_annotations_
VOID
LedgerRecord(
    PVOID ProviderBindingContext,
    ULONG Bytes
    )
{
    PLEDGER_BINDING Binding = (PLEDGER_BINDING)ProviderBindingContext;
    HANDLE NmrBindingHandle = Binding->NmrBindingHandle;
    BOOLEAN Complete;
    KIRQL OldIrql;

    KeAcquireSpinLock(&Binding->Lock, &OldIrql);
    Binding->Records++;
    Binding->RecordedBytes += Bytes;

    if (Binding->Closed || Binding->Records % RECORDS_PER_NOTICE != 0) {
        KeReleaseSpinLock(&Binding->Lock, OldIrql);
        return;
    }

    Binding->Notices++;
    Binding->NoticedBytes += Bytes;
    Binding->Calls++;
    KeReleaseSpinLock(&Binding->Lock, OldIrql);

    Binding->ClientDispatch->Notice(Binding->ClientBindingContext, Bytes);

    KeAcquireSpinLock(&Binding->Lock, &OldIrql);
    Binding->Calls--;
    if (Binding->Notices >= NOTICES_PER_BINDING) {
        Binding->Closed = TRUE;
    }
    Complete = LedgerIsLastCallOver(Binding);
    KeReleaseSpinLock(&Binding->Lock, OldIrql);

    if (Complete) {
        NmrProviderDetachClientComplete(NmrBindingHandle);
    }
}

_Use_decl_annotations_
NTSTATUS
LedgerAttachClient(
    HANDLE NmrBindingHandle,
    PVOID ProviderContext,
    const NPI_REGISTRATION_INSTANCE *ClientRegistrationInstance,
    PVOID ClientBindingContext,
    const VOID *ClientDispatch,
    PVOID *ProviderBindingContext,
    const VOID **ProviderDispatch
    )
{
    PLEDGER_BINDING Binding;

    PAGED_CODE();
    UNREFERENCED_PARAMETER(ProviderContext);

    if (ClientRegistrationInstance->Version != LEDGER_VERSION || ClientDispatch == NULL) {
        return STATUS_NOINTERFACE;
    }

    Binding = (PLEDGER_BINDING)ExAllocatePool2(
        POOL_FLAG_NON_PAGED,
        sizeof(LEDGER_BINDING),
        LEDGER_TAG
        );
    if (Binding == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    KeInitializeSpinLock(&Binding->Lock);
    Binding->NmrBindingHandle = NmrBindingHandle;
    Binding->ClientNumber = ClientRegistrationInstance->Number;
    Binding->ClientBindingContext = ClientBindingContext;
    Binding->ClientDispatch = ClientDispatch;

    *ProviderBindingContext = Binding;
    *ProviderDispatch = &LedgerDispatch;
    return STATUS_SUCCESS;
}

_Use_decl_annotations_
NTSTATUS
LedgerDetachClient(
    PVOID ProviderBindingContext
    )
{
    PLEDGER_BINDING Binding = (PLEDGER_BINDING)ProviderBindingContext;
    HANDLE NmrBindingHandle = Binding->NmrBindingHandle;
    BOOLEAN Complete;
    KIRQL OldIrql;

    KeAcquireSpinLock(&Binding->Lock, &OldIrql);
    Binding->Closed = TRUE;
    Complete = LedgerIsLastCallOver(Binding);
    KeReleaseSpinLock(&Binding->Lock, OldIrql);

    if (Complete) {
        NmrProviderDetachClientComplete(NmrBindingHandle);
    }

    return STATUS_PENDING;
}

_Use_decl_annotations_
VOID
LedgerCleanupBindingContext(
    PVOID ProviderBindingContext
    )
{
    PLEDGER_BINDING Binding = (PLEDGER_BINDING)ProviderBindingContext;

    ASSERT(Binding->Calls == 0 && Binding->Completed);
    DbgPrint(
        "wdk_ledger: instance %lu: binding to client %lu: delivered packets=%I64u bytes=%I64u\n",
        LEDGER_NUMBER,
        Binding->ClientNumber,
        Binding->Notices,
        Binding->NoticedBytes
        );
    ExFreePoolWithTag(Binding, LEDGER_TAG);
}

_Use_decl_annotations_
VOID
LedgerUnload(
    PDRIVER_OBJECT DriverObject
    )
{
    PAGED_CODE();
    UNREFERENCED_PARAMETER(DriverObject);

    if (NmrDeregisterProvider(LedgerProviderHandle) == STATUS_PENDING) {
        NmrWaitForProviderDeregisterComplete(LedgerProviderHandle);
    }
}

_Use_decl_annotations_
NTSTATUS
DriverEntry(
    PDRIVER_OBJECT DriverObject,
    PUNICODE_STRING RegistryPath
    )
{
    UNREFERENCED_PARAMETER(RegistryPath);

    DriverObject->DriverUnload = LedgerUnload;
    return NmrRegisterProvider(&LedgerCharacteristics, NULL, &LedgerProviderHandle);
}
