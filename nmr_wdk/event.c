// SPDX-License-Identifier: GPL-2.0
/*
 * Events. Setting an event satisfies its waiters at once, although they run
 * later: a reset that follows does not affect them, and setting a
 * synchronization event twice releases two waiters.
 */
#include <linux/export.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "windows.h"

/* Marks an event: on Windows other objects can be waited for, too. */
#define NMR_WDK_EVENT 0x6b657665

struct nmr_wdk_event {
	u32 kind;
	u8 type;
	u8 signalled;
	/* Guards all members; only the scheduler's locks nest in it, on wakeup. */
	raw_spinlock_t lock;
	struct list_head waiters;
};

static_assert(sizeof(KEVENT) >= sizeof(struct nmr_wdk_event));
static_assert(__alignof__(KEVENT) >= __alignof__(struct nmr_wdk_event));

/* On the waiting task's stack. */
struct nmr_wdk_waiter {
	struct list_head list;
	struct task_struct *task;
	bool satisfied;
};

struct nmr_wdk_deadline {
	ktime_t expires;
	clockid_t clock;
};

static struct nmr_wdk_event *to_linux(PRKEVENT event)
{
	return (struct nmr_wdk_event *)event;
}

/**
 * KeInitializeEvent() - initialise an event
 * @Event: the caller's memory
 * @Type: NotificationEvent stays set until it is reset; SynchronizationEvent
 *	releases one waiter
 * @State: whether it is set initially
 *
 * Context: Any.
 */
void KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
	struct nmr_wdk_event *event = to_linux(Event);

	event->kind = NMR_WDK_EVENT;
	event->type = Type;
	event->signalled = !!State;
	raw_spin_lock_init(&event->lock);
	INIT_LIST_HEAD(&event->waiters);
}
EXPORT_SYMBOL_GPL(KeInitializeEvent);

/* The event and the waiter may be freed as soon as the lock is released. */
static void nmr_wdk_satisfy(struct nmr_wdk_waiter *waiter)
{
	list_del(&waiter->list);
	WRITE_ONCE(waiter->satisfied, true);
	wake_up_process(waiter->task);
}

/**
 * KeSetEvent() - set an event
 * @Event: initialised
 * @Increment: priority boost; ignored
 * @Wait: whether a wait follows at once; ignored
 *
 * Context: <= DISPATCH_LEVEL.
 * Return: nonzero if it was set before.
 */
LONG KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
	struct nmr_wdk_event *event = to_linux(Event);
	struct nmr_wdk_waiter *waiter, *next;
	unsigned long flags;
	LONG before;

	raw_spin_lock_irqsave(&event->lock, flags);
	before = event->signalled;
	if (event->type == SynchronizationEvent && !list_empty(&event->waiters)) {
		nmr_wdk_satisfy(list_first_entry(&event->waiters, struct nmr_wdk_waiter,
						 list));
	} else {
		event->signalled = true;
		list_for_each_entry_safe(waiter, next, &event->waiters, list)
			nmr_wdk_satisfy(waiter);
	}
	raw_spin_unlock_irqrestore(&event->lock, flags);
	return before;
}
EXPORT_SYMBOL_GPL(KeSetEvent);

/**
 * KeResetEvent() - reset an event
 * @Event: initialised
 *
 * Context: <= DISPATCH_LEVEL.
 * Return: nonzero if it was set before.
 */
LONG KeResetEvent(PRKEVENT Event)
{
	struct nmr_wdk_event *event = to_linux(Event);
	unsigned long flags;
	LONG before;

	raw_spin_lock_irqsave(&event->lock, flags);
	before = event->signalled;
	event->signalled = false;
	raw_spin_unlock_irqrestore(&event->lock, flags);
	return before;
}
EXPORT_SYMBOL_GPL(KeResetEvent);

/**
 * KeClearEvent() - reset an event, without a result
 * @Event: initialised
 *
 * Context: <= DISPATCH_LEVEL.
 */
void KeClearEvent(PRKEVENT Event)
{
	KeResetEvent(Event);
}
EXPORT_SYMBOL_GPL(KeClearEvent);

/**
 * KeReadStateEvent() - tell whether an event is set
 * @Event: initialised
 *
 * Context: <= DISPATCH_LEVEL.
 * Return: nonzero if it is set.
 */
LONG KeReadStateEvent(PRKEVENT Event)
{
	struct nmr_wdk_event *event = to_linux(Event);
	unsigned long flags;
	LONG now;

	raw_spin_lock_irqsave(&event->lock, flags);
	now = event->signalled;
	raw_spin_unlock_irqrestore(&event->lock, flags);
	return now;
}
EXPORT_SYMBOL_GPL(KeReadStateEvent);

/* The unit of Windows' clock, and 1970 in such units since its epoch, 1601. */
#define NMR_WDK_UNIT_NS	100LL
#define NMR_WDK_EPOCH	116444736000000000LL

static ktime_t nmr_wdk_units_to_ktime(LONGLONG units)
{
	return units >= KTIME_MAX / NMR_WDK_UNIT_NS ? KTIME_MAX : units * NMR_WDK_UNIT_NS;
}

/* A negative time is relative; else it is absolute and follows clock changes. */
static void nmr_wdk_deadline_init(struct nmr_wdk_deadline *deadline, LONGLONG time)
{
	if (time < 0) {
		time = nmr_wdk_units_to_ktime(time == LLONG_MIN ? LLONG_MAX : -time);
		deadline->clock = CLOCK_MONOTONIC;
		deadline->expires = ktime_add_safe(ktime_get(), time);
	} else {
		deadline->clock = CLOCK_REALTIME;
		deadline->expires = nmr_wdk_units_to_ktime(max(time - NMR_WDK_EPOCH, 0LL));
	}
}

/* Called with the task state set. Returns false if the deadline has passed. */
static bool nmr_wdk_sleep(struct nmr_wdk_deadline *deadline)
{
	if (deadline)
		return schedule_hrtimeout_range_clock(&deadline->expires, 0, HRTIMER_MODE_ABS,
						      deadline->clock);
	schedule();
	return true;
}

static void nmr_wdk_await(struct nmr_wdk_waiter *waiter, struct nmr_wdk_deadline *deadline)
{
	bool more = true;

	while (more) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (READ_ONCE(waiter->satisfied))
			break;
		more = nmr_wdk_sleep(deadline);
	}
	__set_current_state(TASK_RUNNING);
}

/**
 * KeWaitForSingleObject() - wait until an event is set
 * @Object: a KEVENT
 * @WaitReason: ignored
 * @WaitMode: KernelMode
 * @Alertable: ignored, as there are no alerts
 * @Timeout: NULL waits without limit. 0 does not wait, a negative value is a
 *	duration and a positive one a time since 1601, both in units of 100 ns.
 *
 * Context: <= APC_LEVEL, may sleep; <= DISPATCH_LEVEL if *@Timeout is 0.
 * Return: STATUS_SUCCESS; STATUS_TIMEOUT; STATUS_OBJECT_TYPE_MISMATCH if @Object
 *	is not an event.
 */
NTSTATUS KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason,
			       KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
			       PLARGE_INTEGER Timeout)
{
	struct nmr_wdk_waiter waiter = { .task = current };
	struct nmr_wdk_event *event = to_linux(Object);
	bool poll = Timeout && !Timeout->QuadPart;
	struct nmr_wdk_deadline deadline;
	unsigned long flags;

	if (WARN_ON_ONCE(event->kind != NMR_WDK_EVENT))
		return STATUS_OBJECT_TYPE_MISMATCH;
	if (!poll)
		might_sleep();

	raw_spin_lock_irqsave(&event->lock, flags);
	if (event->signalled) {
		waiter.satisfied = true;
		if (event->type == SynchronizationEvent)
			event->signalled = false;
	} else if (!poll) {
		list_add_tail(&waiter.list, &event->waiters);
	}
	raw_spin_unlock_irqrestore(&event->lock, flags);
	if (waiter.satisfied || poll)
		return waiter.satisfied ? STATUS_SUCCESS : STATUS_TIMEOUT;

	if (Timeout)
		nmr_wdk_deadline_init(&deadline, Timeout->QuadPart);
	nmr_wdk_await(&waiter, Timeout ? &deadline : NULL);

	/* Taking the lock waits for KeSetEvent() to be done with both. */
	raw_spin_lock_irqsave(&event->lock, flags);
	if (!waiter.satisfied)
		list_del(&waiter.list);
	raw_spin_unlock_irqrestore(&event->lock, flags);
	return waiter.satisfied ? STATUS_SUCCESS : STATUS_TIMEOUT;
}
EXPORT_SYMBOL_GPL(KeWaitForSingleObject);

/**
 * KeDelayExecutionThread() - sleep
 * @WaitMode: KernelMode
 * @Alertable: ignored, as there are no alerts
 * @Interval: as the timeout of KeWaitForSingleObject()
 *
 * Context: <= APC_LEVEL; may sleep.
 * Return: STATUS_SUCCESS.
 */
NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
				PLARGE_INTEGER Interval)
{
	struct nmr_wdk_waiter waiter = {};
	struct nmr_wdk_deadline deadline;

	might_sleep();
	if (Interval->QuadPart) {
		nmr_wdk_deadline_init(&deadline, Interval->QuadPart);
		nmr_wdk_await(&waiter, &deadline);
	} else {
		cond_resched();
	}
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(KeDelayExecutionThread);
