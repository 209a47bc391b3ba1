/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_NPI_H
#define _NMR_NPI_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/uuid.h>

#include "side.h"

/* One NPI that somebody is registered for. */
struct nmr_npi {
	struct rhash_head node;
	guid_t id;
	/* Memory and index entry: one for each registration's memory. */
	refcount_t refs;
	/*
	 * Guards the lists below and, of the registrations on them, their place
	 * there, their lists of bindings, and the phases of those. Taken in
	 * process context only. Nothing nests in it.
	 */
	spinlock_t lock;
	struct {
		struct list_head registrations;
		unsigned int count;
	} side[NMR_SIDES];
	struct rcu_head rcu;
};

int nmr_npi_init(void);
void nmr_npi_exit(void);

struct nmr_npi *nmr_npi_get(const guid_t *id);
void nmr_npi_put(struct nmr_npi *npi);

#endif /* _NMR_NPI_H */
