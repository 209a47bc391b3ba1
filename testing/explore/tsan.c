// SPDX-License-Identifier: GPL-2.0
/*
 * The run-time of -fsanitize=thread: the compiler calls it for each plain access of
 * the core, and for each of the __atomic builtins that kernel.h is made of.
 */
#include <stdbool.h>
#include <string.h>

#include "explore.h"

#define HERE __builtin_return_address(0)

void __tsan_init(void);
void __tsan_init(void)
{
}

/* Inside data_race() a plain access is a marked one: a place for a choice. */
static void plain(const void *address, unsigned int size, unsigned int how,
		  const void *place)
{
	if (!world.current || (ex_on_stack(address) && !ex_dead_stack(address)))
		return;
	if (world.current->data_race)
		ex_operation(address, size, how, how & EX_WRITE ? "write" : "read", place);
	else
		ex_access(address, size, how, place);
}

#define PLAIN(size)							\
void __tsan_read##size(void *address);					\
void __tsan_read##size(void *address)					\
{									\
	plain(address, size, EX_READ, HERE);				\
}									\
void __tsan_write##size(void *address);					\
void __tsan_write##size(void *address)					\
{									\
	plain(address, size, EX_WRITE, HERE);				\
}									\
void __tsan_unaligned_read##size(void *address);			\
void __tsan_unaligned_read##size(void *address)				\
{									\
	plain(address, size, EX_READ, HERE);				\
}									\
void __tsan_unaligned_write##size(void *address);			\
void __tsan_unaligned_write##size(void *address)			\
{									\
	plain(address, size, EX_WRITE, HERE);				\
}

PLAIN(1)
PLAIN(2)
PLAIN(4)
PLAIN(8)
PLAIN(16)

void __tsan_read_range(void *address, unsigned long size);
void __tsan_read_range(void *address, unsigned long size)
{
	plain(address, size, EX_READ, HERE);
}

void __tsan_write_range(void *address, unsigned long size);
void __tsan_write_range(void *address, unsigned long size)
{
	plain(address, size, EX_WRITE, HERE);
}

static unsigned int order(int memory_order)
{
	switch (memory_order) {
	case __ATOMIC_RELAXED:
		return 0;
	case __ATOMIC_CONSUME:
	case __ATOMIC_ACQUIRE:
		return EX_ACQUIRE;
	case __ATOMIC_RELEASE:
		return EX_RELEASE;
	default:
		return EX_ACQUIRE | EX_RELEASE;
	}
}

#define ATOMIC(bits, type)						\
type __tsan_atomic##bits##_load(const volatile type *p, int mo);	\
type __tsan_atomic##bits##_load(const volatile type *p, int mo)		\
{									\
	ex_operation((void *)p, sizeof(*p), EX_READ | order(mo), "load", HERE);	\
	return *p;							\
}									\
void __tsan_atomic##bits##_store(volatile type *p, type to, int mo);	\
void __tsan_atomic##bits##_store(volatile type *p, type to, int mo)	\
{									\
	ex_operation((void *)p, sizeof(*p), EX_WRITE | order(mo), "store", HERE);	\
	*p = to;							\
}									\
type __tsan_atomic##bits##_exchange(volatile type *p, type to, int mo);	\
type __tsan_atomic##bits##_exchange(volatile type *p, type to, int mo)	\
{									\
	type old;							\
									\
	ex_operation((void *)p, sizeof(*p), EX_RMW | order(mo), "exchange", HERE);	\
	old = *p;							\
	*p = to;							\
	return old;							\
}									\
bool __tsan_atomic##bits##_compare_exchange_strong(volatile type *p, type *old,	\
						   type to, int mo, int fail);	\
bool __tsan_atomic##bits##_compare_exchange_strong(volatile type *p, type *old,	\
						   type to, int mo, int fail)	\
{									\
	type expected = *old;						\
									\
	(void)fail;							\
	ex_operation((void *)p, sizeof(*p), EX_RMW | order(mo), "cmpxchg", HERE);	\
	*old = *p;							\
	if (*p != expected)						\
		return false;						\
	*p = to;							\
	return true;							\
}

#define FETCH(bits, type, name, operator)				\
type __tsan_atomic##bits##_fetch_##name(volatile type *p, type n, int mo);	\
type __tsan_atomic##bits##_fetch_##name(volatile type *p, type n, int mo)	\
{									\
	type old;							\
									\
	ex_operation((void *)p, sizeof(*p), EX_RMW | order(mo), #name, HERE);	\
	old = *p;							\
	*p = old operator n;						\
	return old;							\
}

#define OPERATIONS(bits, type)						\
	ATOMIC(bits, type)						\
	FETCH(bits, type, add, +)					\
	FETCH(bits, type, sub, -)					\
	FETCH(bits, type, and, &)					\
	FETCH(bits, type, or, |)

OPERATIONS(8, u8)
OPERATIONS(16, u16)
OPERATIONS(32, u32)
OPERATIONS(64, u64)

void ex_data_race(bool begin);
void ex_data_race(bool begin)
{
	if (world.current)
		world.current->data_race = begin;
}
