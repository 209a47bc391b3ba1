// SPDX-License-Identifier: GPL-2.0
/* Push locks: reader-writer locks that sleep. */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/rwsem.h>

#include "windows.h"

static_assert(sizeof(EX_PUSH_LOCK) >= sizeof(struct rw_semaphore));
static_assert(__alignof__(EX_PUSH_LOCK) >= __alignof__(struct rw_semaphore));

static struct rw_semaphore *to_linux(PEX_PUSH_LOCK lock)
{
	return (struct rw_semaphore *)lock;
}

/* Implements ExInitializePushLock(). */
void nmr_wdk_init_push_lock(PEX_PUSH_LOCK PushLock, PCSTR Name, struct nmr_wdk_class *Class)
{
	__init_rwsem(to_linux(PushLock), Name, (struct lock_class_key *)Class);
}
EXPORT_SYMBOL_GPL(nmr_wdk_init_push_lock);

/**
 * ExAcquirePushLockExclusive() - lock exclusively
 * @PushLock: initialised by ExInitializePushLock()
 *
 * Context: <= APC_LEVEL; may sleep.
 */
void ExAcquirePushLockExclusive(PEX_PUSH_LOCK PushLock)
{
	down_write(to_linux(PushLock));
}
EXPORT_SYMBOL_GPL(ExAcquirePushLockExclusive);

/**
 * ExAcquirePushLockShared() - lock shared
 * @PushLock: initialised by ExInitializePushLock()
 *
 * Context: <= APC_LEVEL; may sleep.
 */
void ExAcquirePushLockShared(PEX_PUSH_LOCK PushLock)
{
	down_read(to_linux(PushLock));
}
EXPORT_SYMBOL_GPL(ExAcquirePushLockShared);

/**
 * ExReleasePushLockExclusive() - release an exclusive lock
 * @PushLock: held by the caller
 *
 * Context: <= APC_LEVEL.
 */
void ExReleasePushLockExclusive(PEX_PUSH_LOCK PushLock)
{
	up_write(to_linux(PushLock));
}
EXPORT_SYMBOL_GPL(ExReleasePushLockExclusive);

/**
 * ExReleasePushLockShared() - release a shared lock
 * @PushLock: held by the caller
 *
 * Context: <= APC_LEVEL.
 */
void ExReleasePushLockShared(PEX_PUSH_LOCK PushLock)
{
	up_read(to_linux(PushLock));
}
EXPORT_SYMBOL_GPL(ExReleasePushLockShared);
