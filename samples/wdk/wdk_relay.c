// SPDX-License-Identifier: GPL-2.0

/*++

    A client and a provider: receives packets from packet taps and feeds its own
    clients with them.

    One spin lock guards the list of the feed's bindings and the number of calls
    in progress of each. A binding with a call in progress stays on the list.

--*/

#include <ntddk.h>
#include <netioddk.h>
#include <initguid.h>

#include "tap.h"
#include "feed.h"

C_ASSERT((CHAR)-1 < 0);

#define RELAY_TAG           'yleR'
#define RELAY_TAP_NUMBER    70
#define RELAY_FEED_NUMBER   71

typedef struct _TAP_BINDING {
    ULONG ProviderNumber;
    PVOID ProviderBindingContext;
    const TAP_PROVIDER_DISPATCH *ProviderDispatch;
    LONG64 volatile Packets;
    LONG64 volatile Bytes;
} TAP_BINDING, *PTAP_BINDING;

typedef struct _FEED_BINDING {
    LIST_ENTRY Link;
    HANDLE NmrBindingHandle;
    ULONG ClientNumber;
    PVOID ClientBindingContext;
    const FEED_CLIENT_DISPATCH *ClientDispatch;
    LONG volatile Acknowledged;
    LONG64 volatile Items;
    LONG64 volatile Bytes;

    // Guarded by RelayLock.
    ULONG Calls;
    BOOLEAN Detaching;
} FEED_BINDING, *PFEED_BINDING;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD RelayUnload;

static NPI_CLIENT_ATTACH_PROVIDER_FN RelayTapAttachProvider;
static NPI_CLIENT_DETACH_PROVIDER_FN RelayTapDetachProvider;
static NPI_CLIENT_CLEANUP_BINDING_CONTEXT_FN RelayTapCleanupBindingContext;
static TAP_PACKET_FN RelayPacket;

static NPI_PROVIDER_ATTACH_CLIENT_FN RelayFeedAttachClient;
static NPI_PROVIDER_DETACH_CLIENT_FN RelayFeedDetachClient;
static NPI_PROVIDER_CLEANUP_BINDING_CONTEXT_FN RelayFeedCleanupBindingContext;
static FEED_ACKNOWLEDGE_FN RelayAcknowledge;

static HANDLE RelayTapHandle;
static HANDLE RelayFeedHandle;
static KSPIN_LOCK RelayLock;
static LIST_ENTRY RelayFeedBindings;

static const NPI_MODULEID RelayModuleId = {
    sizeof(NPI_MODULEID),
    MIT_GUID,
    { 0x19a8d7c2, 0x0e65, 0x4b9b, { 0x8e, 0x41, 0xf2, 0x7a, 0x30, 0xbb, 0x05, 0x9c } }
};

static const TAP_CLIENT_DISPATCH RelayTapDispatch = { RelayPacket };
static const FEED_PROVIDER_DISPATCH RelayFeedDispatch = { RelayAcknowledge };

static const NPI_CLIENT_CHARACTERISTICS RelayTapCharacteristics = {
    0,
    sizeof(NPI_CLIENT_CHARACTERISTICS),
    RelayTapAttachProvider,
    RelayTapDetachProvider,
    RelayTapCleanupBindingContext,
    {
        TAP_VERSION,
        sizeof(NPI_REGISTRATION_INSTANCE),
        &TAP_NPI_ID,
        &RelayModuleId,
        RELAY_TAP_NUMBER,
        NULL
    }
};

static const NPI_PROVIDER_CHARACTERISTICS RelayFeedCharacteristics = {
    0,
    sizeof(NPI_PROVIDER_CHARACTERISTICS),
    RelayFeedAttachClient,
    RelayFeedDetachClient,
    RelayFeedCleanupBindingContext,
    {
        FEED_VERSION,
        sizeof(NPI_REGISTRATION_INSTANCE),
        &FEED_NPI_ID,
        &RelayModuleId,
        RELAY_FEED_NUMBER,
        NULL
    }
};

//
// Enters the first binding after the given one, which the caller has entered, or
// the first of all.
//
static
PFEED_BINDING
RelayEnterNext(
    _In_opt_ PFEED_BINDING Entered
    )
{
    PLIST_ENTRY Entry = (Entered != NULL) ? &Entered->Link : &RelayFeedBindings;
    KLOCK_QUEUE_HANDLE LockHandle;
    PFEED_BINDING Next = NULL;

    KeAcquireInStackQueuedSpinLock(&RelayLock, &LockHandle);
    for (Entry = Entry->Flink; Entry != &RelayFeedBindings; Entry = Entry->Flink) {
        PFEED_BINDING Binding = CONTAINING_RECORD(Entry, FEED_BINDING, Link);

        if (!Binding->Detaching) {
            Binding->Calls++;
            Next = Binding;
            break;
        }
    }
    KeReleaseInStackQueuedSpinLock(&LockHandle);

    return Next;
}

static
VOID
RelayLeave(
    _In_ PFEED_BINDING Binding
    )
{
    HANDLE NmrBindingHandle = Binding->NmrBindingHandle;
    KLOCK_QUEUE_HANDLE LockHandle;
    BOOLEAN Complete;

    KeAcquireInStackQueuedSpinLock(&RelayLock, &LockHandle);
    Binding->Calls--;
    Complete = (BOOLEAN)(Binding->Detaching && Binding->Calls == 0);
    KeReleaseInStackQueuedSpinLock(&LockHandle);

    if (Complete) {
        NmrProviderDetachClientComplete(NmrBindingHandle);
    }
}

//
// The tap's client.
//

static
VOID
RelayPacket(
    _In_ PVOID ClientBindingContext,
    _In_ const VOID *Packet,
    _In_ UCHAR Protocol,
    _In_ ULONG Bytes
    )
{
    PTAP_BINDING Tap = ClientBindingContext;
    PFEED_BINDING Binding;
    PFEED_BINDING Next;

    UNREFERENCED_PARAMETER(Packet);
    UNREFERENCED_PARAMETER(Protocol);

    InterlockedIncrement64(&Tap->Packets);
    InterlockedAdd64(&Tap->Bytes, Bytes);

    for (Binding = RelayEnterNext(NULL); Binding != NULL; Binding = Next) {
        InterlockedIncrement64(&Binding->Items);
        InterlockedAdd64(&Binding->Bytes, Bytes);
        Binding->ClientDispatch->Item(Binding->ClientBindingContext, Bytes);

        Next = RelayEnterNext(Binding);
        RelayLeave(Binding);
    }
}

static
NTSTATUS
RelayTapAttachProvider(
    _In_ HANDLE NmrBindingHandle,
    _In_ PVOID ClientContext,
    _In_ const NPI_REGISTRATION_INSTANCE *ProviderRegistrationInstance
    )
{
    PTAP_BINDING Tap;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(ClientContext);

    if (ProviderRegistrationInstance->Version != TAP_VERSION) {
        return STATUS_NOINTERFACE;
    }

    Tap = ExAllocatePoolZero(NonPagedPoolNx, sizeof(*Tap), RELAY_TAG);
    if (!Tap) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Tap->ProviderNumber = ProviderRegistrationInstance->Number;

    Status = NmrClientAttachProvider(
        NmrBindingHandle,
        Tap,
        &RelayTapDispatch,
        &Tap->ProviderBindingContext,
        &Tap->ProviderDispatch
        );
    if (!NT_SUCCESS(Status)) {
        ExFreePoolWithTag(Tap, RELAY_TAG);
        return Status;
    }

    Tap->ProviderDispatch->ChooseProtocol(Tap->ProviderBindingContext, TAP_ALL_PROTOCOLS);
    return Status;
}

//
// The tap is called only during attach, so no call can be in progress.
//
static
NTSTATUS
RelayTapDetachProvider(
    _In_ PVOID ClientBindingContext
    )
{
    UNREFERENCED_PARAMETER(ClientBindingContext);
    return STATUS_SUCCESS;
}

static
VOID
RelayTapCleanupBindingContext(
    _In_ PVOID ClientBindingContext
    )
{
    PTAP_BINDING Tap = ClientBindingContext;

    DbgPrint(
        "wdk_relay: instance %u: binding to provider %u: received packets=%I64u bytes=%I64u\n",
        RELAY_TAP_NUMBER, Tap->ProviderNumber, Tap->Packets, Tap->Bytes);
    ExFreePoolWithTag(Tap, RELAY_TAG);
}

//
// The feed's provider.
//

static
VOID
RelayAcknowledge(
    _In_ PVOID ProviderBindingContext,
    _In_ ULONG Items
    )
{
    PFEED_BINDING Binding = ProviderBindingContext;

    InterlockedExchangeAdd(&Binding->Acknowledged, (LONG)Items);
}

static
NTSTATUS
RelayFeedAttachClient(
    _In_ HANDLE NmrBindingHandle,
    _In_ PVOID ProviderContext,
    _In_ const NPI_REGISTRATION_INSTANCE *ClientRegistrationInstance,
    _In_ PVOID ClientBindingContext,
    _In_ const VOID *ClientDispatch,
    _Out_ PVOID *ProviderBindingContext,
    _Out_ const VOID **ProviderDispatch
    )
{
    KLOCK_QUEUE_HANDLE LockHandle;
    PFEED_BINDING Binding;

    UNREFERENCED_PARAMETER(ProviderContext);

    Binding = ExAllocatePoolZero(NonPagedPoolNx, sizeof(*Binding), RELAY_TAG);
    if (!Binding) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    Binding->NmrBindingHandle = NmrBindingHandle;
    Binding->ClientNumber = ClientRegistrationInstance->Number;
    Binding->ClientBindingContext = ClientBindingContext;
    Binding->ClientDispatch = ClientDispatch;

    *ProviderBindingContext = Binding;
    *ProviderDispatch = &RelayFeedDispatch;

    KeAcquireInStackQueuedSpinLock(&RelayLock, &LockHandle);
    InsertTailList(&RelayFeedBindings, &Binding->Link);
    KeReleaseInStackQueuedSpinLock(&LockHandle);
    return STATUS_SUCCESS;
}

static
NTSTATUS
RelayFeedDetachClient(
    _In_ PVOID ProviderBindingContext
    )
{
    PFEED_BINDING Binding = ProviderBindingContext;
    KLOCK_QUEUE_HANDLE LockHandle;
    NTSTATUS Status;

    KeAcquireInStackQueuedSpinLock(&RelayLock, &LockHandle);
    Binding->Detaching = TRUE;
    Status = (Binding->Calls != 0) ? STATUS_PENDING : STATUS_SUCCESS;
    KeReleaseInStackQueuedSpinLock(&LockHandle);

    return Status;
}

static
VOID
RelayFeedCleanupBindingContext(
    _In_ PVOID ProviderBindingContext
    )
{
    PFEED_BINDING Binding = ProviderBindingContext;
    KLOCK_QUEUE_HANDLE LockHandle;

    KeAcquireInStackQueuedSpinLock(&RelayLock, &LockHandle);
    RemoveEntryList(&Binding->Link);
    KeReleaseInStackQueuedSpinLock(&LockHandle);

    ASSERT(Binding->Calls == 0);
    DbgPrint(
        "wdk_relay: instance %u: binding to client %u: delivered packets=%I64u bytes=%I64u\n",
        RELAY_FEED_NUMBER, Binding->ClientNumber, Binding->Items, Binding->Bytes);
    ExFreePoolWithTag(Binding, RELAY_TAG);
}

static
VOID
RelayUnload(
    _In_ PDRIVER_OBJECT DriverObject
    )
{
    NTSTATUS TapStatus;
    NTSTATUS FeedStatus;

    UNREFERENCED_PARAMETER(DriverObject);

    //
    // Deregister both before waiting for either.
    //
    TapStatus = NmrDeregisterClient(RelayTapHandle);
    FeedStatus = NmrDeregisterProvider(RelayFeedHandle);

    if (FeedStatus == STATUS_PENDING) {
        NmrWaitForProviderDeregisterComplete(RelayFeedHandle);
    }
    if (TapStatus == STATUS_PENDING) {
        NmrWaitForClientDeregisterComplete(RelayTapHandle);
    }

    ASSERT(IsListEmpty(&RelayFeedBindings));
}

NTSTATUS
DriverEntry(
    _In_ PDRIVER_OBJECT DriverObject,
    _In_ PUNICODE_STRING RegistryPath
    )
{
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);

    KeInitializeSpinLock(&RelayLock);
    InitializeListHead(&RelayFeedBindings);
    DriverObject->DriverUnload = RelayUnload;

    Status = NmrRegisterProvider(&RelayFeedCharacteristics, NULL, &RelayFeedHandle);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }

    Status = NmrRegisterClient(&RelayTapCharacteristics, NULL, &RelayTapHandle);
    if (!NT_SUCCESS(Status)) {
        if (NmrDeregisterProvider(RelayFeedHandle) == STATUS_PENDING) {
            NmrWaitForProviderDeregisterComplete(RelayFeedHandle);
        }
    }

    return Status;
}
