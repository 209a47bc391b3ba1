// SPDX-License-Identifier: GPL-2.0
/*
 * The table of live handles. A handle encodes the index of a slot here and the
 * generation of that slot: whatever a module passes, only live objects are ever
 * dereferenced (contract 5.1), and no lookup finds a stale handle (4.13).
 *
 * Slots never move: the table grows by chunks and never shrinks. So a lookup is
 * an index, a bounds check, a dereference and a comparison; it takes no lock
 * and never retries, whatever it interrupted (5.10). A walk goes by index and
 * may stop anywhere and resume.
 */
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/hash.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "handle.h"
#include "race_point.h"

/*
 * A handle, before it is scattered, is a slot's generation above its index.
 *
 * 64 bit: a slot is retired after 2^32 generations, at a cost of 16 bytes. No
 * handle is ever reused.
 *
 * 32 bit: there are more indices than objects fit into low memory, and 2^9
 * generations, which wrap: a handle is reused after 2^9 uses of its slot. Free
 * slots are used in FIFO order and NMR_SLOTS_KEPT_FREE of them are kept free,
 * so that takes 2^21 registrations and bindings, unless memory for that many
 * slots is short.
 */
#if BITS_PER_LONG == 64
#define NMR_INDEX_BITS		32
#define NMR_SLOTS_KEPT_FREE	0
#define NMR_SCATTER		GOLDEN_RATIO_64
#define NMR_GATHER		0x0e217c1e66c88cc3UL
#else
#define NMR_INDEX_BITS		23
#define NMR_SLOTS_KEPT_FREE	4096
#define NMR_SCATTER		GOLDEN_RATIO_32
#define NMR_GATHER		0xebb34377UL
#endif
#define NMR_GENERATION_BITS	(BITS_PER_LONG - NMR_INDEX_BITS)

/* Slots of the first chunk. Each later chunk doubles the table. */
#define NMR_FIRST_CHUNK_BITS	8
#define NMR_CHUNKS		(NMR_INDEX_BITS - NMR_FIRST_CHUNK_BITS + 1)

/* Slots that a walk visits before it may reschedule. */
#define NMR_SLOTS_AT_ONCE	64

struct nmr_slot {
	/* NULL while the handle is not live. Read under RCU. */
	struct nmr_handle __rcu *handle;
	/* Of the current handle, or of the next one while the slot is free. */
	u32 generation;
	/* Index of the next slot in the free queue. */
	u32 next;
};

/*
 * Guards the slots, except against lookups, and the queue of free ones. Taken
 * in process context only, also inside owner->lock, for a handful of
 * instructions; nothing nests in it. Shared by all registrations.
 */
static DEFINE_SPINLOCK(nmr_slots_lock);

static struct {
	struct nmr_slot *chunk[NMR_CHUNKS];
	/* Number of slots, and of those, from the first, that were ever used. */
	unsigned long size;
	unsigned long used;
	/* Length, head and tail of the queue of free slots. */
	unsigned long free;
	u32 first_free;
	struct nmr_slot *last_free;
	/* Number of slots that are reserved or live. */
	unsigned long taken;
	unsigned long last_id;
} nmr_slots;

/* Serialises adding a chunk. nmr_slots_lock nests in it. */
static DEFINE_MUTEX(nmr_slots_growing);

/* Multiplication by an odd number is a bijection. */
static unsigned long nmr_scatter(u32 index, u32 generation)
{
	BUILD_BUG_ON((unsigned long)(NMR_SCATTER * NMR_GATHER) != 1);
	return (index | (unsigned long)generation << NMR_INDEX_BITS) *
	       (unsigned long)NMR_SCATTER;
}

static u32 nmr_index_of(unsigned long cookie)
{
	return (cookie * NMR_GATHER) & GENMASK(NMR_INDEX_BITS - 1, 0);
}

static u32 nmr_next_generation(u32 generation)
{
	return (generation + 1) & GENMASK(NMR_GENERATION_BITS - 1, 0);
}

static unsigned int nmr_chunk_of(unsigned long index)
{
	return fls(index >> NMR_FIRST_CHUNK_BITS);
}

/* For all chunks but the first also the index of the chunk's first slot. */
static unsigned long nmr_chunk_size(unsigned int chunk)
{
	return BIT(NMR_FIRST_CHUNK_BITS + (chunk ? chunk - 1 : 0));
}

/* NULL if the index is beyond the table. */
static struct nmr_slot *nmr_slot(u32 index)
{
	unsigned int chunk = nmr_chunk_of(index);
	/* Pairs, by address dependency, with the release in nmr_slots_grow(). */
	struct nmr_slot *slots = READ_ONCE(nmr_slots.chunk[chunk]);

	if (!slots)
		return NULL;
	return slots + (chunk ? index - nmr_chunk_size(chunk) : index);
}

/* Context: all handles are removed, and no module can use one any more. */
void nmr_handle_exit(void)
{
	unsigned int chunk;

	WARN_ON(nmr_slots.taken);
	for (chunk = 0; chunk < NMR_CHUNKS; chunk++)
		vfree(nmr_slots.chunk[chunk]);
}

/* Adds a chunk, unless another thread has. */
static int nmr_slots_grow(void)
{
	struct nmr_slot *slots;
	unsigned int chunk;
	int err = 0;

	mutex_lock(&nmr_slots_growing);
	if (READ_ONCE(nmr_slots.used) < nmr_slots.size)
		goto out;
	err = -ENOMEM;
	chunk = nmr_chunk_of(nmr_slots.size);
	if (chunk == NMR_CHUNKS)
		goto out;
	/* Only memory limits it, and register returns -ENOMEM: do not warn. */
	slots = __vmalloc_array(nmr_chunk_size(chunk), sizeof(*slots),
				GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
	if (!slots)
		goto out;
	/* A lookup that finds the chunk finds its slots zeroed. */
	smp_store_release(&nmr_slots.chunk[chunk], slots);
	spin_lock(&nmr_slots_lock);
	nmr_slots.size += nmr_chunk_size(chunk);
	spin_unlock(&nmr_slots_lock);
	err = 0;
out:
	mutex_unlock(&nmr_slots_growing);
	return err;
}

/* A free slot if more than @kept are free, else an unused one, or NULL. */
static struct nmr_slot *nmr_slots_take(u32 *index, unsigned long kept)
{
	struct nmr_slot *slot;

	lockdep_assert_held(&nmr_slots_lock);
	if (nmr_slots.free > kept) {
		*index = nmr_slots.first_free;
		slot = nmr_slot(*index);
		nmr_slots.first_free = slot->next;
		nmr_slots.free--;
	} else if (nmr_slots.used < nmr_slots.size) {
		*index = nmr_slots.used;
		slot = nmr_slot(*index);
		/* Pairs with the acquire in nmr_handle_next(). */
		smp_store_release(&nmr_slots.used, nmr_slots.used + 1);
	} else {
		return NULL;
	}
	nmr_slots.taken++;
	return slot;
}

static void nmr_slots_give_back(struct nmr_slot *slot, u32 index)
{
	lockdep_assert_held(&nmr_slots_lock);
	nmr_slots.taken--;
	slot->generation = nmr_next_generation(slot->generation);
	/* On 64 bit, retire a slot after its last generation. */
	if (BITS_PER_LONG == 64 && !slot->generation)
		return;
	if (nmr_slots.free++)
		nmr_slots.last_free->next = index;
	else
		nmr_slots.first_free = index;
	nmr_slots.last_free = slot;
}

/**
 * nmr_handle_reserve() - give an object its handle, not to be found yet
 * @handle: embedded in the object
 * @kind: the kind that a lookup must ask for
 *
 * Context: Process context, may sleep.
 * Return: 0, and nmr_handle_remove() must follow; -ENOMEM.
 */
int nmr_handle_reserve(struct nmr_handle *handle, enum nmr_handle_kind kind)
{
	unsigned long kept = NMR_SLOTS_KEPT_FREE;
	struct nmr_slot *slot;
	u32 index;

	spin_lock(&nmr_slots_lock);
	while (!(slot = nmr_slots_take(&index, kept))) {
		spin_unlock(&nmr_slots_lock);
		if (nmr_slots_grow()) {
			if (!kept)
				return -ENOMEM;
			/* Better a recently freed slot than none. */
			kept = 0;
		}
		spin_lock(&nmr_slots_lock);
	}
	handle->slot = slot;
	handle->kind = kind;
	handle->id = nmr_slots.last_id + 1;
	WRITE_ONCE(nmr_slots.last_id, handle->id);
	handle->cookie = nmr_scatter(index, slot->generation);
	while (IS_ERR_OR_NULL((void *)handle->cookie)) {
		slot->generation = nmr_next_generation(slot->generation);
		handle->cookie = nmr_scatter(index, slot->generation);
	}
	spin_unlock(&nmr_slots_lock);
	return 0;
}
EXPORT_SYMBOL_FOR_NMR_TESTS(nmr_handle_reserve);

/**
 * nmr_handle_publish() - let lookups find an object
 * @handle: reserved; the object is fully initialised
 *
 * Context: Any.
 */
void nmr_handle_publish(struct nmr_handle *handle)
{
	rcu_assign_pointer(handle->slot->handle, handle);
}
EXPORT_SYMBOL_FOR_NMR_TESTS(nmr_handle_publish);

/**
 * nmr_handle_remove() - make a handle stale
 * @handle: embedded in the object; reserved, whether or not it was published
 *
 * Context: Process context. Once for each reserve.
 */
void nmr_handle_remove(struct nmr_handle *handle)
{
	spin_lock(&nmr_slots_lock);
	RCU_INIT_POINTER(handle->slot->handle, NULL);
	nmr_slots_give_back(handle->slot, nmr_index_of(handle->cookie));
	spin_unlock(&nmr_slots_lock);
}
EXPORT_SYMBOL_FOR_NMR_TESTS(nmr_handle_remove);

/**
 * nmr_handle_find() - look a handle up among the live ones
 * @cookie: anything
 * @kind: what it must be a handle of
 *
 * Context: Any, inside rcu_read_lock(), which alone keeps the object alive.
 * Return: the object's &struct nmr_handle, or NULL.
 */
struct nmr_handle *nmr_handle_find(const void *cookie, enum nmr_handle_kind kind)
{
	struct nmr_slot *slot = nmr_slot(nmr_index_of((unsigned long)cookie));
	struct nmr_handle *handle;

	if (!slot)
		return NULL;
	handle = rcu_dereference(slot->handle);
	if (!handle || handle->cookie != (unsigned long)cookie || handle->kind != kind)
		return NULL;
	return handle;
}
EXPORT_SYMBOL_FOR_NMR_TESTS(nmr_handle_find);

/**
 * nmr_handle_last_id() - the newest id
 *
 * Context: Any.
 * Return: the id of the handle that was reserved last.
 */
unsigned long nmr_handle_last_id(void)
{
	return READ_ONCE(nmr_slots.last_id);
}

/**
 * nmr_handle_next() - the next live handle of a walk
 * @position: of the walk, 0 at its beginning; moved past the handle
 *
 * Leaves the RCU read section now and then to reschedule: objects that the walk
 * found earlier may be freed by then. A handle that is live throughout the walk
 * is found exactly once.
 *
 * Context: Process context, inside rcu_read_lock(), not nested, which alone
 *	keeps the object alive.
 * Return: the object's &struct nmr_handle; NULL at the end.
 */
struct nmr_handle *nmr_handle_next(unsigned long *position)
	__must_hold(RCU)
{
	struct nmr_handle *handle = NULL;

	/* Pairs with the release in nmr_slots_take(): the chunk is visible. */
	while (!handle && *position < smp_load_acquire(&nmr_slots.used)) {
		if (*position % NMR_SLOTS_AT_ONCE == 0) {
			rcu_read_unlock();
			cond_resched();
			rcu_read_lock();
		}
		handle = rcu_dereference(nmr_slot((*position)++)->handle);
	}
	return handle;
}
EXPORT_SYMBOL_FOR_NMR_TESTS(nmr_handle_next);

#if IS_ENABLED(CONFIG_NMR_KUNIT_TEST)
/**
 * nmr_handle_age() - advance a handle's slot to its last generation
 * @handle: reserved, not published
 *
 * Return: the handle that would follow if generations wrapped.
 */
unsigned long nmr_handle_age(struct nmr_handle *handle)
{
	u32 index = nmr_index_of(handle->cookie);

	spin_lock(&nmr_slots_lock);
	handle->slot->generation = GENMASK(NMR_GENERATION_BITS - 1, 0);
	handle->cookie = nmr_scatter(index, handle->slot->generation);
	spin_unlock(&nmr_slots_lock);
	return nmr_scatter(index, 0);
}
EXPORT_SYMBOL_FOR_NMR_TESTS(nmr_handle_age);
#endif
