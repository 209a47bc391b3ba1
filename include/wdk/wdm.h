/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Windows' kernel interfaces that NMR drivers use, besides NMR itself.
 */
#ifndef _NMR_WDM_H
#define _NMR_WDM_H

#include "ntdef.h"

/**
 * DOC: Windows' driver facilities
 *
 * Each facility maps onto one of Linux. What has no counterpart is not declared,
 * so that a driver that needs it does not build. Functions that are not inline
 * are in nmr_wdk.ko, with their kernel-doc. Windows' levels (IRQL) correspond to
 * these contexts:
 *
 * PASSIVE_LEVEL, APC_LEVEL
 *	process context that may sleep
 * DISPATCH_LEVEL
 *	bottom halves disabled: softirqs, and holders of a KSPIN_LOCK
 *
 * As on Windows, none of this may be called at higher levels.
 */

/*
 * Storage for the Linux objects inside. Their size depends on the kernel's
 * configuration; nmr_wdk.ko asserts that they fit.
 */
#if defined(CONFIG_DEBUG_SPINLOCK) || defined(CONFIG_DEBUG_LOCK_ALLOC) || \
	defined(CONFIG_DEBUG_RWSEMS) || defined(CONFIG_PREEMPT_RT)
#define NMR_WDK_SPIN_LOCK_WORDS	24
#define NMR_WDK_WORDS		32
#else
#define NMR_WDK_SPIN_LOCK_WORDS	1
#define NMR_WDK_WORDS		8
#endif

/* A lockdep class, one for each place that initialises a lock. */
struct nmr_wdk_class {
	ULONG_PTR Reserved[2];
};

struct module;

#ifdef MODULE
extern struct module __this_module;
#define NMR_WDK_OWNER	(&__this_module)
#else
#define NMR_WDK_OWNER	((struct module *)NULL)
#endif

/*
 * Levels.
 */

typedef UCHAR KIRQL, *PKIRQL;

#define PASSIVE_LEVEL	0
#define APC_LEVEL	1
#define DISPATCH_LEVEL	2
#define HIGH_LEVEL	15

/* Without it a held Linux spinlock cannot be detected. */
#ifdef CONFIG_PREEMPT_COUNT
KIRQL KeGetCurrentIrql(VOID);
#endif

VOID nmr_wdk_paged_code(VOID);

/* On Windows only checked builds have this check. */
#define PAGED_CODE()	nmr_wdk_paged_code()

/*
 * Spin locks.
 */

typedef struct _KSPIN_LOCK {
	ULONG_PTR Reserved[NMR_WDK_SPIN_LOCK_WORDS];
} KSPIN_LOCK, *PKSPIN_LOCK;

typedef struct _KLOCK_QUEUE_HANDLE {
	PKSPIN_LOCK Lock;
	KIRQL OldIrql;
} KLOCK_QUEUE_HANDLE, *PKLOCK_QUEUE_HANDLE;

VOID nmr_wdk_init_spin_lock(PKSPIN_LOCK SpinLock, PCSTR Name, struct nmr_wdk_class *Class);

#define KeInitializeSpinLock(SpinLock)						\
	({									\
		static struct nmr_wdk_class __class;				\
										\
		nmr_wdk_init_spin_lock(SpinLock, #SpinLock, &__class);		\
	})

KIRQL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock);
VOID KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql);
VOID KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock);
BOOLEAN KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock);
VOID KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock);
VOID KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle);
VOID KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE LockHandle);
VOID KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock,
					      PKLOCK_QUEUE_HANDLE LockHandle);
VOID KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE LockHandle);

#define KeAcquireSpinLock(SpinLock, OldIrql) \
	((void)(*(OldIrql) = KeAcquireSpinLockRaiseToDpc(SpinLock)))

/*
 * Push locks.
 */

typedef struct _EX_PUSH_LOCK {
	ULONG_PTR Reserved[NMR_WDK_WORDS];
} EX_PUSH_LOCK, *PEX_PUSH_LOCK;

VOID nmr_wdk_init_push_lock(PEX_PUSH_LOCK PushLock, PCSTR Name, struct nmr_wdk_class *Class);

#define ExInitializePushLock(PushLock)						\
	({									\
		static struct nmr_wdk_class __class;				\
										\
		nmr_wdk_init_push_lock(PushLock, #PushLock, &__class);		\
	})

VOID ExAcquirePushLockExclusive(PEX_PUSH_LOCK PushLock);
VOID ExAcquirePushLockShared(PEX_PUSH_LOCK PushLock);
VOID ExReleasePushLockExclusive(PEX_PUSH_LOCK PushLock);
VOID ExReleasePushLockShared(PEX_PUSH_LOCK PushLock);

/*
 * These disable APCs and the suspension of the thread, neither of which exists
 * in the Linux kernel.
 */
#define KeEnterCriticalRegion()	((void)0)
#define KeLeaveCriticalRegion()	((void)0)

/*
 * Events and waiting.
 */

typedef enum _EVENT_TYPE {
	NotificationEvent,
	SynchronizationEvent
} EVENT_TYPE;

typedef struct _KEVENT {
	ULONG_PTR Reserved[NMR_WDK_WORDS];
} KEVENT, *PKEVENT, *PRKEVENT;

typedef LONG KPRIORITY;

#define IO_NO_INCREMENT	0
#define EVENT_INCREMENT	1

typedef enum _KWAIT_REASON {
	Executive
} KWAIT_REASON;

/* No waits on behalf of user mode: there is no UserMode. */
typedef CCHAR KPROCESSOR_MODE;

enum _MODE {
	KernelMode
};

VOID KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State);
LONG KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait);
LONG KeResetEvent(PRKEVENT Event);
VOID KeClearEvent(PRKEVENT Event);
LONG KeReadStateEvent(PRKEVENT Event);
NTSTATUS KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason,
			       KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
			       PLARGE_INTEGER Timeout);
NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
				PLARGE_INTEGER Interval);

/*
 * Pool.
 */

typedef ULONGLONG POOL_FLAGS;

#define POOL_FLAG_UNINITIALIZED	0x0000000000000002ULL
#define POOL_FLAG_CACHE_ALIGNED	0x0000000000000008ULL
#define POOL_FLAG_NON_PAGED	0x0000000000000040ULL
#define POOL_FLAG_PAGED		0x0000000000000100ULL

typedef enum _POOL_TYPE {
	NonPagedPool = 0,
	PagedPool = 1,
	NonPagedPoolCacheAligned = 4,
	PagedPoolCacheAligned = 5,
	NonPagedPoolNx = 512,
	NonPagedPoolNxCacheAligned = 516
} POOL_TYPE;

#define MEMORY_ALLOCATION_ALIGNMENT 16

PVOID ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag);
PVOID ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag);
PVOID ExAllocatePoolZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag);
VOID ExFreePoolWithTag(PVOID P, ULONG Tag);

#define ExAllocatePoolUninitialized(PoolType, NumberOfBytes, Tag) \
	ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag)
/* The tag is 'None', as on Windows. */
#define ExAllocatePool(PoolType, NumberOfBytes) \
	ExAllocatePoolWithTag(PoolType, NumberOfBytes, 0x656e6f4e)
#define ExFreePool(P)	ExFreePoolWithTag(P, 0)

/*
 * Memory.
 */

#define RtlCopyMemory(Destination, Source, Length) \
	((void)__builtin_memcpy(Destination, Source, Length))
#define RtlMoveMemory(Destination, Source, Length) \
	((void)__builtin_memmove(Destination, Source, Length))
#define RtlFillMemory(Destination, Length, Fill) \
	((void)__builtin_memset(Destination, Fill, Length))
#define RtlZeroMemory(Destination, Length) \
	((void)__builtin_memset(Destination, 0, Length))
#define RtlEqualMemory(Destination, Source, Length) \
	(!__builtin_memcmp(Destination, Source, Length))

/*
 * Interlocked operations: atomic and fully ordered, like the value-returning
 * operations on atomic_t.
 */

#define NMR_WDK_INTERLOCKED(type, suffix)					\
static inline type InterlockedIncrement##suffix(type volatile *Addend)		\
{										\
	return __atomic_add_fetch(Addend, 1, __ATOMIC_SEQ_CST);			\
}										\
										\
static inline type InterlockedDecrement##suffix(type volatile *Addend)		\
{										\
	return __atomic_sub_fetch(Addend, 1, __ATOMIC_SEQ_CST);			\
}										\
										\
static inline type InterlockedAdd##suffix(type volatile *Addend, type Value)	\
{										\
	return __atomic_add_fetch(Addend, Value, __ATOMIC_SEQ_CST);		\
}										\
										\
static inline type InterlockedExchangeAdd##suffix(type volatile *Addend,	\
						  type Value)			\
{										\
	return __atomic_fetch_add(Addend, Value, __ATOMIC_SEQ_CST);		\
}										\
										\
static inline type InterlockedExchange##suffix(type volatile *Target,		\
					       type Value)			\
{										\
	return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);		\
}										\
										\
static inline type InterlockedCompareExchange##suffix(type volatile *Destination,\
						      type ExChange,		\
						      type Comperand)		\
{										\
	__atomic_compare_exchange_n(Destination, &Comperand, ExChange, 0,	\
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);	\
	return Comperand;							\
}										\
										\
static inline type InterlockedAnd##suffix(type volatile *Destination, type Value)\
{										\
	return __atomic_fetch_and(Destination, Value, __ATOMIC_SEQ_CST);	\
}										\
										\
static inline type InterlockedOr##suffix(type volatile *Destination, type Value)\
{										\
	return __atomic_fetch_or(Destination, Value, __ATOMIC_SEQ_CST);		\
}										\
										\
static inline type InterlockedXor##suffix(type volatile *Destination, type Value)\
{										\
	return __atomic_fetch_xor(Destination, Value, __ATOMIC_SEQ_CST);	\
}

NMR_WDK_INTERLOCKED(LONG, )
NMR_WDK_INTERLOCKED(LONG64, 64)
#undef NMR_WDK_INTERLOCKED

static inline PVOID InterlockedExchangePointer(PVOID volatile *Target, PVOID Value)
{
	return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

static inline PVOID InterlockedCompareExchangePointer(PVOID volatile *Destination,
						      PVOID ExChange, PVOID Comperand)
{
	__atomic_compare_exchange_n(Destination, &Comperand, ExChange, 0,
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return Comperand;
}

#define KeMemoryBarrier()	__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define MemoryBarrier()		KeMemoryBarrier()

/*
 * Doubly linked lists.
 */

static inline VOID InitializeListHead(PLIST_ENTRY ListHead)
{
	ListHead->Flink = ListHead;
	ListHead->Blink = ListHead;
}

static inline BOOLEAN IsListEmpty(const LIST_ENTRY *ListHead)
{
	return ListHead->Flink == ListHead;
}

/* Returns TRUE if the list is empty now. */
static inline BOOLEAN RemoveEntryList(PLIST_ENTRY Entry)
{
	PLIST_ENTRY next = Entry->Flink;
	PLIST_ENTRY previous = Entry->Blink;

	previous->Flink = next;
	next->Blink = previous;
	return next == previous;
}

/* Returns the head itself if the list is empty. */
static inline PLIST_ENTRY RemoveHeadList(PLIST_ENTRY ListHead)
{
	PLIST_ENTRY entry = ListHead->Flink;

	RemoveEntryList(entry);
	return entry;
}

static inline PLIST_ENTRY RemoveTailList(PLIST_ENTRY ListHead)
{
	PLIST_ENTRY entry = ListHead->Blink;

	RemoveEntryList(entry);
	return entry;
}

static inline VOID InsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY Entry)
{
	PLIST_ENTRY last = ListHead->Blink;

	Entry->Flink = ListHead;
	Entry->Blink = last;
	last->Flink = Entry;
	ListHead->Blink = Entry;
}

static inline VOID InsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY Entry)
{
	InsertTailList(ListHead->Flink, Entry);
}

/* Appends @ListToAppend, an entry and not a head, with all entries linked to it. */
static inline VOID AppendTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListToAppend)
{
	PLIST_ENTRY last = ListHead->Blink;

	last->Flink = ListToAppend;
	ListHead->Blink = ListToAppend->Blink;
	ListToAppend->Blink->Flink = ListHead;
	ListToAppend->Blink = last;
}

static inline VOID PushEntryList(PSINGLE_LIST_ENTRY ListHead, PSINGLE_LIST_ENTRY Entry)
{
	Entry->Next = ListHead->Next;
	ListHead->Next = Entry;
}

static inline PSINGLE_LIST_ENTRY PopEntryList(PSINGLE_LIST_ENTRY ListHead)
{
	PSINGLE_LIST_ENTRY first = ListHead->Next;

	if (first)
		ListHead->Next = first->Next;
	return first;
}

/*
 * Strings.
 */

#define RTL_CONSTANT_STRING(string) \
	{ sizeof(string) - sizeof((string)[0]), sizeof(string), (PWCH)(string) }
#define DECLARE_CONST_UNICODE_STRING(name, string) \
	const UNICODE_STRING name = RTL_CONSTANT_STRING(string)

VOID RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString);
VOID RtlCopyUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString);

/*
 * Debugging.
 */

VOID RtlAssert(PVOID VoidFailedAssertion, PVOID VoidFileName, ULONG LineNumber,
	       PSTR MutableMessage);

/* Checked in every build; failure is a warning and not a breakpoint. */
#define ASSERT(condition)							\
	((condition) ? (void)0 :						\
		       RtlAssert((PVOID)#condition, (PVOID)__FILE__, __LINE__, NULL))
#define ASSERTMSG(message, condition)						\
	((condition) ? (void)0 :						\
		       RtlAssert((PVOID)#condition, (PVOID)__FILE__, __LINE__,	\
				 (PSTR)(message)))
#define NT_ASSERT(condition)	ASSERT(condition)
#define NT_ASSERTMSG(message, condition)	ASSERTMSG(message, condition)

ULONG DbgPrint(PCSTR Format, ...);

/* As on Windows, KdPrint() prints only if DBG is set. */
#if defined(DBG) && DBG
#define KdPrint(arguments)	((void)DbgPrint arguments)
#else
#define KdPrint(arguments)	((void)0)
#endif

/*
 * Drivers.
 */

struct _DRIVER_OBJECT;

typedef NTSTATUS DRIVER_INITIALIZE(struct _DRIVER_OBJECT *DriverObject,
				   PUNICODE_STRING RegistryPath);
typedef DRIVER_INITIALIZE *PDRIVER_INITIALIZE;
typedef VOID DRIVER_UNLOAD(struct _DRIVER_OBJECT *DriverObject);
typedef DRIVER_UNLOAD *PDRIVER_UNLOAD;

/* There are no devices and no requests, so no other members. */
typedef struct _DRIVER_OBJECT {
	UNICODE_STRING DriverName;
	PDRIVER_INITIALIZE DriverInit;
	PDRIVER_UNLOAD DriverUnload;
} DRIVER_OBJECT, *PDRIVER_OBJECT;

#endif /* _NMR_WDM_H */
