// SPDX-License-Identifier: GPL-2.0
/* The index from GUID to NPI. An NPI exists while it has registrations. */
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "npi.h"

/*
 * Written in process context only, under its bucket locks, the only locks that
 * different NPIs share. Looked up under RCU.
 */
static struct rhashtable nmr_npis;
static struct kmem_cache *nmr_npi_cache;

static const struct rhashtable_params nmr_npi_params = {
	.key_len = sizeof_field(struct nmr_npi, id),
	.key_offset = offsetof(struct nmr_npi, id),
	.head_offset = offsetof(struct nmr_npi, node),
	/* A few that come and go must not resize the table each time. */
	.min_size = 64,
	.automatic_shrinking = true,
};

/*
 * Objects are also freed in this state. The allocator skips init_on_alloc for
 * caches with a constructor.
 */
static void nmr_npi_construct(void *memory)
{
	struct nmr_npi *npi = memory;
	enum nmr_side side;

	spin_lock_init(&npi->lock);
	for (side = 0; side < NMR_SIDES; side++) {
		INIT_LIST_HEAD(&npi->side[side].registrations);
		npi->side[side].count = 0;
	}
}

int __init nmr_npi_init(void)
{
	int err;

	nmr_npi_cache = kmem_cache_create("nmr_npi", sizeof(struct nmr_npi),
					  __alignof__(struct nmr_npi), 0,
					  nmr_npi_construct);
	if (!nmr_npi_cache)
		return -ENOMEM;
	err = rhashtable_init(&nmr_npis, &nmr_npi_params);
	if (err)
		kmem_cache_destroy(nmr_npi_cache);
	return err;
}

/* Context: after rcu_barrier(), which ran the last nmr_npi_free(). */
void nmr_npi_exit(void)
{
	rhashtable_destroy(&nmr_npis);
	kmem_cache_destroy(nmr_npi_cache);
}

static struct nmr_npi *nmr_npi_alloc(const guid_t *id)
{
	struct nmr_npi *npi = kmem_cache_alloc(nmr_npi_cache, GFP_KERNEL);

	if (!npi)
		return NULL;
	npi->id = *id;
	refcount_set(&npi->refs, 1);
	return npi;
}

static void nmr_npi_free(struct rcu_head *rcu)
{
	kmem_cache_free(nmr_npi_cache, container_of(rcu, struct nmr_npi, rcu));
}

/*
 * Takes a reference to @found. Without references left it is about to be
 * removed from the index by the thread that dropped the last one. Remove it
 * here rather than spin: that thread may have been preempted.
 */
static bool nmr_npi_tryget(struct nmr_npi *found)
{
	nmr_race_point(NMR_RACE_NPI_FOUND);
	if (refcount_inc_not_zero(&found->refs))
		return true;
	rhashtable_remove_fast(&nmr_npis, &found->node, nmr_npi_params);
	return false;
}

/**
 * nmr_npi_get() - find or create an NPI
 * @id: its GUID
 *
 * Context: Process context, may sleep.
 * Return: the NPI with a reference for the caller; NULL, no memory.
 */
struct nmr_npi *nmr_npi_get(const guid_t *id)
{
	struct nmr_npi *npi, *found;
	/* A guid_t has no alignment; the hash reads words. */
	guid_t key __aligned(sizeof(u32)) = *id;

	rcu_read_lock();
	found = rhashtable_lookup(&nmr_npis, &key, nmr_npi_params);
	if (found && !nmr_npi_tryget(found))
		found = NULL;
	rcu_read_unlock();
	if (found)
		return found;

	npi = nmr_npi_alloc(id);
	if (!npi)
		return NULL;
	nmr_race_point(NMR_RACE_NPI_ALLOCATED);
	rcu_read_lock();
	do {
		found = rhashtable_lookup_get_insert_fast(&nmr_npis, &npi->node,
							  nmr_npi_params);
	} while (!IS_ERR_OR_NULL(found) && !nmr_npi_tryget(found));
	rcu_read_unlock();
	if (!found)
		return npi;

	/* Never in the index: free it without a grace period. */
	kmem_cache_free(nmr_npi_cache, npi);
	return IS_ERR(found) ? NULL : found;
}

/**
 * nmr_npi_put() - drop a reference
 * @npi: removed from the index and freed after the last
 *
 * Context: Process context.
 */
void nmr_npi_put(struct nmr_npi *npi)
{
	if (!refcount_dec_and_test(&npi->refs))
		return;
	nmr_race_point(NMR_RACE_NPI_UNREFERENCED);
	/* No-op if nmr_npi_tryget() was faster. */
	rhashtable_remove_fast(&nmr_npis, &npi->node, nmr_npi_params);
	call_rcu(&npi->rcu, nmr_npi_free);
}
