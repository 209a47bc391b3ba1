// SPDX-License-Identifier: GPL-2.0
/* The interrupt request level (IRQL) that corresponds to the current context. */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "level.h"
#include "windows.h"

/*
 * The level as far as it is known. A kernel without CONFIG_PREEMPT_COUNT counts
 * neither spinlocks nor RCU read sections of Linux modules; disabled bottom
 * halves, as under a KSPIN_LOCK, and disabled interrupts are always visible.
 */
KIRQL nmr_wdk_level(void)
{
	if (in_hardirq() || irqs_disabled())
		return HIGH_LEVEL;
	/* On PREEMPT_RT none of the three implies another. */
	if (preempt_count() || in_softirq() || rcu_preempt_depth())
		return DISPATCH_LEVEL;
	return PASSIVE_LEVEL;
}

/* Returns false also where it cannot be known. */
bool nmr_wdk_surely_may_sleep(void)
{
	return IS_ENABLED(CONFIG_PREEMPT_COUNT) && nmr_wdk_level() == PASSIVE_LEVEL;
}

#ifdef CONFIG_PREEMPT_COUNT
/**
 * KeGetCurrentIrql() - get the current level
 *
 * Context: Any.
 * Return: PASSIVE_LEVEL if the caller may sleep; HIGH_LEVEL if interrupts are
 *	disabled; else DISPATCH_LEVEL.
 */
KIRQL KeGetCurrentIrql(void)
{
	return nmr_wdk_level();
}
EXPORT_SYMBOL_GPL(KeGetCurrentIrql);
#endif

/* Implements PAGED_CODE(). */
void nmr_wdk_paged_code(void)
{
	might_sleep();
}
EXPORT_SYMBOL_GPL(nmr_wdk_paged_code);
