// SPDX-License-Identifier: GPL-2.0
/*
 * Spin locks. On Windows, to hold one is to be at DISPATCH_LEVEL, where nothing
 * else runs on the processor but interrupts, and those may not take it: bottom
 * halves are off, and preemption is.
 *
 * Bottom halves are counted, so levels need not be restored in the order in
 * which they were raised, and what a driver hands back as the old one does not
 * matter. A queued lock is what spinlock_t is already.
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

/* What KeInitializeSpinLock() calls. */
void nmr_wdk_init_spin_lock(PKSPIN_LOCK SpinLock, PCSTR Name, struct nmr_wdk_class *Class)
{
	spinlock_t *lock = to_linux(SpinLock);

	spin_lock_init(lock);
	lockdep_set_class_and_name(lock, (struct lock_class_key *)Class, Name);
}
EXPORT_SYMBOL_GPL(nmr_wdk_init_spin_lock);

/**
 * KeAcquireSpinLockRaiseToDpc() - lock, from any level that a lock may be taken at
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
 * KeReleaseSpinLock() - unlock, and go back to the level before
 * @SpinLock: held
 * @NewIrql: from KeAcquireSpinLock(); known without it
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
 * KeAcquireSpinLockAtDpcLevel() - lock, where the level is known
 * @SpinLock: initialised by KeInitializeSpinLock()
 *
 * Context: DISPATCH_LEVEL, that is, bottom halves are off.
 */
void KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
	__acquires(to_linux(SpinLock))
{
	spin_lock(to_linux(SpinLock));
}
EXPORT_SYMBOL_GPL(KeAcquireSpinLockAtDpcLevel);

/**
 * KeTryToAcquireSpinLockAtDpcLevel() - lock, unless it is held
 * @SpinLock: initialised by KeInitializeSpinLock()
 *
 * Context: DISPATCH_LEVEL.
 * Return: TRUE, it is held by the caller now.
 */
BOOLEAN KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
	bool locked = spin_trylock(to_linux(SpinLock));

	/* For sparse, which has no word for a lock that is held on TRUE only. */
	if (locked)
		__release(SpinLock);
	return locked;
}
EXPORT_SYMBOL_GPL(KeTryToAcquireSpinLockAtDpcLevel);

/**
 * KeReleaseSpinLockFromDpcLevel() - unlock, and stay at the level
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
 * KeAcquireInStackQueuedSpinLock() - lock, with a place in the queue
 * @SpinLock: initialised by KeInitializeSpinLock()
 * @LockHandle: memory of the caller's, until it unlocks
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
 * KeReleaseInStackQueuedSpinLock() - unlock, and go back to the level before
 * @LockHandle: what it was locked with
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
 * KeAcquireInStackQueuedSpinLockAtDpcLevel() - lock, where the level is known
 * @SpinLock: initialised by KeInitializeSpinLock()
 * @LockHandle: memory of the caller's, until it unlocks
 *
 * Context: DISPATCH_LEVEL, that is, bottom halves are off.
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
 * KeReleaseInStackQueuedSpinLockFromDpcLevel() - unlock, and stay at the level
 * @LockHandle: what it was locked with
 *
 * Context: DISPATCH_LEVEL.
 */
void KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE LockHandle)
	__releases(to_linux(LockHandle->Lock))
{
	spin_unlock(to_linux(LockHandle->Lock));
}
EXPORT_SYMBOL_GPL(KeReleaseInStackQueuedSpinLockFromDpcLevel);
