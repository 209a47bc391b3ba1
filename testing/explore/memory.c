// SPDX-License-Identifier: GPL-2.0
/*
 * The memory whose accesses are checked: a heap, and the static data of the core
 * and of the scenarios. A cell for every four bytes records the last accesses, with
 * the clocks of their actors, and a hash of the operations that the contents depend
 * on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "explore.h"
#include "scenario.h"

extern char __start_core_data[], __stop_core_data[];

#define GRAIN		4
#define EX_STATIC	(64 * 1024)
#define READS		6
#define CLOCKS		8192

struct epoch {
	u16 clock;
	u8 actor;
	u8 how;
	u32 place;
};

struct cell {
	u32 generation;
	u16 released;
	u8 reads;
	/* The last plain and the last marked write. */
	struct epoch wrote[2];
	struct epoch read[READS];
	u64 written_by;
	u64 read_by;
};

static char *heap;
static struct cell *heap_cells, *static_cells;
static u16 *object_of;
static struct object objects[EX_OBJECTS];
static struct vector_clock clocks[CLOCKS];
static unsigned int clocks_used;
static u32 generation;

/* The state that each schedule starts from. */
static struct {
	char data[EX_STATIC];
	char heap[EX_HEAP];
	u16 object_of[EX_HEAP / GRAIN];
	struct object objects[EX_OBJECTS];
	struct world world;
} kept;

static void *get(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		abort();
	return memory;
}

static size_t static_size(void)
{
	return __stop_core_data - __start_core_data;
}

void ex_memory_init(void)
{
	heap = get(EX_HEAP);
	heap_cells = get(EX_HEAP / GRAIN * sizeof(struct cell));
	static_cells = get(EX_STATIC / GRAIN * sizeof(struct cell));
	object_of = get(EX_HEAP / GRAIN * sizeof(*object_of));
	if (static_size() > EX_STATIC)
		abort();
}

/* Back to the start of the program: a process may run several scenarios and replays. */
void ex_memory_reset(void)
{
	static char data[EX_STATIC];
	static bool known;

	if (known)
		memcpy(__start_core_data, data, static_size());
	else
		memcpy(data, __start_core_data, static_size());
	known = true;
	memset(object_of, 0, EX_HEAP / GRAIN * sizeof(*object_of));
	memset(&world, 0, sizeof(world));
	generation++;
}

/* ex_memory_restore() returns to this state. */
void ex_memory_keep(void)
{
	memcpy(kept.data, __start_core_data, static_size());
	memcpy(kept.heap, heap, world.heap_used);
	memcpy(kept.object_of, object_of, EX_HEAP / GRAIN * sizeof(*object_of));
	memcpy(kept.objects, objects, sizeof(objects));
	kept.world = world;
}

void ex_memory_restore(void)
{
	size_t used = world.heap_used;
	size_t kept_cells = kept.world.heap_used / GRAIN;

	memcpy(__start_core_data, kept.data, static_size());
	memcpy(heap, kept.heap, kept.world.heap_used);
	memset(object_of + kept_cells, 0, (used / GRAIN - kept_cells) * sizeof(*object_of));
	memcpy(objects, kept.objects, (world.objects + 1) * sizeof(*objects));
	world = kept.world;
	generation++;
	clocks_used = 1;
}

/* Returns the cell of an address, or NULL if its accesses are not checked. */
static struct cell *cell_of(const void *address, u64 *birth)
{
	size_t offset = (char *)address - heap;

	if (offset < EX_HEAP) {
		*birth = offset;
		return &heap_cells[offset / GRAIN];
	}
	offset = (char *)address - __start_core_data;
	if (offset < static_size()) {
		*birth = offset + EX_HEAP;
		return &static_cells[offset / GRAIN];
	}
	return NULL;
}

static struct object *object_at(const void *address)
{
	size_t offset = (char *)address - heap;

	if (offset >= EX_HEAP || !object_of[offset / GRAIN])
		return NULL;
	return &objects[object_of[offset / GRAIN]];
}

const char *ex_describe(const void *address)
{
	static char text[80];
	struct object *object = object_at(address);
	size_t offset = (char *)address - heap;

	if (object)
		snprintf(text, sizeof(text), "byte %zu of an object of %u bytes",
			 offset - object->offset, object->size);
	else
		snprintf(text, sizeof(text), "%p", address);
	return text;
}

static void check_alive(const void *address, unsigned int size, u32 place)
{
	struct object *object;

	if ((size_t)((char *)address - heap) >= EX_HEAP) {
		if (ex_on_stack(address) && ex_dead_stack(address))
			ex_fail("stack that was left is used: at %#x", place);
		if ((unsigned long)address < 4096 ||
		    (unsigned long)address >> 47 ||
		    (unsigned long)address >> 32 == 0x6b6b6b6b)
			ex_fail("bad pointer %p: at %#x", address, place);
		return;
	}
	object = object_at(address);
	if (!object)
		ex_fail("memory of nobody is used: at %#x", place);
	if (object->freed)
		ex_fail("use after free: at %#x: %s, freed at %#x by %s", place,
			ex_describe(address), object->freed_at,
			world.actor[object->freed_by].name);
	if ((char *)address + size > heap + object->offset + object->size)
		ex_fail("use out of bounds: at %#x: %s", place, ex_describe(address));
}

static bool comes_before(const struct epoch *epoch, const struct actor *actor)
{
	return !epoch->how || epoch->actor == actor->id ||
	       epoch->clock <= actor->clock.of[epoch->actor];
}

static void conflict(const struct epoch *before, unsigned int how, u32 place,
		     const void *address)
{
	if ((before->how & EX_MARKED) && (how & EX_MARKED)) {
		ex_site_found(before->place);
		if (!(how & EX_UNLOCK))
			ex_site_found(place);
		return;
	}
	ex_fail("data race: %s %s at %#x by %s, %s %s at %#x by %s: %s",
		before->how & EX_MARKED ? "marked" : "plain",
		before->how & EX_WRITE ? "write" : "read", before->place,
		world.actor[before->actor].name,
		how & EX_MARKED ? "marked" : "plain",
		how & EX_WRITE ? "write" : "read", place, world.current->name,
		ex_describe(address));
}

static void refresh(struct cell *cell, u64 birth, const void *address)
{
	struct object *object = object_at(address);

	if (cell->generation == generation)
		return;
	cell->generation = generation;
	cell->released = 0;
	cell->reads = 0;
	cell->wrote[0].how = 0;
	cell->wrote[1].how = 0;
	if (object) {
		birth = ex_mix(object->signature, birth - object->offset);
		/* The allocation counts as a write of the whole object. */
		cell->wrote[0].how = object->made_at ? EX_WRITE : 0;
		cell->wrote[0].clock = object->made_when;
		cell->wrote[0].actor = object->made_by;
		cell->wrote[0].place = object->made_at;
	}
	cell->written_by = birth;
	cell->read_by = 0;
}

static void note_read(struct cell *cell, const struct epoch *now, struct actor *actor)
{
	unsigned int i;

	for (i = 0; i < cell->reads; i++)
		if (cell->read[i].actor == now->actor && cell->read[i].how == now->how)
			break;
	/* Replace one that happened before this one: it is redundant. */
	if (i == cell->reads)
		for (i = 0; i < cell->reads; i++)
			if (comes_before(&cell->read[i], actor) &&
			    cell->read[i].how == now->how)
				break;
	if (i == READS)
		i = 0;
	else if (i == cell->reads)
		cell->reads++;
	cell->read[i] = *now;
}

static void access_cell(struct cell *cell, unsigned int how, u32 place,
			const void *address)
{
	struct actor *actor = world.current;
	struct epoch now = { actor->clock.of[actor->id], actor->id, how, place };
	unsigned int i;

	for (i = 0; i < 2; i++)
		if (!comes_before(&cell->wrote[i], actor))
			conflict(&cell->wrote[i], how, place, address);
	if (!(how & EX_WRITE)) {
		note_read(cell, &now, actor);
		return;
	}
	for (i = 0; i < cell->reads; i++)
		if (!comes_before(&cell->read[i], actor))
			conflict(&cell->read[i], how, place, address);
	/* For a conflict with an unlock, the choice is before its lock. */
	if (how & EX_UNLOCK)
		now.place = cell->wrote[1].place;
	cell->wrote[!!(how & EX_MARKED)] = now;
	cell->reads = 0;
}

static void order_cell(struct cell *cell, unsigned int how)
{
	struct actor *actor = world.current;

	if ((how & EX_ACQUIRE) && cell->released)
		ex_join(&actor->clock, &clocks[cell->released]);
	if (how & EX_RELEASE) {
		/* A store-release begins a new release sequence. */
		if (!cell->released || !(how & EX_READ)) {
			if (clocks_used == CLOCKS)
				ex_fail("more than %d releases", CLOCKS);
			cell->released = clocks_used++;
			clocks[cell->released] = actor->clock;
		} else {
			ex_join(&clocks[cell->released], &actor->clock);
		}
		actor->clock.of[actor->id]++;
	} else if ((how & EX_WRITE) && !(how & EX_READ)) {
		cell->released = 0;
	}

	if (how & EX_WRITE) {
		actor->signature = ex_mix(actor->signature,
					  cell->written_by + ex_mix(cell->read_by, how));
		cell->written_by = actor->signature;
		cell->read_by = 0;
	} else {
		actor->signature = ex_mix(actor->signature, cell->written_by + how);
		cell->read_by += ex_mix(actor->signature, 1);
	}
}

/*
 * One access. If marked accesses at this place have never conflicted, other accesses
 * order them, as they do plain ones, and they do not affect the hash of the state.
 */
void ex_access(const void *address, unsigned int size, unsigned int how,
	       const void *from)
{
	u32 place = ex_place(from);
	struct cell *cell;
	u64 birth;
	unsigned int i;

	check_alive(address, size, place);
	if (!world.current || world.serial)
		return;
	cell = cell_of(address, &birth);
	if (!cell)
		return;
	for (i = 0; i < size; i += GRAIN) {
		refresh(cell + i / GRAIN, birth + i, (char *)address + i);
		access_cell(cell + i / GRAIN, how, place, (char *)address + i);
	}
	if ((how & EX_MARKED) && ((how & (EX_ACQUIRE | EX_RELEASE)) || ex_is_site(from)))
		order_cell(cell, how);
}

/* The heap. A schedule does not reuse memory, except with EX_REUSE. */

static void made(struct object *object, const void *place)
{
	if (!world.current || world.serial)
		return;
	object->made_at = ex_place(place);
	object->made_by = world.current->id;
	object->made_when = world.current->clock.of[world.current->id];
}

static struct object *take(size_t size, const void *place)
{
	struct object *object;
	size_t i;

	if (++world.objects >= EX_OBJECTS || world.heap_used + size + 32 > EX_HEAP)
		ex_fail("no memory of the explorer's is left");
	object = &objects[world.objects];
	memset(object, 0, sizeof(*object));
	/* The gap between two objects belongs to neither. */
	object->offset = world.heap_used + 16;
	object->size = size;
	object->signature = world.current ? ++world.current->signature : 1;
	made(object, place);
	world.heap_used = (object->offset + size + 15) & ~15U;
	for (i = 0; i < (size + GRAIN - 1) / GRAIN; i++)
		object_of[object->offset / GRAIN + i] = world.objects;
	return object;
}

static void *alloc(size_t size, unsigned int gfp, const void *place)
{
	struct object *object;

	if (ex_scenario && ex_scenario->faults && ex_choose(2, "allocation fails", place))
		return NULL;
	object = take(size, place);
	/* __GFP_ZERO. */
	memset(heap + object->offset, gfp & 4 ? 0 : 0x5a, size);
	return heap + object->offset;
}

static void release(const void *memory, const void *from)
{
	u32 place = ex_place(from);
	struct object *object = object_at(memory);
	struct cell *cell;
	u64 birth;
	unsigned int i;

	if (!object || heap + object->offset != memory)
		ex_fail("free of what is no object: at %#x", place);
	if (object->freed)
		ex_fail("double free: at %#x", place);
	/* Counts as a write of the whole object: all uses must happen before it. */
	for (i = 0; i < object->size && world.current && !world.serial; i += GRAIN) {
		cell = cell_of((char *)memory + i, &birth);
		if (cell->generation == generation)
			access_cell(cell, EX_WRITE, place, (char *)memory + i);
	}
	object->freed = true;
	object->freed_at = place;
	object->freed_by = world.current ? world.current->id : 0;
}

static void free_object(const void *memory, const void *place)
{
	struct object *object;

	if (!memory)
		return;
	release(memory, place);
	object = object_at(memory);
	memset((void *)memory, 0x6b, object->size);
}

void *ex_alloc(size_t size, unsigned int gfp);
void *ex_alloc(size_t size, unsigned int gfp)
{
	return alloc(size, gfp, __builtin_return_address(0));
}

void ex_free(const void *memory);
void ex_free(const void *memory)
{
	free_object(memory, __builtin_return_address(0));
}

void *ex_module_alloc(size_t size)
{
	struct object *object = take(size, __builtin_return_address(0));

	memset(heap + object->offset, 0, size);
	return heap + object->offset;
}

void ex_module_free(const void *memory)
{
	free_object(memory, __builtin_return_address(0));
}

/* Caches. */

/* Orders a free with the allocation that reuses the object. */
static u64 cache_order __attribute__((section("core_data"))) = 1;

/* Returns the object that was freed last, with its cells reset, or NULL. */
static void *reuse(struct cache *cache, const void *place)
{
	struct object *object;
	u64 unused;
	unsigned int i;

	ex_operation(&cache_order, 8, EX_LOCK | EX_RELEASE | EX_POINT, "allocates", place);
	if (!cache->last_free)
		return NULL;
	object = object_at(cache->last_free);
	object->freed = false;
	object->signature = ++world.current->signature;
	made(object, place);
	for (i = 0; i < object->size; i += GRAIN)
		cell_of(heap + object->offset + i, &unused)->generation = 0;
	cache->last_free = NULL;
	return heap + object->offset;
}

struct cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				unsigned long flags, void (*construct)(void *memory));
struct cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				unsigned long flags, void (*construct)(void *memory))
{
	struct cache *cache = world.cache;

	(void)align;
	(void)flags;
	while (cache->used)
		cache++;
	*cache = (struct cache) {
		.name = name, .size = size, .construct = construct, .used = true,
	};
	return cache;
}

void kmem_cache_destroy(struct cache *cache);
void kmem_cache_destroy(struct cache *cache)
{
	if (cache->live)
		ex_fail("leak: %u of %s", cache->live, cache->name);
	cache->used = false;
}

void *kmem_cache_alloc(struct cache *cache, unsigned int gfp);
void *kmem_cache_alloc(struct cache *cache, unsigned int gfp)
{
	const void *place = __builtin_return_address(0);
	void *memory = NULL;

	if (ex_scenario->flags & EX_REUSE)
		memory = reuse(cache, place);
	if (!memory) {
		memory = alloc(cache->size, gfp, place);
		if (!memory)
			return NULL;
		if (cache->construct)
			cache->construct(memory);
	}
	cache->live++;
	return memory;
}

void kmem_cache_free(struct cache *cache, void *memory);
void kmem_cache_free(struct cache *cache, void *memory)
{
	const void *place = __builtin_return_address(0);

	release(memory, place);
	cache->live--;
	if (!(ex_scenario->flags & EX_REUSE)) {
		memset(memory, 0x6b, object_at(memory)->size);
		return;
	}
	/* Not poisoned: the constructor is not called again. */
	ex_operation(&cache_order, 8, EX_LOCK | EX_RELEASE | EX_POINT, "frees", place);
	cache->last_free = memory;
}

void ex_check_leaks(void)
{
	unsigned int i;

	for (i = 1; i <= world.objects; i++)
		if (!objects[i].freed)
			ex_fail("leak: an object of %u bytes", objects[i].size);
}

/* Per-CPU memory: the pointer is that of the first processor's instance. */

void *ex_per_cpu(const void *pointer, unsigned int cpu);
void *ex_per_cpu(const void *pointer, unsigned int cpu)
{
	struct object *object = object_at(pointer);

	if (!object)
		ex_fail("no per-cpu memory: %p", pointer);
	return (char *)pointer + cpu * (object->size / EX_CPUS);
}

void *ex_this_cpu(const void *pointer);
void *ex_this_cpu(const void *pointer)
{
	return ex_per_cpu(pointer, world.current ? world.current->cpu : 0);
}

void *ex_alloc_percpu(size_t size, unsigned int gfp);
void *ex_alloc_percpu(size_t size, unsigned int gfp)
{
	return alloc(EX_CPUS * size, gfp | 4, __builtin_return_address(0));
}

void ex_free_percpu(const void *pointer);
void ex_free_percpu(const void *pointer)
{
	if (!pointer)
		return;
	free_object(pointer, __builtin_return_address(0));
}
