// SPDX-License-Identifier: GPL-2.0
/* What corresponds to a level, IRQL, in the context that runs. */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "level.h"
#include "windows.h"

/*
 * The level as far as it can be seen. A kernel without CONFIG_PREEMPT_COUNT does
 * not count a spinlock nor an RCU read section of a Linux module; what turns
 * bottom halves or interrupts off, as a KSPIN_LOCK does, is seen on each.
 */
KIRQL nmr_wdk_level(void)
{
	if (in_hardirq() || irqs_disabled())
		return HIGH_LEVEL;
	/* On PREEMPT_RT each of the three says what the others do not. */
	if (preempt_count() || in_softirq() || rcu_preempt_depth())
		return DISPATCH_LEVEL;
	return PASSIVE_LEVEL;
}

/* False where it may not, and where nobody knows. */
bool nmr_wdk_surely_may_sleep(void)
{
	return IS_ENABLED(CONFIG_PREEMPT_COUNT) && nmr_wdk_level() == PASSIVE_LEVEL;
}

#ifdef CONFIG_PREEMPT_COUNT
/**
 * KeGetCurrentIrql() - at what level does this run?
 *
 * Context: Any.
 * Return: PASSIVE_LEVEL, may sleep; DISPATCH_LEVEL; HIGH_LEVEL, interrupts are
 *	off.
 */
KIRQL KeGetCurrentIrql(void)
{
	return nmr_wdk_level();
}
EXPORT_SYMBOL_GPL(KeGetCurrentIrql);
#endif

/* What PAGED_CODE() calls. */
void nmr_wdk_paged_code(void)
{
	might_sleep();
}
EXPORT_SYMBOL_GPL(nmr_wdk_paged_code);
