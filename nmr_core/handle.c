// SPDX-License-Identifier: GPL-2.0
/*
 * The live handles. A module's handle is only ever a key in here: whatever it
 * passes, nothing is dereferenced that is not live (contract 5.1), and an old
 * handle reaches nothing (4.13).
 */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/rhashtable.h>

#include "handle.h"

/*
 * Written in process context only, under the locks of its own buckets. Looked
 * up in any context, under RCU.
 */
static struct rhashtable nmr_handles;

/* A cookie is scattered already, its upper half the most. */
static u32 nmr_handle_hash(const void *cookie, u32 length, u32 seed)
{
	return *(const unsigned long *)cookie >> (BITS_PER_LONG - 32);
}

static int nmr_handle_compare(struct rhashtable_compare_arg *arg, const void *handle)
{
	return *(const unsigned long *)arg->key !=
	       ((const struct nmr_handle *)handle)->cookie;
}

static const struct rhashtable_params nmr_handle_params = {
	.hashfn = nmr_handle_hash,
	.obj_cmpfn = nmr_handle_compare,
	.key_len = sizeof_field(struct nmr_handle, cookie),
	.key_offset = offsetof(struct nmr_handle, cookie),
	.head_offset = offsetof(struct nmr_handle, node),
	/* Few come and go all the time: do not resize for each. */
	.min_size = 64,
	.automatic_shrinking = true,
};

/* Hands out ids; orders nothing. */
static atomic_long_t nmr_last_handle_id;

int __init nmr_handle_init(void)
{
	return rhashtable_init(&nmr_handles, &nmr_handle_params);
}

/* Context: every handle was removed: no module is left that could have one. */
void nmr_handle_exit(void)
{
	WARN_ON(atomic_read(&nmr_handles.nelems));
	rhashtable_destroy(&nmr_handles);
}

/* Multiplying by an odd number is one to one: ids that differ stay different. */
static unsigned long nmr_scatter(unsigned long id)
{
#if BITS_PER_LONG == 64
	return id * GOLDEN_RATIO_64;
#else
	return id * GOLDEN_RATIO_32;
#endif
}

/**
 * nmr_handle_insert() - give an object its handle
 * @handle: embedded in the object
 * @kind: what a lookup must ask for to find it
 *
 * Context: Process context.
 * Return: 0 or -ENOMEM.
 */
int nmr_handle_insert(struct nmr_handle *handle, enum nmr_handle_kind kind)
{
	int err;

	handle->kind = kind;
	do {
		do {
			handle->id = atomic_long_inc_return_relaxed(&nmr_last_handle_id);
			handle->cookie = nmr_scatter(handle->id);
		} while (IS_ERR_OR_NULL((void *)handle->cookie));
		err = rhashtable_lookup_insert_fast(&nmr_handles, &handle->node,
						    nmr_handle_params);
	} while (err == -EEXIST);

	/* Too many or no memory: the same to who registers. */
	return err ? -ENOMEM : 0;
}

/**
 * nmr_handle_remove() - the handle finds the object no more
 * @handle: embedded in the object
 *
 * Context: Process context.
 * Return: true to the one caller that removed it.
 */
bool nmr_handle_remove(struct nmr_handle *handle)
{
	return !rhashtable_remove_fast(&nmr_handles, &handle->node,
				       nmr_handle_params);
}

/* To go through all handles with rhashtable_walk_start() and so on. */
void nmr_handle_walk_enter(struct rhashtable_iter *iter)
{
	rhashtable_walk_enter(&nmr_handles, iter);
}

/**
 * nmr_handle_find() - look a handle up among the live ones
 * @cookie: anything
 * @kind: what it must be a handle of
 *
 * Context: Any but NMI, inside rcu_read_lock(), which is all that keeps the
 *	object there.
 * Return: the object's &struct nmr_handle, or NULL.
 */
struct nmr_handle *nmr_handle_find(const void *cookie, enum nmr_handle_kind kind)
{
	unsigned long key = (unsigned long)cookie;
	struct nmr_handle *handle;

	handle = rhashtable_lookup(&nmr_handles, &key, nmr_handle_params);
	return handle && handle->kind == kind ? handle : NULL;
}
