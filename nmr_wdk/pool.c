// SPDX-License-Identifier: GPL-2.0
/*
 * Pool memory. Windows' paged pool may be paged out; Linux' kernel memory never
 * is. What remains is that paged memory is allocated and freed only in contexts
 * that may sleep.
 *
 * Windows promises an alignment of 16 bytes, and of a page from one page on.
 * kmalloc() keeps that for powers of two, so the size is rounded up to one and
 * the tag is stored at its end. For vmalloc() memory the tag is stored in a page
 * of its own in front.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "level.h"
#include "windows.h"

#define NMR_WDK_POOL_FLAGS (POOL_FLAG_UNINITIALIZED | POOL_FLAG_CACHE_ALIGNED |	\
			    POOL_FLAG_NON_PAGED | POOL_FLAG_PAGED)

static ULONG *nmr_wdk_pool_tag(void *memory)
{
	if (is_vmalloc_addr(memory))
		return memory - PAGE_SIZE;
	return memory + ksize(memory) - sizeof(ULONG);
}

static void *nmr_wdk_pool_scattered(size_t size, gfp_t gfp)
{
	void *memory;

	if (size > SIZE_MAX - PAGE_SIZE)
		return NULL;
	memory = __vmalloc(size + PAGE_SIZE, gfp);
	return memory ? memory + PAGE_SIZE : NULL;
}

static void *nmr_wdk_pool_contiguous(size_t size, size_t least, gfp_t gfp)
{
	if (size > KMALLOC_MAX_SIZE - sizeof(ULONG))
		return NULL;
	return kmalloc(roundup_pow_of_two(max(size + sizeof(ULONG), least)), gfp);
}

static void *nmr_wdk_pool_alloc(POOL_FLAGS flags, size_t size, ULONG tag)
{
	size_t least = flags & POOL_FLAG_CACHE_ALIGNED ? SMP_CACHE_BYTES :
							 MEMORY_ALLOCATION_ALIGNMENT;
	gfp_t gfp = __GFP_NOWARN;
	void *memory;

	if (!(flags & POOL_FLAG_UNINITIALIZED))
		gfp |= __GFP_ZERO;
	if (flags & POOL_FLAG_PAGED) {
		might_sleep();
		gfp |= GFP_KERNEL;
	} else {
		gfp |= nmr_wdk_surely_may_sleep() ? GFP_KERNEL : GFP_ATOMIC;
	}
	if (flags & POOL_FLAG_PAGED && size > PAGE_SIZE)
		memory = nmr_wdk_pool_scattered(size, gfp);
	else
		memory = nmr_wdk_pool_contiguous(size, least, gfp);
	if (memory)
		*nmr_wdk_pool_tag(memory) = tag;
	return memory;
}

/**
 * ExAllocatePool2() - allocate memory
 * @Flags: either POOL_FLAG_NON_PAGED or POOL_FLAG_PAGED; the memory is zeroed
 *	without POOL_FLAG_UNINITIALIZED
 * @NumberOfBytes: size
 * @Tag: must be given again when the memory is freed
 *
 * Context: <= DISPATCH_LEVEL; <= APC_LEVEL for paged memory, may sleep.
 * Return: the memory, aligned to 16 bytes, or to a page from one page on; NULL if
 *	there is none or @Flags is not supported.
 */
PVOID ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag)
{
	if (Flags & ~NMR_WDK_POOL_FLAGS ||
	    !(Flags & POOL_FLAG_PAGED) == !(Flags & POOL_FLAG_NON_PAGED))
		return NULL;
	return nmr_wdk_pool_alloc(Flags, NumberOfBytes, Tag);
}
EXPORT_SYMBOL_GPL(ExAllocatePool2);

static POOL_FLAGS nmr_wdk_pool_flags(POOL_TYPE type)
{
	POOL_FLAGS flags = type & PagedPool ? POOL_FLAG_PAGED : POOL_FLAG_NON_PAGED;

	return type & NonPagedPoolCacheAligned ? flags | POOL_FLAG_CACHE_ALIGNED : flags;
}

/**
 * ExAllocatePoolWithTag() - allocate memory that is not initialised
 * @PoolType: paged or not; the memory is never executable
 * @NumberOfBytes: size
 * @Tag: must be given again when the memory is freed
 *
 * Context: as ExAllocatePool2().
 * Return: the memory, or NULL.
 */
PVOID ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
	return nmr_wdk_pool_alloc(nmr_wdk_pool_flags(PoolType) | POOL_FLAG_UNINITIALIZED,
				  NumberOfBytes, Tag);
}
EXPORT_SYMBOL_GPL(ExAllocatePoolWithTag);

/**
 * ExAllocatePoolZero() - allocate zeroed memory
 * @PoolType: as for ExAllocatePoolWithTag()
 * @NumberOfBytes: size
 * @Tag: must be given again when the memory is freed
 *
 * Context: as ExAllocatePool2().
 * Return: the memory, or NULL.
 */
PVOID ExAllocatePoolZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
	return nmr_wdk_pool_alloc(nmr_wdk_pool_flags(PoolType), NumberOfBytes, Tag);
}
EXPORT_SYMBOL_GPL(ExAllocatePoolZero);

/**
 * ExFreePoolWithTag() - free memory
 * @P: from ExAllocatePool2() or one of the others
 * @Tag: the tag that it was allocated with, or 0 for any
 *
 * On Windows a wrong tag crashes the system. Here it is a warning, and the memory
 * is not freed, as it probably has another owner.
 *
 * Context: <= DISPATCH_LEVEL; <= APC_LEVEL for paged memory.
 */
void ExFreePoolWithTag(PVOID P, ULONG Tag)
{
	ULONG tag = *nmr_wdk_pool_tag(P);

	if (WARN(Tag && Tag != tag, "nmr_wdk: freed with tag %.4s, allocated with %.4s\n",
		 (char *)&Tag, (char *)&tag))
		return;
	if (is_vmalloc_addr(P))
		vfree(P - PAGE_SIZE);
	else
		kfree(P);
}
EXPORT_SYMBOL_GPL(ExFreePoolWithTag);
