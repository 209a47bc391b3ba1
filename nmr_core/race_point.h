/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Named places inside the race windows of the contract, where a test can hold
 * one thread while another runs. Compiled out without CONFIG_NMR_KUNIT_TEST.
 */
#ifndef _NMR_RACE_POINT_H
#define _NMR_RACE_POINT_H

#include <linux/build_bug.h>
#include <linux/export.h>
#include <linux/kconfig.h>

enum nmr_race_point {
	NMR_RACE_OWNER_FOUND,		/* no reference taken; inside RCU */
	NMR_RACE_NPI_FOUND,		/* no reference taken; inside RCU */
	NMR_RACE_NPI_ALLOCATED,		/* not in the index yet */
	NMR_RACE_NPI_UNREFERENCED,	/* last reference dropped, still in the index */
	NMR_RACE_NPI_LOCK,		/* about to take an NPI's lock */
	NMR_RACE_REGISTER_ALLOCATED,	/* memory for the peers counted last */
	NMR_RACE_REGISTER_PEER,		/* a peer is registered; npi->lock */
	NMR_RACE_REGISTER_LINKED,	/* visible to peers, no attach begun */
	NMR_RACE_ATTACH_CLAIMED,	/* attach_provider not called yet */
	NMR_RACE_ATTACH_RETURNED,	/* the binding not put back yet */
	NMR_RACE_DEREGISTER_FOUND,	/* still registered; inside RCU; any context */
	NMR_RACE_DEREGISTER_BEGUN,	/* deregistering; still listed */
	NMR_RACE_DETACH_RETURNED,	/* its result not recorded yet */
	NMR_RACE_COMPLETE,		/* binding not looked up yet; any context */
	NMR_RACE_COMPLETE_FOUND,	/* not recorded yet; inside RCU; any context */
	NMR_RACE_CLEANUP,		/* both sides done, no cleanup begun */
	NMR_RACE_CLOSED,		/* no call can enter, those inside not counted yet */
	NMR_RACE_COMPLETED,		/* last user dropped, no waiter woken yet */
	NMR_RACE_WAIT_FOUND,		/* handle found, nothing checked yet */
	NMR_RACE_WAIT,			/* checked, about to sleep */
	NMR_RACE_WAITED,		/* woken, the handle still live */
	NMR_RACE_POINTS
};

#if IS_ENABLED(CONFIG_NMR_KUNIT_TEST)
#define EXPORT_SYMBOL_FOR_NMR_TESTS(symbol) EXPORT_SYMBOL_GPL(symbol)

void nmr_race_point(enum nmr_race_point point);
void nmr_set_race_hook(void (*hook)(enum nmr_race_point point));
#else
#define EXPORT_SYMBOL_FOR_NMR_TESTS(symbol) static_assert(sizeof(typeof(symbol) *))

static inline void nmr_race_point(enum nmr_race_point point)
{
}
#endif

#endif /* _NMR_RACE_POINT_H */
