/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_NPI_H
#define _NMR_NPI_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/uuid.h>

#include "race_point.h"
#include "side.h"

/* An NPI that has registrations. */
struct nmr_npi {
	struct rhash_head node;
	guid_t id;
	/* One for each registration, until that is freed. */
	refcount_t refs;
	/*
	 * Guards the lists below and, of the registrations on them, the list
	 * node, the lists of bindings and the phases of the bindings. Taken in
	 * process context only. Only owner->lock nests in it.
	 */
	spinlock_t lock;
	struct {
		/* In order of registration, plus cursors. */
		struct list_head registrations;
		/* Number of registrations, without cursors. */
		unsigned int count;
	} side[NMR_SIDES];
	struct rcu_head rcu;
};

int nmr_npi_init(void);
void nmr_npi_exit(void);

struct nmr_npi *nmr_npi_get(const guid_t *id);
void nmr_npi_put(struct nmr_npi *npi);

static inline void nmr_npi_lock(struct nmr_npi *npi)
	__acquires(&npi->lock)
{
	/* Lets tests change what was read before the lock. */
	nmr_race_point(NMR_RACE_NPI_LOCK);
	spin_lock(&npi->lock);
}

static inline void nmr_npi_unlock(struct nmr_npi *npi)
	__releases(&npi->lock)
{
	spin_unlock(&npi->lock);
}

#endif /* _NMR_NPI_H */
