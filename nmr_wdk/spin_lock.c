// SPDX-License-Identifier: GPL-2.0
/*
 * Spin locks. On Windows the holder runs at DISPATCH_LEVEL, where only interrupts
 * can preempt it, and they must not take the lock: here bottom halves and
 * preemption are disabled.
 *
 * Disabled bottom halves are counted, so levels may be restored in any order, and
 * the old level that a driver passes back is ignored. spinlock_t is queued
 * already, so a queued lock is the same.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>

#include "level.h"
#include "windows.h"

static_assert(sizeof(KSPIN_LOCK) >= sizeof(spinlock_t));
static_assert(__alignof__(KSPIN_LOCK) >= __alignof__(spinlock_t));

static spinlock_t *to_linux(PKSPIN_LOCK lock)
{
	return (spinlock_t *)lock;
}

/* Implements KeInitializeSpinLock(). */
void nmr_wdk_init_spin_lock(PKSPIN_LOCK SpinLock, PCSTR Name, struct nmr_wdk_class *Class)
{
	spinlock_t *lock = to_linux(SpinLock);

	spin_lock_init(lock);
	lockdep_set_class_and_name(lock, (struct lock_class_key *)Class, Name);
}
EXPORT_SYMBOL_GPL(nmr_wdk_init_spin_lock);

/**
 * KeAcquireSpinLockRaiseToDpc() - raise the level to DISPATCH_LEVEL and lock
 * @SpinLock: initialised by KeInitializeSpinLock()
 *
 * Context: <= DISPATCH_LEVEL.
 * Return: the level before, for KeReleaseSpinLock().
 */
KIRQL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock)
	__acquires(to_linux(SpinLock))
{
	KIRQL before = nmr_wdk_level();

	spin_lock_bh(to_linux(SpinLock));
	return before;
}
EXPORT_SYMBOL_GPL(KeAcquireSpinLockRaiseToDpc);

/**
 * KeReleaseSpinLock() - unlock and restore the level
 * @SpinLock: held
 * @NewIrql: from KeAcquireSpinLock(); ignored
 *
 * Context: DISPATCH_LEVEL.
 */
void KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql)
	__releases(to_linux(SpinLock))
{
	spin_unlock_bh(to_linux(SpinLock));
}
EXPORT_SYMBOL_GPL(KeReleaseSpinLock);

/**
 * KeAcquireSpinLockAtDpcLevel() - lock without changing the level
 * @SpinLock: initialised by KeInitializeSpinLock()
 *
 * Context: DISPATCH_LEVEL, that is, with bottom halves disabled.
 */
void KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
	__acquires(to_linux(SpinLock))
{
	spin_lock(to_linux(SpinLock));
}
EXPORT_SYMBOL_GPL(KeAcquireSpinLockAtDpcLevel);

/**
 * KeTryToAcquireSpinLockAtDpcLevel() - lock unless it is contended
 * @SpinLock: initialised by KeInitializeSpinLock()
 *
 * Context: DISPATCH_LEVEL.
 * Return: TRUE if the caller holds it now.
 */
BOOLEAN KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
	bool locked = spin_trylock(to_linux(SpinLock));

	/* sparse cannot annotate a function that locks only if it returns TRUE. */
	if (locked)
		__release(SpinLock);
	return locked;
}
EXPORT_SYMBOL_GPL(KeTryToAcquireSpinLockAtDpcLevel);

/**
 * KeReleaseSpinLockFromDpcLevel() - unlock without changing the level
 * @SpinLock: held
 *
 * Context: DISPATCH_LEVEL.
 */
void KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock)
	__releases(to_linux(SpinLock))
{
	spin_unlock(to_linux(SpinLock));
}
EXPORT_SYMBOL_GPL(KeReleaseSpinLockFromDpcLevel);

/**
 * KeAcquireInStackQueuedSpinLock() - raise the level and lock, queued
 * @SpinLock: initialised by KeInitializeSpinLock()
 * @LockHandle: the caller's memory, in use until it unlocks
 *
 * Context: <= DISPATCH_LEVEL.
 */
void KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
	__acquires(to_linux(SpinLock))
{
	LockHandle->Lock = SpinLock;
	LockHandle->OldIrql = nmr_wdk_level();
	spin_lock_bh(to_linux(SpinLock));
}
EXPORT_SYMBOL_GPL(KeAcquireInStackQueuedSpinLock);

/**
 * KeReleaseInStackQueuedSpinLock() - unlock and restore the level
 * @LockHandle: as given to KeAcquireInStackQueuedSpinLock()
 *
 * Context: DISPATCH_LEVEL.
 */
void KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE LockHandle)
	__releases(to_linux(LockHandle->Lock))
{
	spin_unlock_bh(to_linux(LockHandle->Lock));
}
EXPORT_SYMBOL_GPL(KeReleaseInStackQueuedSpinLock);

/**
 * KeAcquireInStackQueuedSpinLockAtDpcLevel() - lock, queued
 * @SpinLock: initialised by KeInitializeSpinLock()
 * @LockHandle: the caller's memory, in use until it unlocks
 *
 * Context: DISPATCH_LEVEL, that is, with bottom halves disabled.
 */
void KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock,
					      PKLOCK_QUEUE_HANDLE LockHandle)
	__acquires(to_linux(SpinLock))
{
	LockHandle->Lock = SpinLock;
	LockHandle->OldIrql = DISPATCH_LEVEL;
	spin_lock(to_linux(SpinLock));
}
EXPORT_SYMBOL_GPL(KeAcquireInStackQueuedSpinLockAtDpcLevel);

/**
 * KeReleaseInStackQueuedSpinLockFromDpcLevel() - unlock without changing the level
 * @LockHandle: as given to KeAcquireInStackQueuedSpinLockAtDpcLevel()
 *
 * Context: DISPATCH_LEVEL.
 */
void KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE LockHandle)
	__releases(to_linux(LockHandle->Lock))
{
	spin_unlock(to_linux(LockHandle->Lock));
}
EXPORT_SYMBOL_GPL(KeReleaseInStackQueuedSpinLockFromDpcLevel);
