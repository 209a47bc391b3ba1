// SPDX-License-Identifier: GPL-2.0

/*++

    A client of two NPIs: receives items from feeds and has each recorded in
    every ledger.

    The calls into the providers of both NPIs are counted under one spin lock of
    the driver.

--*/

#define INITGUID
#include <wdm.h>
#include <netioddk.h>

#include "feed.h"
#include "ledger.h"

#define LISTENER_TAG                'tsiL'
#define LISTENER_FEED_NUMBER        80
#define LISTENER_LEDGER_NUMBER      81
#define ITEMS_PER_ACKNOWLEDGEMENT   8

//
// A binding of either NPI.
//
typedef struct _LISTENER_BINDING
{
    LIST_ENTRY  Link;               // of ListenerLedgers, or unused
    HANDLE      NmrBindingHandle;
    ULONG       ProviderNumber;
    PVOID       ProviderBindingContext;
    union
    {
        CONST FEED_PROVIDER_DISPATCH    *Feed;
        CONST LEDGER_PROVIDER_DISPATCH  *Ledger;
    };

    // Counts of the provider's calls.
    LONG64 volatile Received;
    LONG64 volatile Bytes;

    // Guarded by ListenerLock.
    ULONG       Calls;
    BOOLEAN     Detaching;
} LISTENER_BINDING, *PLISTENER_BINDING;

DRIVER_INITIALIZE   DriverEntry;
DRIVER_UNLOAD       ListenerUnload;

NTSTATUS ListenerFeedAttach(IN HANDLE, IN PVOID, IN CONST NPI_REGISTRATION_INSTANCE *);
NTSTATUS ListenerFeedDetach(IN PVOID);
VOID ListenerFeedCleanup(IN PVOID);
VOID ListenerItem(IN PVOID, IN ULONG);

NTSTATUS ListenerLedgerAttach(IN HANDLE, IN PVOID, IN CONST NPI_REGISTRATION_INSTANCE *);
NTSTATUS ListenerLedgerDetach(IN PVOID);
VOID ListenerLedgerCleanup(IN PVOID);
VOID ListenerNotice(IN PVOID, IN ULONG);

HANDLE      ListenerFeedHandle;
HANDLE      ListenerLedgerHandle;
KSPIN_LOCK  ListenerLock;
LIST_ENTRY  ListenerLedgers;

CONST FEED_CLIENT_DISPATCH ListenerFeedDispatch = { ListenerItem };
CONST LEDGER_CLIENT_DISPATCH ListenerLedgerDispatch = { ListenerNotice };

NPI_MODULEID ListenerModuleId =
{
    sizeof(NPI_MODULEID),
    MIT_IF_LUID
};

CONST NPI_CLIENT_CHARACTERISTICS ListenerFeedCharacteristics =
{
    1,
    sizeof(NPI_CLIENT_CHARACTERISTICS),
    ListenerFeedAttach,
    ListenerFeedDetach,
    ListenerFeedCleanup,
    {
        FEED_VERSION,
        sizeof(NPI_REGISTRATION_INSTANCE),
        &FEED_NPI_ID,
        &ListenerModuleId,
        LISTENER_FEED_NUMBER
    }
};

CONST NPI_CLIENT_CHARACTERISTICS ListenerLedgerCharacteristics =
{
    1,
    sizeof(NPI_CLIENT_CHARACTERISTICS),
    ListenerLedgerAttach,
    ListenerLedgerDetach,
    ListenerLedgerCleanup,
    {
        LEDGER_VERSION,
        sizeof(NPI_REGISTRATION_INSTANCE),
        &LEDGER_NPI_ID,
        &ListenerModuleId,
        LISTENER_LEDGER_NUMBER
    }
};

static
BOOLEAN
ListenerEnter(
    IN OUT PLISTENER_BINDING Binding
    )
{
    BOOLEAN Entered = FALSE;
    KIRQL OldIrql;

    KeAcquireSpinLock(&ListenerLock, &OldIrql);
    if (!Binding->Detaching)
    {
        ++Binding->Calls;
        Entered = TRUE;
    }
    KeReleaseSpinLock(&ListenerLock, OldIrql);
    return Entered;
}

static
PLISTENER_BINDING
ListenerEnterNextLedger(
    IN PLISTENER_BINDING Entered OPTIONAL
    )
{
    PLIST_ENTRY current;
    PLISTENER_BINDING Next = NULL;
    KIRQL OldIrql;

    KeAcquireSpinLock(&ListenerLock, &OldIrql);
    current = Entered ? Entered->Link.Flink : ListenerLedgers.Flink;
    while (current != &ListenerLedgers && Next == NULL)
    {
        PLISTENER_BINDING Binding = CONTAINING_RECORD(current, LISTENER_BINDING, Link);

        if (!Binding->Detaching)
        {
            ++Binding->Calls;
            Next = Binding;
        }
        current = current->Flink;
    }
    KeReleaseSpinLock(&ListenerLock, OldIrql);
    return Next;
}

static
VOID
ListenerLeave(
    IN OUT PLISTENER_BINDING Binding
    )
{
    HANDLE NmrBindingHandle = Binding->NmrBindingHandle;
    BOOLEAN Complete;
    KIRQL OldIrql;

    KeAcquireSpinLock(&ListenerLock, &OldIrql);
    Complete = --Binding->Calls == 0 && Binding->Detaching;
    KeReleaseSpinLock(&ListenerLock, OldIrql);

    if (Complete)
    {
        NmrClientDetachProviderComplete(NmrBindingHandle);
    }
}

static
NTSTATUS
ListenerDetach(
    IN OUT PLISTENER_BINDING Binding
    )
{
    NTSTATUS Status = STATUS_SUCCESS;
    KIRQL OldIrql;

    KeAcquireSpinLock(&ListenerLock, &OldIrql);
    Binding->Detaching = TRUE;
    if (Binding->Calls)
    {
        Status = STATUS_PENDING;
    }
    KeReleaseSpinLock(&ListenerLock, OldIrql);
    return Status;
}

static
NTSTATUS
ListenerAttach(
    IN HANDLE NmrBindingHandle,
    IN CONST NPI_REGISTRATION_INSTANCE *ProviderRegistrationInstance,
    IN CONST VOID *ClientDispatch,
    OUT PLISTENER_BINDING *Attached
    )
{
    PLISTENER_BINDING Binding;
    PVOID ProviderDispatch;
    NTSTATUS Status;

    Binding = ExAllocatePoolWithTag(NonPagedPool, sizeof(LISTENER_BINDING), LISTENER_TAG);
    if (Binding == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlZeroMemory(Binding, sizeof(LISTENER_BINDING));
    InitializeListHead(&Binding->Link);
    Binding->NmrBindingHandle = NmrBindingHandle;
    Binding->ProviderNumber = ProviderRegistrationInstance->Number;

    //
    // Keeps the provider from being called until its dispatch table is stored:
    // the provider may call the client before the attach has returned.
    //
    Binding->Detaching = TRUE;

    Status =
        NmrClientAttachProvider(
            NmrBindingHandle,
            Binding,
            ClientDispatch,
            &Binding->ProviderBindingContext,
            &ProviderDispatch
            );
    if (Status == STATUS_SUCCESS)
    {
        Binding->Feed = ProviderDispatch;
        *Attached = Binding;
    }
    else
    {
        ExFreePool(Binding);
    }
    return Status;
}

static
VOID
ListenerAllowCalls(
    IN OUT PLISTENER_BINDING Binding,
    IN OUT PLIST_ENTRY List OPTIONAL
    )
{
    KIRQL OldIrql;

    KeAcquireSpinLock(&ListenerLock, &OldIrql);
    Binding->Detaching = FALSE;
    if (List)
    {
        InsertHeadList(List, &Binding->Link);
    }
    KeReleaseSpinLock(&ListenerLock, OldIrql);
}

static
VOID
ListenerCleanup(
    IN PLISTENER_BINDING Binding,
    IN ULONG Number
    )
{
    KIRQL OldIrql;

    KeAcquireSpinLock(&ListenerLock, &OldIrql);
    RemoveEntryList(&Binding->Link);
    KeReleaseSpinLock(&ListenerLock, OldIrql);

    ASSERT(Binding->Calls == 0);
    DbgPrint("%ws: instance %d: binding to provider %d: received packets=%I64d bytes=%I64d\n",
             L"wdk_listener", Number, Binding->ProviderNumber,
             Binding->Received, Binding->Bytes);
    ExFreePoolWithTag(Binding, LISTENER_TAG);
}

//
// The feed's client.
//

VOID
ListenerItem(
    IN PVOID ClientBindingContext,
    IN ULONG Bytes
    )
{
    PLISTENER_BINDING Feed = ClientBindingContext;
    PLISTENER_BINDING Ledger;
    PLISTENER_BINDING Next;
    LONG64 Received;

    Received = InterlockedIncrement64(&Feed->Received);
    InterlockedExchangeAdd64(&Feed->Bytes, Bytes);

    if (Received % ITEMS_PER_ACKNOWLEDGEMENT == 0 && ListenerEnter(Feed))
    {
        Feed->Feed->Acknowledge(Feed->ProviderBindingContext, ITEMS_PER_ACKNOWLEDGEMENT);
        ListenerLeave(Feed);
    }

    for (Ledger = ListenerEnterNextLedger(NULL); Ledger; Ledger = Next)
    {
        Ledger->Ledger->Record(Ledger->ProviderBindingContext, Bytes);
        Next = ListenerEnterNextLedger(Ledger);
        ListenerLeave(Ledger);
    }
}

NTSTATUS
ListenerFeedAttach(
    IN HANDLE NmrBindingHandle,
    IN PVOID ClientContext,
    IN CONST NPI_REGISTRATION_INSTANCE *ProviderRegistrationInstance
    )
{
    PLISTENER_BINDING Binding;
    NTSTATUS Status;

    if (ProviderRegistrationInstance->Version < FEED_VERSION)
    {
        return STATUS_NOINTERFACE;
    }
    Status = ListenerAttach(NmrBindingHandle, ProviderRegistrationInstance,
                            &ListenerFeedDispatch, &Binding);
    if (Status == STATUS_SUCCESS)
    {
        ListenerAllowCalls(Binding, NULL);
    }
    return Status;
}

NTSTATUS
ListenerFeedDetach(
    IN PVOID ClientBindingContext
    )
{
    return ListenerDetach(ClientBindingContext);
}

VOID
ListenerFeedCleanup(
    IN PVOID ClientBindingContext
    )
{
    ListenerCleanup(ClientBindingContext, LISTENER_FEED_NUMBER);
}

//
// The ledger's client.
//

VOID
ListenerNotice(
    IN PVOID ClientBindingContext,
    IN ULONG Bytes
    )
{
    PLISTENER_BINDING Ledger = ClientBindingContext;

    InterlockedIncrement64(&Ledger->Received);
    InterlockedExchangeAdd64(&Ledger->Bytes, Bytes);
}

NTSTATUS
ListenerLedgerAttach(
    IN HANDLE NmrBindingHandle,
    IN PVOID ClientContext,
    IN CONST NPI_REGISTRATION_INSTANCE *ProviderRegistrationInstance
    )
{
    PLISTENER_BINDING Binding;
    NTSTATUS Status;

    Status = ListenerAttach(NmrBindingHandle, ProviderRegistrationInstance,
                            &ListenerLedgerDispatch, &Binding);
    if (Status == STATUS_SUCCESS)
    {
        ListenerAllowCalls(Binding, &ListenerLedgers);
    }
    return Status;
}

NTSTATUS
ListenerLedgerDetach(
    IN PVOID ClientBindingContext
    )
{
    return ListenerDetach(ClientBindingContext);
}

VOID
ListenerLedgerCleanup(
    IN PVOID ClientBindingContext
    )
{
    ListenerCleanup(ClientBindingContext, LISTENER_LEDGER_NUMBER);
}

VOID
ListenerUnload(
    IN PDRIVER_OBJECT DriverObject
    )
{
    if (NmrDeregisterClient(ListenerFeedHandle) == STATUS_PENDING)
    {
        NmrWaitForClientDeregisterComplete(ListenerFeedHandle);
    }
    if (NmrDeregisterClient(ListenerLedgerHandle) == STATUS_PENDING)
    {
        NmrWaitForClientDeregisterComplete(ListenerLedgerHandle);
    }
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS
DriverEntry(
    IN PDRIVER_OBJECT DriverObject,
    IN PUNICODE_STRING RegistryPath
    )
{
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);

    KeInitializeSpinLock(&ListenerLock);
    InitializeListHead(&ListenerLedgers);
    DriverObject->DriverUnload = ListenerUnload;

    Status = NmrRegisterClient(&ListenerLedgerCharacteristics, NULL, &ListenerLedgerHandle);
    if (Status == STATUS_SUCCESS)
    {
        Status = NmrRegisterClient(&ListenerFeedCharacteristics, NULL, &ListenerFeedHandle);
        if (Status != STATUS_SUCCESS &&
            NmrDeregisterClient(ListenerLedgerHandle) == STATUS_PENDING)
        {
            NmrWaitForClientDeregisterComplete(ListenerLedgerHandle);
        }
    }
    return Status;
}
