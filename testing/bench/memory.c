// SPDX-License-Identifier: GPL-2.0
/*
 * Memory for a registration and for a binding: what this task allocated and did
 * not free while it registered, according to the kernel's tracepoints, plus the
 * memory that the caller must provide. Hash tables do not grow meanwhile and are
 * not included: 11 to 27 bytes for each entry of a rhashtable.
 */
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "bench.h"
#include "registrar.h"

/* Registrations of each kind, since they share some of their memory. */
#define COUNT 100

/* Registrations that exist before, so that no hash table grows. */
#define OTHERS 1000

/* Allocations that are not freed yet. */
static struct {
	const void *memory;
	size_t size;
} allocated[100 * COUNT];
static unsigned int nr_allocated;
static struct task_struct *watched;

static void note_alloc(const void *memory, size_t size)
{
	if (current != watched || !memory)
		return;
	if (nr_allocated == ARRAY_SIZE(allocated))
		return bench_failed();
	allocated[nr_allocated].memory = memory;
	allocated[nr_allocated++].size = size;
}

/* Searches backwards: usually the last allocation is freed first. */
static void note_free(const void *memory)
{
	unsigned int i;

	if (current != watched)
		return;
	for (i = nr_allocated; i--; ) {
		if (allocated[i].memory == memory) {
			allocated[i] = allocated[--nr_allocated];
			return;
		}
	}
}

static void on_kmalloc(void *data, unsigned long call_site, const void *memory,
		       size_t wanted, size_t size, gfp_t gfp, int node)
{
	note_alloc(memory, size);
}

static void on_cache_alloc(void *data, unsigned long call_site, const void *memory,
			   struct kmem_cache *cache, gfp_t gfp, int node)
{
	note_alloc(memory, memory ? ksize(memory) : 0);
}

static void on_free(void *data, unsigned long call_site, const void *memory)
{
	note_free(memory);
}

static void on_cache_free(void *data, unsigned long call_site, const void *memory,
			  const struct kmem_cache *cache)
{
	note_free(memory);
}

static void on_percpu_alloc(void *data, unsigned long call_site, bool reserved,
			    bool is_atomic, size_t size, size_t align, void *base, int off,
			    void __percpu *memory, size_t bytes, gfp_t gfp)
{
	note_alloc((__force void *)memory, size * num_possible_cpus());
}

static void on_percpu_free(void *data, void *base, int off, void __percpu *memory)
{
	note_free((__force void *)memory);
}

static struct watch {
	const char *name;
	void *probe;
	struct tracepoint *point;
} watches[] = {
	{ "kmalloc", on_kmalloc },
	{ "kmem_cache_alloc", on_cache_alloc },
	{ "kfree", on_free },
	{ "kmem_cache_free", on_cache_free },
	{ "percpu_alloc_percpu", on_percpu_alloc },
	{ "percpu_free_percpu", on_percpu_free },
};

static void find_point(struct tracepoint *point, void *data)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(watches); i++)
		if (!strcmp(point->name, watches[i].name))
			watches[i].point = point;
}

static void stop_watching(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(watches); i++)
		if (watches[i].point)
			tracepoint_probe_unregister(watches[i].point, watches[i].probe,
						    NULL);
	tracepoint_synchronize_unregister();
}

static bool start_watching(void)
{
	bool found = true;
	unsigned int i;

	for_each_kernel_tracepoint(find_point, NULL);
	for (i = 0; i < ARRAY_SIZE(watches); i++)
		if (!watches[i].point ||
		    tracepoint_probe_register(watches[i].point, watches[i].probe, NULL))
			found = false;
	if (!found)
		stop_watching();
	return found;
}

/* Bytes for each registration, in hundredths. */
static u64 memory_in_use(void)
{
	u64 size = 0;

	while (nr_allocated)
		size += allocated[--nr_allocated].size;
	return size * 100 / COUNT;
}

static u64 memory_of_clients(struct bench_pair *pairs)
{
	unsigned int i;

	WRITE_ONCE(watched, current);
	for (i = 0; i < COUNT; i++)
		bench_add_client(&pairs[i]);
	WRITE_ONCE(watched, NULL);
	return memory_in_use() + pairs->registrar->client_bytes * 100;
}

static void memory_line(const char *work, const char *name, u64 size)
{
	const struct bench_subject subject = { .work = work, .name = name };

	bench_line(&subject, "bytes", size, size);
}

static void memory_lacks(const char *name, const char *why)
{
	const struct bench_subject subject = { .work = "memory of one more registration",
					       .name = name };

	bench_lacks(&subject, why);
}

/* Clients of an NPI each, clients of one NPI, and clients that are bound. */
static void memory_with(struct bench_pair *pairs, const struct bench_registrar *registrar)
{
	struct bench_pair *firsts = pairs, *more = firsts + COUNT, *bound = more + COUNT;
	u64 first, second, third;
	unsigned int i;

	for (i = 0; i < COUNT; i++) {
		bench_pair_name(&firsts[i], OTHERS + i, 0);
		bench_pair_name(&more[i], OTHERS, 1 + i);
		bench_pair_name(&bound[i], OTHERS, 1 + COUNT + i);
	}
	first = memory_of_clients(firsts);
	second = memory_of_clients(more);
	memory_line("memory of the first registration", registrar->name, first);
	memory_line("memory of one more registration", registrar->name, second);
	if (!registrar->one_to_one) {
		bench_add_provider(bound);
		third = memory_of_clients(bound);
		memory_line("memory of a binding", registrar->name, third - second);
		for (i = 0; i < COUNT; i++)
			bench_remove_client(&bound[i]);
		bench_remove_provider(bound);
	}
	for (i = 0; i < COUNT; i++) {
		bench_remove_client(&more[i]);
		bench_remove_client(&firsts[i]);
	}
}

static void memory_with_registrar(const struct bench_registrar *registrar)
{
	static struct bench_pair pairs[3 * COUNT];
	struct bench_others others;
	unsigned int i;

	if (registrar->lacks)
		return memory_lacks(registrar->name, registrar->lacks);
	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		if (bench_pair_alloc(&pairs[i], registrar))
			break;
	if (i == ARRAY_SIZE(pairs) &&
	    !bench_others_add(&others, registrar, OTHERS, false)) {
		memory_with(pairs, registrar);
		bench_others_remove(&others);
	} else {
		memory_lacks(registrar->name, "no memory");
	}
	while (i)
		bench_pair_free(&pairs[--i]);
}

/* Devices without bus and class, to which nothing can be bound. */

static void release(struct device *device)
{
}

static void memory_of_devices(void)
{
	static struct device devices[COUNT];
	unsigned int i, added;
	u64 size;

	for (added = 0; added < COUNT; added++) {
		struct device *device = &devices[added];

		*device = (struct device) { .release = release };
		device_initialize(device);
		WRITE_ONCE(watched, current);
		if (dev_set_name(device, "nmr-bench-%u", added) || device_add(device)) {
			bench_failed();
			put_device(device);
			break;
		}
		WRITE_ONCE(watched, NULL);
	}
	WRITE_ONCE(watched, NULL);
	size = memory_in_use() + sizeof(struct device) * 100;
	memory_line("memory of one more registration", "struct device", size);
	for (i = 0; i < added; i++)
		device_unregister(&devices[i]);
}

void bench_memory(void)
{
	unsigned int i;

	if (!start_watching()) {
		memory_lacks("nmr", "no tracepoints");
		return;
	}
	for (i = 0; bench_registrars[i]; i++)
		memory_with_registrar(bench_registrars[i]);
	memory_of_devices();
	stop_watching();
}
