// SPDX-License-Identifier: GPL-2.0
/*
 * Pool. Windows' two pools differ in whether they may be paged out, which memory
 * of the kernel here never is: what remains of it is that paged memory may only
 * be had and given back where one may sleep.
 *
 * What Windows promises of alignment, 16 bytes and a page from a page on, a
 * power of two has here; so the tag is behind the driver's bytes, in the last of
 * what was really allocated. Where pages need not be contiguous it is before
 * them, in a page of its own.
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
 * @Flags: POOL_FLAG_NON_PAGED or POOL_FLAG_PAGED, one of them; zeroed, unless
 *	there is POOL_FLAG_UNINITIALIZED
 * @NumberOfBytes: how much
 * @Tag: to be told again when it is freed
 *
 * Context: <= DISPATCH_LEVEL; <= APC_LEVEL for paged memory, may sleep.
 * Return: the memory, aligned to 16 bytes, or to a page from one page on; NULL,
 *	there is none, or @Flags has what does not exist here.
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
 * @PoolType: paged or not; no pool is executable here, whatever its name
 * @NumberOfBytes: how much
 * @Tag: to be told again when it is freed
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
 * ExAllocatePoolZero() - allocate memory that is zero
 * @PoolType: as ExAllocatePoolWithTag() takes it
 * @NumberOfBytes: how much
 * @Tag: to be told again when it is freed
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
 * ExFreePoolWithTag() - give memory back
 * @P: from ExAllocatePool2() or one of the others
 * @Tag: what it was allocated with; 0, whatever that was
 *
 * On Windows a wrong tag is the system's end. Here it is a warning, and the
 * memory, which is somebody else's then, is left alone.
 *
 * Context: <= DISPATCH_LEVEL; <= APC_LEVEL for paged memory.
 */
void ExFreePoolWithTag(PVOID P, ULONG Tag)
{
	ULONG tag = *nmr_wdk_pool_tag(P);

	if (WARN(Tag && Tag != tag, "nmr_wdk: freed with tag %.4s what was allocated with %.4s\n",
		 (char *)&Tag, (char *)&tag))
		return;
	if (is_vmalloc_addr(P))
		vfree(P - PAGE_SIZE);
	else
		kfree(P);
}
EXPORT_SYMBOL_GPL(ExFreePoolWithTag);
