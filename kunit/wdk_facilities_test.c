// SPDX-License-Identifier: GPL-2.0
/* Facilities of the Windows kernel besides NMR. */
#include "nmr_test.h"

#include <linux/kernel.h>
#include <linux/kmsg_dump.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/timekeeping.h>

#include "../nmr_wdk/driver.h"
#include "../nmr_wdk/windows.h"

#define UNITS_PER_MS 10000LL

/* Threads and contexts take a mock; these cases use only its private pointer. */
static struct nmr_mock *carry(struct kunit *test, void *private)
{
	struct nmr_mock *mock = nmr_mock(test, NMR_PROVIDER, "thread");

	mock->private = private;
	return mock;
}

/* Levels and spin locks. */

static int level_now(struct nmr_mock *mock)
{
#ifdef CONFIG_PREEMPT_COUNT
	return KeGetCurrentIrql();
#else
	return -1;
#endif
}

static void level_is_that_of_the_context(struct kunit *test)
{
	struct nmr_mock *mock = carry(test, NULL);

	if (!IS_ENABLED(CONFIG_PREEMPT_COUNT))
		kunit_skip(test, "not declared without CONFIG_PREEMPT_COUNT");
	KUNIT_EXPECT_EQ(test, nmr_test_call_in(test, NMR_TASK, level_now, mock), PASSIVE_LEVEL);
	KUNIT_EXPECT_EQ(test, nmr_test_call_in(test, NMR_SPINLOCK, level_now, mock),
			DISPATCH_LEVEL);
	KUNIT_EXPECT_EQ(test, nmr_test_call_in(test, NMR_SOFTIRQ, level_now, mock), DISPATCH_LEVEL);
	KUNIT_EXPECT_EQ(test, nmr_test_call_in(test, NMR_HARDIRQ, level_now, mock), HIGH_LEVEL);
}

static void spin_lock_raises_the_level_until_it_is_released(struct kunit *test)
{
	KLOCK_QUEUE_HANDLE queued;
	KSPIN_LOCK lock;
	KIRQL irql;

	KeInitializeSpinLock(&lock);
	KeAcquireSpinLock(&lock, &irql);
	KUNIT_EXPECT_EQ(test, irql, PASSIVE_LEVEL);
	KUNIT_EXPECT_NE(test, softirq_count(), 0UL);
	KeReleaseSpinLock(&lock, irql);
	KUNIT_EXPECT_EQ(test, softirq_count(), 0UL);

	KeAcquireInStackQueuedSpinLock(&lock, &queued);
	KUNIT_EXPECT_EQ(test, queued.OldIrql, PASSIVE_LEVEL);
	KUNIT_EXPECT_NE(test, softirq_count(), 0UL);
	KeReleaseInStackQueuedSpinLock(&queued);
	KUNIT_EXPECT_EQ(test, softirq_count(), 0UL);
}

static void spin_locks_nest_and_are_released_in_any_order(struct kunit *test)
{
	KSPIN_LOCK outer, inner;
	KIRQL before, between;

	KeInitializeSpinLock(&outer);
	KeInitializeSpinLock(&inner);
	KeAcquireSpinLock(&outer, &before);
	KeAcquireSpinLock(&inner, &between);
	KUNIT_EXPECT_EQ(test, between, DISPATCH_LEVEL);
	KeReleaseSpinLock(&outer, between);
	KUNIT_EXPECT_NE(test, softirq_count(), 0UL);
	KeReleaseSpinLock(&inner, before);
	KUNIT_EXPECT_EQ(test, softirq_count(), 0UL);
}

static void spin_locks_at_dpc_level_leave_the_level(struct kunit *test)
{
	KLOCK_QUEUE_HANDLE queued;
	KSPIN_LOCK outer, inner;
	KIRQL irql;

	KeInitializeSpinLock(&outer);
	KeInitializeSpinLock(&inner);
	KeAcquireSpinLock(&outer, &irql);
	KeAcquireSpinLockAtDpcLevel(&inner);
	KeReleaseSpinLockFromDpcLevel(&inner);
	KUNIT_EXPECT_NE(test, softirq_count(), 0UL);
	KeAcquireInStackQueuedSpinLockAtDpcLevel(&inner, &queued);
	KUNIT_EXPECT_EQ(test, queued.OldIrql, DISPATCH_LEVEL);
	KeReleaseInStackQueuedSpinLockFromDpcLevel(&queued);
	KUNIT_EXPECT_TRUE(test, KeTryToAcquireSpinLockAtDpcLevel(&inner));
	KeReleaseSpinLockFromDpcLevel(&inner);
	KeReleaseSpinLock(&outer, irql);
	KUNIT_EXPECT_EQ(test, softirq_count(), 0UL);
}

static void held_spin_lock_is_not_acquired(struct kunit *test)
{
	KSPIN_LOCK lock;
	KIRQL irql;

	KeInitializeSpinLock(&lock);
	KeAcquireSpinLock(&lock, &irql);
	KUNIT_EXPECT_FALSE(test, KeTryToAcquireSpinLockAtDpcLevel(&lock));
	KeReleaseSpinLock(&lock, irql);
}

/* Push locks. */

static int lock_exclusive(struct nmr_mock *mock)
{
	KeEnterCriticalRegion();
	ExAcquirePushLockExclusive(mock->private);
	ExReleasePushLockExclusive(mock->private);
	KeLeaveCriticalRegion();
	return 0;
}

static int lock_shared(struct nmr_mock *mock)
{
	KeEnterCriticalRegion();
	ExAcquirePushLockShared(mock->private);
	ExReleasePushLockShared(mock->private);
	KeLeaveCriticalRegion();
	return 0;
}

static void push_lock_is_shared_or_exclusive(struct kunit *test)
{
	struct nmr_thread *thread;
	EX_PUSH_LOCK lock;
	struct nmr_mock *mock = carry(test, &lock);

	ExInitializePushLock(&lock);
	ExAcquirePushLockShared(&lock);
	thread = nmr_test_start(test, lock_shared, mock);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), 0);
	thread = nmr_test_start(test, lock_exclusive, mock);
	nmr_await_waiting(thread);
	ExReleasePushLockShared(&lock);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), 0);

	ExAcquirePushLockExclusive(&lock);
	thread = nmr_test_start(test, lock_shared, mock);
	nmr_await_waiting(thread);
	ExReleasePushLockExclusive(&lock);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), 0);
}

/* Events. */

static NTSTATUS wait_for(KEVENT *event, LONGLONG timeout)
{
	LARGE_INTEGER time = { .QuadPart = timeout };

	return KeWaitForSingleObject(event, Executive, KernelMode, FALSE, &time);
}

static int wait_for_ever(struct nmr_mock *mock)
{
	return KeWaitForSingleObject(mock->private, Executive, KernelMode, FALSE, NULL);
}

static int wait_for_long(struct nmr_mock *mock)
{
	return wait_for(mock->private, -60000 * UNITS_PER_MS);
}

static int set_event(struct nmr_mock *mock)
{
	return KeSetEvent(mock->private, IO_NO_INCREMENT, FALSE);
}

static void notification_event_stays_set(struct kunit *test)
{
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&event), 0);
	KUNIT_EXPECT_EQ(test, wait_for(&event, 0), STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, KeSetEvent(&event, EVENT_INCREMENT, FALSE), 0);
	KUNIT_EXPECT_NE(test, KeSetEvent(&event, EVENT_INCREMENT, FALSE), 0);
	KUNIT_EXPECT_EQ(test, wait_for(&event, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wait_for(&event, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_NE(test, KeResetEvent(&event), 0);
	KUNIT_EXPECT_EQ(test, KeResetEvent(&event), 0);
	KUNIT_EXPECT_EQ(test, wait_for(&event, 0), STATUS_TIMEOUT);
}

static void synchronization_event_wakes_one_waiter(struct kunit *test)
{
	KEVENT event;

	KeInitializeEvent(&event, SynchronizationEvent, TRUE);
	KUNIT_EXPECT_EQ(test, wait_for(&event, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wait_for(&event, 0), STATUS_TIMEOUT);
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	KeClearEvent(&event);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&event), 0);
}

static void two_sets_wake_two_waiters(struct kunit *test)
{
	struct nmr_thread *first, *second;
	KEVENT event;
	struct nmr_mock *mock = carry(test, &event);

	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	first = nmr_test_start(test, wait_for_ever, mock);
	nmr_await_waiting(first);
	second = nmr_test_start(test, wait_for_ever, mock);
	nmr_await_waiting(second);
	/* Before either waiter runs. */
	preempt_disable();
	KUNIT_EXPECT_EQ(test, KeSetEvent(&event, IO_NO_INCREMENT, FALSE), 0);
	KUNIT_EXPECT_EQ(test, KeSetEvent(&event, IO_NO_INCREMENT, FALSE), 0);
	preempt_enable();
	KUNIT_EXPECT_EQ(test, nmr_test_join(first), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, nmr_test_join(second), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&event), 0);
}

static void all_waiters_wake_though_the_event_is_reset_at_once(struct kunit *test)
{
	struct nmr_thread *first, *second;
	KEVENT event;
	struct nmr_mock *mock = carry(test, &event);

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	first = nmr_test_start(test, wait_for_ever, mock);
	second = nmr_test_start(test, wait_for_long, mock);
	nmr_await_waiting(first);
	nmr_await_waiting(second);
	preempt_disable();
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	KeResetEvent(&event);
	preempt_enable();
	KUNIT_EXPECT_EQ(test, nmr_test_join(first), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, nmr_test_join(second), STATUS_SUCCESS);
}

static void events_are_set_at_any_level(struct kunit *test)
{
	enum nmr_test_context context;
	KEVENT event;
	struct nmr_mock *mock = carry(test, &event);

	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	for (context = 0; context < NMR_TEST_CONTEXTS; context++) {
		struct nmr_thread *thread = nmr_test_start(test, wait_for_ever, mock);

		nmr_await_waiting(thread);
		nmr_test_call_in(test, context, set_event, mock);
		KUNIT_EXPECT_EQ_MSG(test, nmr_test_join(thread), STATUS_SUCCESS, "%s",
				    nmr_test_context_names[context]);
	}
}

/* 100 ns since 1601. */
static LONGLONG system_time(void)
{
	return ktime_get_real_ns() / 100 + 116444736000000000LL;
}

static void waits_end_at_their_time(struct kunit *test)
{
	ktime_t began = ktime_get();
	LARGE_INTEGER interval;
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	KUNIT_EXPECT_EQ(test, wait_for(&event, -20 * UNITS_PER_MS), STATUS_TIMEOUT);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), began), 20);
	began = ktime_get();
	KUNIT_EXPECT_EQ(test, wait_for(&event, system_time() + 20 * UNITS_PER_MS),
			STATUS_TIMEOUT);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), began), 19);
	/* Long ago. */
	KUNIT_EXPECT_EQ(test, wait_for(&event, 1), STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, wait_for(&event, system_time() - 1), STATUS_TIMEOUT);

	began = ktime_get();
	interval.QuadPart = -10 * UNITS_PER_MS;
	KUNIT_EXPECT_EQ(test, KeDelayExecutionThread(KernelMode, FALSE, &interval),
			STATUS_SUCCESS);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), began), 10);
	interval.QuadPart = 0;
	KUNIT_EXPECT_EQ(test, KeDelayExecutionThread(KernelMode, FALSE, &interval),
			STATUS_SUCCESS);
}

static int wait_for_centuries(struct nmr_mock *mock)
{
	return wait_for(mock->private, LLONG_MIN);
}

static void far_times_do_not_overflow(struct kunit *test)
{
	KEVENT event;
	struct nmr_mock *mock = carry(test, &event);
	struct nmr_thread *thread;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	thread = nmr_test_start(test, wait_for_centuries, mock);
	nmr_await_waiting(thread);
	set_event(mock);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), STATUS_SUCCESS);
}

/* Pool. */

#define TAG 0x74736554

static void expect_pool(struct kunit *test, PVOID memory, SIZE_T size, SIZE_T alignment)
{
	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_EXPECT_TRUE_MSG(test, IS_ALIGNED((unsigned long)memory, alignment),
			      "%llu bytes", size);
	memset(memory, 0xa5, size);
	ExFreePoolWithTag(memory, TAG);
}

static void pool_is_aligned_as_on_windows(struct kunit *test)
{
	static const SIZE_T sizes[] = { 0, 1, 8, 24, 65, 92, 96, 190, 1000, PAGE_SIZE - 1 };
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		expect_pool(test, ExAllocatePool2(POOL_FLAG_NON_PAGED, sizes[i], TAG),
			    sizes[i], MEMORY_ALLOCATION_ALIGNMENT);
		expect_pool(test, ExAllocatePoolWithTag(PagedPool, sizes[i], TAG),
			    sizes[i], MEMORY_ALLOCATION_ALIGNMENT);
		expect_pool(test, ExAllocatePoolZero(NonPagedPoolNxCacheAligned, sizes[i], TAG),
			    sizes[i], SMP_CACHE_BYTES);
	}
	expect_pool(test, ExAllocatePool2(POOL_FLAG_NON_PAGED, PAGE_SIZE, TAG),
		    PAGE_SIZE, PAGE_SIZE);
	expect_pool(test, ExAllocatePool2(POOL_FLAG_PAGED, PAGE_SIZE, TAG),
		    PAGE_SIZE, PAGE_SIZE);
	expect_pool(test, ExAllocatePool2(POOL_FLAG_PAGED, 5 * PAGE_SIZE + 1, TAG),
		    5 * PAGE_SIZE + 1, PAGE_SIZE);
	expect_pool(test, ExAllocatePoolWithTag(NonPagedPoolNx, 3 * PAGE_SIZE, TAG),
		    3 * PAGE_SIZE, PAGE_SIZE);
}

static void pool_is_zero_where_that_is_promised(struct kunit *test)
{
	static const SIZE_T sizes[] = { 60, 3000, 3 * PAGE_SIZE };
	PVOID memory;
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		memory = ExAllocatePool2(POOL_FLAG_PAGED, sizes[i], TAG);
		KUNIT_ASSERT_NOT_NULL(test, memory);
		KUNIT_EXPECT_NULL(test, memchr_inv(memory, 0, sizes[i]));
		ExFreePoolWithTag(memory, TAG);
		memory = ExAllocatePoolZero(NonPagedPoolNx, sizes[i], TAG);
		KUNIT_ASSERT_NOT_NULL(test, memory);
		KUNIT_EXPECT_NULL(test, memchr_inv(memory, 0, sizes[i]));
		/* With any tag. */
		ExFreePool(memory);
	}
	memory = ExAllocatePool(NonPagedPool, 10);
	KUNIT_EXPECT_NOT_NULL(test, memory);
	ExFreePool(memory);
}

static void pool_refuses_what_it_does_not_support(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, ExAllocatePool2(0, 8, TAG));
	KUNIT_EXPECT_NULL(test, ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_NON_PAGED, 8, TAG));
	KUNIT_EXPECT_NULL(test, ExAllocatePool2(POOL_FLAG_NON_PAGED | 0x80, 8, TAG));
	KUNIT_EXPECT_NULL(test, ExAllocatePool2(POOL_FLAG_NON_PAGED, SIZE_MAX, TAG));
	KUNIT_EXPECT_NULL(test, ExAllocatePool2(POOL_FLAG_PAGED, SIZE_MAX, TAG));
}

static int use_pool(struct nmr_mock *mock)
{
	PVOID memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG);

	if (memory)
		ExFreePoolWithTag(memory, TAG);
	return !!memory;
}

static void nonpaged_pool_is_available_at_any_level(struct kunit *test)
{
	/* With a raw spinlock or interrupts off, PREEMPT_RT allocates nothing. */
	enum nmr_test_context last = IS_ENABLED(CONFIG_PREEMPT_RT) ? NMR_TASK : NMR_HARDIRQ;
	enum nmr_test_context context;

	for (context = 0; context <= last; context++)
		KUNIT_EXPECT_EQ_MSG(test, nmr_test_call_in(test, context, use_pool,
							   carry(test, NULL)),
				    true, "%s", nmr_test_context_names[context]);
}

/* Memory, lists, strings. */

static void interlocked_operations_return_what_windows_documents(struct kunit *test)
{
	PVOID pointer = NULL;
	LONG64 wide = 1LL << 40;
	LONG value = 5;

	KUNIT_EXPECT_EQ(test, InterlockedIncrement(&value), 6);
	KUNIT_EXPECT_EQ(test, InterlockedDecrement(&value), 5);
	KUNIT_EXPECT_EQ(test, InterlockedAdd(&value, 3), 8);
	KUNIT_EXPECT_EQ(test, InterlockedExchangeAdd(&value, -8), 8);
	KUNIT_EXPECT_EQ(test, InterlockedExchange(&value, 6), 0);
	KUNIT_EXPECT_EQ(test, InterlockedCompareExchange(&value, 9, 7), 6);
	KUNIT_EXPECT_EQ(test, InterlockedCompareExchange(&value, 9, 6), 6);
	KUNIT_EXPECT_EQ(test, InterlockedOr(&value, 2), 9);
	KUNIT_EXPECT_EQ(test, InterlockedAnd(&value, 3), 11);
	KUNIT_EXPECT_EQ(test, InterlockedXor(&value, 1), 3);
	KUNIT_EXPECT_EQ(test, value, 2);
	KUNIT_EXPECT_EQ(test, InterlockedIncrement64(&wide), (1LL << 40) + 1);
	KUNIT_EXPECT_EQ(test, InterlockedExchangeAdd64(&wide, 1), (1LL << 40) + 1);
	KUNIT_EXPECT_EQ(test, InterlockedCompareExchange64(&wide, 0, (1LL << 40) + 2),
			(1LL << 40) + 2);
	KUNIT_EXPECT_EQ(test, wide, 0);
	KUNIT_EXPECT_NULL(test, InterlockedExchangePointer(&pointer, &value));
	KUNIT_EXPECT_PTR_EQ(test, InterlockedCompareExchangePointer(&pointer, NULL, &value),
			    (PVOID)&value);
	KUNIT_EXPECT_NULL(test, pointer);
}

struct item {
	int number;
	LIST_ENTRY link;
	SINGLE_LIST_ENTRY next;
};

static int number_of(PLIST_ENTRY entry)
{
	return CONTAINING_RECORD(entry, struct item, link)->number;
}

static void lists_work_and_are_linux_lists(struct kunit *test)
{
	struct item items[4] = { { 0 }, { 1 }, { 2 }, { 3 } };
	LIST_ENTRY head, other;

	InitializeListHead(&head);
	KUNIT_EXPECT_TRUE(test, IsListEmpty(&head));
	KUNIT_EXPECT_PTR_EQ(test, RemoveHeadList(&head), &head);
	InsertTailList(&head, &items[1].link);
	InsertTailList(&head, &items[2].link);
	InsertHeadList(&head, &items[0].link);
	KUNIT_EXPECT_PTR_EQ(test, ((struct list_head *)&head)->prev,
			    (struct list_head *)&items[2].link);
	KUNIT_EXPECT_FALSE(test, RemoveEntryList(&items[1].link));
	KUNIT_EXPECT_EQ(test, number_of(RemoveTailList(&head)), 2);
	KUNIT_EXPECT_TRUE(test, RemoveEntryList(&items[0].link));
	KUNIT_EXPECT_TRUE(test, IsListEmpty(&head));

	InitializeListHead(&other);
	InsertTailList(&head, &items[0].link);
	InsertTailList(&other, &items[1].link);
	InsertTailList(&other, &items[2].link);
	RemoveEntryList(&other);
	AppendTailList(&head, &items[1].link);
	KUNIT_EXPECT_EQ(test, number_of(RemoveHeadList(&head)), 0);
	KUNIT_EXPECT_EQ(test, number_of(RemoveHeadList(&head)), 1);
	KUNIT_EXPECT_EQ(test, number_of(RemoveHeadList(&head)), 2);
	KUNIT_EXPECT_TRUE(test, IsListEmpty(&head));
}

static void single_lists_are_stacks(struct kunit *test)
{
	SINGLE_LIST_ENTRY head = { NULL };
	struct item items[2];

	KUNIT_EXPECT_NULL(test, PopEntryList(&head));
	PushEntryList(&head, &items[0].next);
	PushEntryList(&head, &items[1].next);
	KUNIT_EXPECT_PTR_EQ(test, PopEntryList(&head), &items[1].next);
	KUNIT_EXPECT_PTR_EQ(test, PopEntryList(&head), &items[0].next);
	KUNIT_EXPECT_NULL(test, PopEntryList(&head));
}

static void strings_know_their_length(struct kunit *test)
{
	DECLARE_CONST_UNICODE_STRING(constant, L"constant");
	UNICODE_STRING string, copy;
	WCHAR buffer[5];

	KUNIT_EXPECT_EQ(test, constant.Length, 16);
	KUNIT_EXPECT_EQ(test, constant.MaximumLength, 18);
	RtlInitUnicodeString(&string, L"text");
	KUNIT_EXPECT_EQ(test, string.Length, 8);
	KUNIT_EXPECT_EQ(test, string.MaximumLength, 10);
	copy = (UNICODE_STRING){ .MaximumLength = sizeof(buffer), .Buffer = buffer };
	RtlCopyUnicodeString(&copy, &string);
	KUNIT_EXPECT_EQ(test, copy.Length, 8);
	KUNIT_EXPECT_TRUE(test, RtlEqualMemory(buffer, L"text", 10));
	RtlCopyUnicodeString(&copy, &constant);
	KUNIT_EXPECT_EQ(test, copy.Length, 10);
	KUNIT_EXPECT_TRUE(test, RtlEqualMemory(buffer, L"const", 10));
	RtlCopyUnicodeString(&copy, NULL);
	KUNIT_EXPECT_EQ(test, copy.Length, 0);
	RtlInitUnicodeString(&string, NULL);
	KUNIT_EXPECT_EQ(test, string.Length + string.MaximumLength, 0);
}

static bool log_has(const char *text)
{
	static char line[512];
	struct kmsg_dump_iter log;
	bool found = false;
	size_t length;

	kmsg_dump_rewind(&log);
	while (kmsg_dump_get_line(&log, false, line, sizeof(line) - 1, &length)) {
		line[length] = '\0';
		found |= !!strstr(line, text);
	}
	return found;
}

static void debug_print_takes_windows_formats(struct kunit *test)
{
	static const char numbers[] =
		"wdk1 -1|4294967295|-1|00000ABC|0x10|-1|18446744073709551615|5|1|-1|c%";
	static const char wides[] =
		"wdk3 w\u00e4\u20ac\U0001f600|big|long|wdk cou|c|C|\u00e4";
	UNICODE_STRING string = RTL_CONSTANT_STRING(L"wdk counted");
	LONGLONG minus = -1;
	ULONG ulong = 0xffffffff;
	WCHAR wide[] = { 'w', 0xe4, 0x20ac, 0xd83d, 0xde00, 0 };

	string.Length -= 4 * sizeof(WCHAR);
	DbgPrint("wdk1 %d|%lu|%ld|%08lX|%#x|%I64d|%I64u|%Iu|%hu|%hhd|%c%%\n", -1, ulong, ulong,
		 0xabcU, 16, minus, minus, (SIZE_T)5, 0x10001, 0x1ff, 'c');
	KUNIT_EXPECT_TRUE(test, log_has(numbers));
	DbgPrint("wdk2 %s|%5s|%-5s|%.2s|%*d|%.*s|%hs|%s|\n", "text", "r", "l", "cut", 4, 7,
		 1, "xy", "narrow", NULL);
	KUNIT_EXPECT_TRUE(test, log_has("wdk2 text|    r|l    |cu|   7|x|narrow|(null)|"));
	DbgPrint("wdk3 %ws|%S|%ls|%wZ|%.1ws|%C|%wc\n", wide, L"big", L"long", &string, L"cut",
		 'C', 0xe4);
	KUNIT_EXPECT_TRUE(test, log_has(wides));
	/* A negative precision counts as none; huge ones do not end the output. */
	DbgPrint("wdk5 %.*s|%.*s|%*d|%.*s|\n", -1, "all", 40000, "forty", -4, 7, 65541,
		 "seven of them");
	KUNIT_EXPECT_TRUE(test, log_has("wdk5 all|forty|7   |seven of them|"));
	DbgPrint("wdk6 %-+ #0*.*llx|\n", -6, INT_MIN, 1LL);
	KUNIT_EXPECT_TRUE(test, log_has("wdk6 0x1   |"));
	/* Longer than a line; the kernel would warn about an unknown format. */
	DbgPrint("%-+ #0*.*llx|\n", INT_MIN, INT_MIN, 1LL);
	/* From an unknown format on, the text is copied. */
	DbgPrint("wdk4 %d %q %d\n", 1, 2, 3);
	KUNIT_EXPECT_TRUE(test, log_has("wdk4 1 %q %d"));
}

/* Drivers. */

static UNICODE_STRING seen_path, seen_name;
static PDRIVER_OBJECT seen_driver;
static NTSTATUS entry_status;
static bool unloaded;

static void unload(PDRIVER_OBJECT driver)
{
	unloaded = true;
}

static NTSTATUS entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	seen_driver = driver;
	seen_path = *path;
	seen_name = driver->DriverName;
	driver->DriverUnload = unload;
	return entry_status;
}

static void driver_entry_and_unload_are_called(struct kunit *test)
{
	static const WCHAR path[] =
		L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\mine";
	static struct nmr_wdk_driver driver;

	unloaded = false;
	entry_status = STATUS_SUCCESS;
	KUNIT_ASSERT_EQ(test, nmr_wdk_load_driver(&driver, THIS_MODULE, "mine", entry), 0);
	KUNIT_EXPECT_EQ(test, seen_path.Length, sizeof(path) - sizeof(WCHAR));
	KUNIT_EXPECT_TRUE(test, RtlEqualMemory(seen_path.Buffer, path, sizeof(path)));
	KUNIT_EXPECT_TRUE(test, RtlEqualMemory(seen_name.Buffer, L"\\Driver\\mine", 26));
	KUNIT_EXPECT_PTR_EQ(test, seen_driver->DriverInit, (PDRIVER_INITIALIZE)entry);
	nmr_wdk_unload_driver(&driver);
	KUNIT_EXPECT_TRUE(test, unloaded);
}

static void driver_without_unload_can_be_unloaded(struct kunit *test)
{
	static struct nmr_wdk_driver driver;

	unloaded = false;
	entry_status = STATUS_SUCCESS;
	KUNIT_ASSERT_EQ(test, nmr_wdk_load_driver(&driver, THIS_MODULE, "mine", entry), 0);
	seen_driver->DriverUnload = NULL;
	nmr_wdk_unload_driver(&driver);
	KUNIT_EXPECT_FALSE(test, unloaded);
}

static void driver_entry_that_fails_is_an_errno(struct kunit *test)
{
	static struct nmr_wdk_driver driver;

	nmr_expect_log(test, 2, "mine: DriverEntry returned 0xc00000");
	unloaded = false;
	entry_status = STATUS_INSUFFICIENT_RESOURCES;
	KUNIT_EXPECT_EQ(test, nmr_wdk_load_driver(&driver, THIS_MODULE, "mine", entry), -ENOMEM);
	KUNIT_EXPECT_FALSE(test, unloaded);
	KUNIT_EXPECT_TRUE(test, log_has("mine: DriverEntry returned 0xc000009a"));
	/* -EEXIST would mean that the module is loaded already. */
	entry_status = STATUS_OBJECT_NAME_COLLISION;
	KUNIT_EXPECT_EQ(test, nmr_wdk_load_driver(&driver, THIS_MODULE, "mine", entry), -EBUSY);
}

static struct kunit_case facilities_cases[] = {
	KUNIT_CASE(level_is_that_of_the_context),
	KUNIT_CASE(spin_lock_raises_the_level_until_it_is_released),
	KUNIT_CASE(spin_locks_nest_and_are_released_in_any_order),
	KUNIT_CASE(spin_locks_at_dpc_level_leave_the_level),
	KUNIT_CASE(held_spin_lock_is_not_acquired),
	KUNIT_CASE(push_lock_is_shared_or_exclusive),
	KUNIT_CASE(notification_event_stays_set),
	KUNIT_CASE(synchronization_event_wakes_one_waiter),
	KUNIT_CASE(two_sets_wake_two_waiters),
	KUNIT_CASE(all_waiters_wake_though_the_event_is_reset_at_once),
	KUNIT_CASE(events_are_set_at_any_level),
	KUNIT_CASE(waits_end_at_their_time),
	KUNIT_CASE(far_times_do_not_overflow),
	KUNIT_CASE(pool_is_aligned_as_on_windows),
	KUNIT_CASE(pool_is_zero_where_that_is_promised),
	KUNIT_CASE(pool_refuses_what_it_does_not_support),
	KUNIT_CASE(nonpaged_pool_is_available_at_any_level),
	KUNIT_CASE(interlocked_operations_return_what_windows_documents),
	KUNIT_CASE(lists_work_and_are_linux_lists),
	KUNIT_CASE(single_lists_are_stacks),
	KUNIT_CASE(strings_know_their_length),
	KUNIT_CASE(debug_print_takes_windows_formats),
	KUNIT_CASE(driver_entry_and_unload_are_called),
	KUNIT_CASE(driver_without_unload_can_be_unloaded),
	KUNIT_CASE(driver_entry_that_fails_is_an_errno),
	{}
};

static struct kunit_suite facilities_suite = {
	.name = "nmr_wdk_facilities",
	.init = nmr_test_init,
	.exit = nmr_test_exit,
	.test_cases = facilities_cases,
};

kunit_test_suite(facilities_suite);
