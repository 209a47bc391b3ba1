/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of the kernel that nmr_core uses, in user space. build.sh replaces every
 * <linux/...> header that the core includes by one that only includes this file.
 *
 * Primitives that the compiler's __atomic builtins can express are inline, and
 * -fsanitize=thread turns each into a call of tsan.c. All others are functions in
 * primitives.c. Either way every access goes through the scheduler.
 */
#ifndef _EXPLORE_KERNEL_H
#define _EXPLORE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "types.h"

typedef unsigned int gfp_t;

#define __iomem
#define __user
#define __rcu
#define __percpu
#define __init
#define __exit
#define __force
#define __acquires(x)
#define __releases(x)
#define __must_hold(x)
#define __must_check __attribute__((warn_unused_result))
#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#define noinline __attribute__((noinline))
#define noinline_for_stack noinline
#define __aligned(x) __attribute__((aligned(x)))
#define __alignof__ _Alignof
#define __maybe_unused __attribute__((unused))
#define __printf(a, b) __attribute__((format(printf, a, b)))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define static_assert _Static_assert
#define barrier() __asm__ __volatile__("" ::: "memory")
#define BUILD_BUG_ON(condition) _Static_assert(!(condition), #condition)
#define BITS_PER_BYTE 8
#define BITS_PER_LONG 64
#define BIT(n) (1UL << (n))
#define BIT_ULL(n) (1ULL << (n))
#define GENMASK(high, low) ((~0UL << (low)) & (~0UL >> (63 - (high))))
#define GOLDEN_RATIO_32 0x61c88647
#define GOLDEN_RATIO_64 0x61c8864680b583ebull
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define sizeof_field(type, member) sizeof(((type *)0)->member)
#define typeof_member(type, member) typeof(((type *)0)->member)
#define container_of(pointer, type, member)				\
	((type *)((char *)(pointer) - offsetof(type, member)))
#define min(a, b) ({ typeof(a) __a = (a); typeof(b) __b = (b); __a < __b ? __a : __b; })
#define swap(a, b) do { typeof(a) __swap = (a); (a) = (b); (b) = __swap; } while (0)
#define max(a, b) ({ typeof(a) __a = (a); typeof(b) __b = (b); __a > __b ? __a : __b; })
#define min_t(type, a, b) min((type)(a), (type)(b))

#ifndef KBUILD_MODNAME
#define KBUILD_MODNAME "nmr_core"
#endif

/* Kconfig: these enable most of the core's code. */
#define CONFIG_MODULES 1
#define CONFIG_LOCKDEP 1
#define ___ex_placeholder_1 0,
#define ___ex_second(ignored, value, ...) value
#define ___ex_enabled(junk) ___ex_second(junk 1, 0)
#define __ex_enabled(value) ___ex_enabled(___ex_placeholder_##value)
#define IS_ENABLED(option) __ex_enabled(option)

#define EPERM 1
#define ENOENT 2
#define ENOMEM 12
#define EEXIST 17
#define ENODEV 19
#define EINVAL 22
#define EDEADLK 35
#define ESHUTDOWN 108
#define EALREADY 114
#define EINPROGRESS 115
#define MAX_ERRNO 4095

static inline void *ERR_PTR(long error)
{
	return (void *)error;
}

static inline long PTR_ERR(const void *pointer)
{
	return (long)pointer;
}

static inline bool IS_ERR(const void *pointer)
{
	return (unsigned long)pointer >= (unsigned long)-MAX_ERRNO;
}

static inline bool IS_ERR_OR_NULL(const void *pointer)
{
	return !pointer || IS_ERR(pointer);
}

/*
 * Accesses. Reading a pointer begins an address dependency, which counts as an
 * acquire here. The compiler passes the memory order to tsan.c.
 */
#define ___ex_order(x)							\
	(__builtin_classify_type(x) == 5 ? __ATOMIC_ACQUIRE : __ATOMIC_RELAXED)
#define READ_ONCE(x) __atomic_load_n(&(x), ___ex_order(x))
#define WRITE_ONCE(x, to) __atomic_store_n(&(x), (typeof(x))(to), __ATOMIC_RELAXED)
#define smp_store_release(p, to) __atomic_store_n(p, (typeof(*(p)))(to), __ATOMIC_RELEASE)
#define smp_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_mb() barrier()
#define xchg(p, to) __atomic_exchange_n(p, to, __ATOMIC_SEQ_CST)
#define cmpxchg_order(p, old, new, order)				\
({									\
	typeof(*(p)) __old = (old);					\
									\
	__atomic_compare_exchange_n(p, &__old, new, false, order,	\
				    __ATOMIC_RELAXED);			\
	__old;								\
})
#define cmpxchg(p, old, new) cmpxchg_order(p, old, new, __ATOMIC_SEQ_CST)
#define cmpxchg_relaxed(p, old, new) cmpxchg_order(p, old, new, __ATOMIC_RELAXED)

/* Plain accesses inside count as marked: they may race, and others may run in between. */
void ex_data_race(bool begin);
#define data_race(expression)						\
({									\
	ex_data_race(true);						\
	typeof(expression) __value = (expression);			\
	ex_data_race(false);						\
	__value;							\
})

typedef struct { int counter; } atomic_t;
typedef struct { int refs; } refcount_t;

#define ATOMIC_INIT(n) { (n) }

static __always_inline int atomic_read(const atomic_t *v)
{
	return __atomic_load_n(&v->counter, __ATOMIC_RELAXED);
}

static __always_inline int atomic_read_acquire(const atomic_t *v)
{
	return __atomic_load_n(&v->counter, __ATOMIC_ACQUIRE);
}

static __always_inline void atomic_set(atomic_t *v, int to)
{
	__atomic_store_n(&v->counter, to, __ATOMIC_RELAXED);
}

/*
 * Used for the number of callbacks on the workqueue. No choice before these: no
 * scenario has so many callbacks that the number matters.
 */
int atomic_inc_return(atomic_t *v);
void atomic_inc(atomic_t *v);
void atomic_dec(atomic_t *v);

static __always_inline int atomic_add_return(int n, atomic_t *v)
{
	return __atomic_fetch_add(&v->counter, n, __ATOMIC_SEQ_CST) + n;
}

static __always_inline bool atomic_dec_and_test(atomic_t *v)
{
	return !atomic_add_return(-1, v);
}

static __always_inline int atomic_cmpxchg(atomic_t *v, int old, int new)
{
	return cmpxchg(&v->counter, old, new);
}

static __always_inline int atomic_fetch_andnot(int mask, atomic_t *v)
{
	return __atomic_fetch_and(&v->counter, ~mask, __ATOMIC_SEQ_CST);
}

static __always_inline void atomic_or(int mask, atomic_t *v)
{
	__atomic_fetch_or(&v->counter, mask, __ATOMIC_RELAXED);
}

static __always_inline int atomic_xchg(atomic_t *v, int to)
{
	return xchg(&v->counter, to);
}

/* A WARN(); fails the schedule. */
void ex_warn(const char *what);
#define WARN_ON(condition)						\
({									\
	bool __warn = !!(condition);					\
									\
	if (__warn)							\
		ex_warn("WARN_ON(" #condition ")");			\
	__warn;								\
})
#define WARN_ON_ONCE(condition) WARN_ON(condition)

static __always_inline void refcount_set(refcount_t *r, int n)
{
	__atomic_store_n(&r->refs, n, __ATOMIC_RELAXED);
}

static __always_inline unsigned int refcount_read(const refcount_t *r)
{
	return __atomic_load_n(&r->refs, __ATOMIC_RELAXED);
}

static __always_inline void refcount_inc(refcount_t *r)
{
	if (__atomic_fetch_add(&r->refs, 1, __ATOMIC_RELAXED) <= 0)
		ex_warn("refcount_t: addition on 0; use-after-free");
}

static __always_inline bool refcount_dec_and_test(refcount_t *r)
{
	int left = __atomic_sub_fetch(&r->refs, 1, __ATOMIC_ACQ_REL);

	if (left < 0)
		ex_warn("refcount_t: underflow; use-after-free");
	return !left;
}

int ex_inc_not_zero(int *refs);
#define refcount_inc_not_zero(r) ex_inc_not_zero(&(r)->refs)

/* Strings, numbers, printing. */

void *ex_memcpy(void *to, const void *from, size_t size);
void *ex_memset(void *to, int c, size_t size);
int ex_memcmp(const void *a, const void *b, size_t size);
#define memcpy ex_memcpy
#define memset ex_memset
#define memcmp ex_memcmp
size_t strscpy(char *to, const char *from, size_t size);

static inline int fls(unsigned int x)
{
	return x ? 32 - __builtin_clz(x) : 0;
}

static inline u32 hash_64(u64 value, unsigned int bits)
{
	return value * GOLDEN_RATIO_64 >> (64 - bits);
}

#define hash_long(value, bits) hash_64((u64)(value), bits)
#define hash_ptr(pointer, bits) hash_long((unsigned long)(pointer), bits)

#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif
/* No format attribute: the compiler does not know "%pS" and the like. */
void ex_printk(const char *level, const char *fmt, ...);
#define pr_warn(fmt, ...) ex_printk("warn", pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn_once(fmt, ...) pr_warn(fmt, ##__VA_ARGS__)
#define pr_info(fmt, ...) ex_printk("info", pr_fmt(fmt), ##__VA_ARGS__)
/* Not evaluated: the tracepoints read the same data. */
#define pr_debug(fmt, ...)						\
do {									\
	if (0)								\
		ex_printk("debug", pr_fmt(fmt), ##__VA_ARGS__);		\
} while (0)

struct ratelimit_state {
	int interval;
	int burst;
};

#define DEFAULT_RATELIMIT_INTERVAL 1250
#define DEFAULT_RATELIMIT_BURST 10
#define ratelimit_state_init(state, i, b)				\
do {									\
	(state)->interval = (i);					\
	(state)->burst = (b);						\
} while (0)
int __ratelimit(struct ratelimit_state *state);

typedef struct { u8 b[16]; } guid_t;

#define guid_equal(a, b) (!ex_memcmp(a, b, sizeof(guid_t)))
#define export_guid(to, from) ex_memcpy(to, from, sizeof(guid_t))

/* Modules. */

enum module_state {
	MODULE_STATE_LIVE,
	MODULE_STATE_COMING,
	MODULE_STATE_GOING,
};

#define INT_MAX __INT_MAX__
#define MODULE_NAME_LEN 24
struct module {
	enum module_state state;
	char name[MODULE_NAME_LEN];
};

#ifndef THIS_MODULE
#define THIS_MODULE ((struct module *)0)
#endif
#define module_is_live(module) ((module)->state != MODULE_STATE_GOING)
#define module_name(module) ((module) ? (module)->name : "kernel")
#define ___ex_static_assert(symbol) static_assert(sizeof(typeof(symbol) *))
#define EXPORT_SYMBOL_GPL(symbol) static_assert(sizeof(typeof(symbol) *))
#define MODULE_LICENSE(license) static_assert(sizeof(license))
#define MODULE_DESCRIPTION(description) static_assert(sizeof(description))
#define MODULE_PARM_DESC(parameter, text) static_assert(sizeof(text))
#define __MODULE_PARM_TYPE(parameter, type) static_assert(sizeof(type))
int ex_core_init(void);
void ex_core_exit(void);
#define subsys_initcall(call) int ex_core_init(void) { return call(); }
#define module_exit(call) void ex_core_exit(void) { call(); }
#define kernel_param_lock(module) ((void)(module))
#define kernel_param_unlock(module) ((void)(module))

struct kernel_param {
	void *arg;
};

struct kernel_param_ops {
	int (*set)(const char *value, const struct kernel_param *param);
	int (*get)(char *buffer, const struct kernel_param *param);
};

int param_set_uint(const char *value, const struct kernel_param *param);
int param_get_uint(char *buffer, const struct kernel_param *param);
#define module_param_cb(name, ops, arg, mode)				\
	const struct kernel_param_ops *ex_param_##name = (ops)

struct notifier_block {
	int (*notifier_call)(struct notifier_block *block, unsigned long state, void *data);
	int priority;
};

#define NOTIFY_DONE 0
int register_module_notifier(struct notifier_block *block);
int unregister_module_notifier(struct notifier_block *block);

/* Tracepoints: they read what they would record. */

#define TRACE_DEFINE_ENUM(x) static_assert(1)
#define TP_PROTO(...) __VA_ARGS__
#define TP_ARGS(...) __VA_ARGS__
#define TP_STRUCT__entry(...) __VA_ARGS__
#define TP_fast_assign(...) __VA_ARGS__
#define TP_printk(...)
#define __array(type, name, size) type name[size];
#define __field(type, name) type name;
#define DECLARE_EVENT_CLASS(class, proto, args, fields, assign, print)	\
	static_assert(1)
#define DEFINE_EVENT(class, name, proto, args) void trace_##name(proto)

/* Memory. */

#define GFP_KERNEL 1U
#define GFP_ATOMIC 2U
#define __GFP_ZERO 4U
#define __GFP_NOWARN 8U
#define __GFP_ACCOUNT 16U
struct kmem_cache;

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     unsigned long flags, void (*construct)(void *memory));
void kmem_cache_destroy(struct kmem_cache *cache);
void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp);
void kmem_cache_free(struct kmem_cache *cache, void *memory);
void *ex_alloc(size_t size, gfp_t gfp);
void ex_free(const void *memory);
#define kmalloc(size, gfp) ex_alloc(size, gfp)
#define kzalloc(size, gfp) ex_alloc(size, (gfp) | __GFP_ZERO)
#define kfree(memory) ex_free(memory)
#define vfree(memory) ex_free(memory)
#define __vmalloc_array(n, size, gfp) ex_alloc((n) * (size), gfp)
void ex_might_sleep(void);
#define might_sleep() ex_might_sleep()
#define might_alloc(gfp)						\
do {									\
	if ((gfp) & GFP_KERNEL)						\
		ex_might_sleep();					\
} while (0)

/* Lists; the same accesses are marked as in the kernel. */

struct list_head {
	struct list_head *next, *prev;
};

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

struct llist_node {
	struct llist_node *next;
};

struct llist_head {
	struct llist_node *first;
};

#define LIST_HEAD(name) struct list_head name = { &(name), &(name) }
#define LLIST_HEAD(name) struct llist_head name = { NULL }
#define list_entry(pointer, type, member) container_of(pointer, type, member)
#define list_first_entry_or_null(head, type, member)			\
	(list_empty(head) ? NULL : list_entry((head)->next, type, member))
#define list_next_entry(pointer, member)				\
	list_entry((pointer)->member.next, typeof(*(pointer)), member)
#define list_for_each_entry_reverse(pointer, head, member)		\
	for (pointer = list_entry((head)->prev, typeof(*pointer), member);	\
	     &pointer->member != (head);				\
	     pointer = list_entry(pointer->member.prev, typeof(*pointer), member))

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	WRITE_ONCE(list->next, list);
	WRITE_ONCE(list->prev, list);
}

static inline void __list_add(struct list_head *new, struct list_head *prev,
			      struct list_head *next)
{
	next->prev = new;
	new->next = next;
	new->prev = prev;
	WRITE_ONCE(prev->next, new);
}

static inline void list_add(struct list_head *new, struct list_head *head)
{
	__list_add(new, head, head->next);
}

static inline void list_add_tail(struct list_head *new, struct list_head *head)
{
	__list_add(new, head->prev, head);
}

static inline void __list_del(struct list_head *prev, struct list_head *next)
{
	next->prev = prev;
	WRITE_ONCE(prev->next, next);
}

#define LIST_POISON1 ((void *)0xdead000000000100)
#define LIST_POISON2 ((void *)0xdead000000000122)

/* As with CONFIG_DEBUG_LIST. */
static inline void __list_del_entry(struct list_head *entry)
{
	if (entry->next == LIST_POISON1 || entry->prev->next != entry ||
	    entry->next->prev != entry)
		ex_warn("list_del corruption");
	__list_del(entry->prev, entry->next);
}

static inline void list_del(struct list_head *entry)
{
	__list_del_entry(entry);
	entry->next = LIST_POISON1;
	entry->prev = LIST_POISON2;
}

static inline void list_move(struct list_head *entry, struct list_head *head)
{
	__list_del_entry(entry);
	list_add(entry, head);
}

static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
	__list_del_entry(entry);
	list_add_tail(entry, head);
}

static __always_inline bool list_empty(const struct list_head *head)
{
	return READ_ONCE(head->next) == head;
}

static inline bool list_is_last(const struct list_head *list, const struct list_head *head)
{
	return list->next == head;
}

#define rcu_dereference(p) READ_ONCE(p)
#define rcu_assign_pointer(p, to) smp_store_release(&(p), to)
#define RCU_INIT_POINTER(p, to) WRITE_ONCE(p, to)
#define RCU_INITIALIZER(p) (p)

static inline bool hlist_unhashed(const struct hlist_node *node)
{
	return !node->pprev;
}

static inline bool hlist_empty(const struct hlist_head *head)
{
	return !READ_ONCE(head->first);
}

static inline void hlist_add_head(struct hlist_node *node, struct hlist_head *head)
{
	struct hlist_node *first = head->first;

	WRITE_ONCE(node->next, first);
	if (first)
		WRITE_ONCE(first->pprev, &node->next);
	rcu_assign_pointer(head->first, node);
	WRITE_ONCE(node->pprev, &head->first);
}

#define hlist_add_head_rcu hlist_add_head

static inline void __hlist_del(struct hlist_node *node)
{
	struct hlist_node *next = node->next;
	struct hlist_node **pprev = node->pprev;

	WRITE_ONCE(*pprev, next);
	if (next)
		WRITE_ONCE(next->pprev, pprev);
}

static inline void hlist_del(struct hlist_node *node)
{
	__hlist_del(node);
	node->next = LIST_POISON1;
	node->pprev = LIST_POISON2;
}

static inline void hlist_del_init(struct hlist_node *node)
{
	if (hlist_unhashed(node))
		return;
	__hlist_del(node);
	node->next = NULL;
	node->pprev = NULL;
}

#define hlist_entry(pointer, type, member) container_of(pointer, type, member)
#define DEFINE_HASHTABLE(name, bits) struct hlist_head name[1 << (bits)]
#define ___ex_bucket(table, key)					\
	(&(table)[hash_long(key, __builtin_ctzl(ARRAY_SIZE(table)))])
#define hash_add_rcu(table, node, key) hlist_add_head_rcu(node, ___ex_bucket(table, key))
#define hash_del_rcu(node)						\
do {									\
	__hlist_del(node);						\
	WRITE_ONCE((node)->pprev, LIST_POISON2);			\
} while (0)
#define ___ex_hlist_entry(node, type, member)				\
({									\
	struct hlist_node *__node = (node);				\
									\
	__node ? hlist_entry(__node, type, member) : NULL;		\
})
#define hash_for_each_possible_rcu(table, object, member, key, condition...)	\
	for (object = ___ex_hlist_entry(rcu_dereference(___ex_bucket(table, key)->first), \
					typeof(*(object)), member);	\
	     object;							\
	     object = ___ex_hlist_entry(rcu_dereference((object)->member.next), \
					typeof(*(object)), member))
#define hash_for_each_safe(table, bucket, next_node, object, member)	\
	for ((bucket) = 0; (size_t)(bucket) < ARRAY_SIZE(table); (bucket)++)	\
		for (object = ___ex_hlist_entry((table)[bucket].first,	\
						typeof(*(object)), member);	\
		     (object) && ({ next_node = (object)->member.next; 1; });	\
		     object = ___ex_hlist_entry(next_node, typeof(*(object)), member))

static inline bool llist_add(struct llist_node *new, struct llist_head *head)
{
	struct llist_node *first = READ_ONCE(head->first), *found;

	for (;; first = found) {
		new->next = first;
		found = cmpxchg(&head->first, first, new);
		if (found == first)
			return !first;
	}
}

#define llist_empty(head) (!READ_ONCE((head)->first))
#define llist_del_all(head) xchg(&(head)->first, NULL)
#define ___ex_llist_entry(node, type, member)				\
({									\
	struct llist_node *__node = (node);				\
									\
	__node ? container_of(__node, type, member) : NULL;		\
})
#define llist_for_each_entry_safe(object, n, node, member)		\
	for (object = ___ex_llist_entry(node, typeof(*object), member);	\
	     object && ({ n = ___ex_llist_entry(object->member.next,	\
						typeof(*object), member); 1; });	\
	     object = n)

/* RCU. */

struct rcu_head {
	void (*func)(struct rcu_head *rcu);
};

void rcu_read_lock(void);
void rcu_read_unlock(void);
void call_rcu(struct rcu_head *rcu, void (*func)(struct rcu_head *rcu));
void rcu_barrier(void);
void synchronize_rcu(void);
#define synchronize_rcu_expedited() synchronize_rcu()
void ex_kfree_rcu(const void *memory);
#define kfree_rcu(object, member) ex_kfree_rcu(object)

/* The index of NPIs: each call is one step, as the real one locks its buckets. */

struct rhash_head {
	struct rhash_head *next;
};

struct rhashtable_params {
	size_t key_len;
	size_t key_offset;
	size_t head_offset;
	unsigned int min_size;
	bool automatic_shrinking;
};

#define EX_RHASHTABLE 8
struct rhashtable {
	u64 lock;
	struct rhash_head *entry[EX_RHASHTABLE];
};

int rhashtable_init(struct rhashtable *table, const struct rhashtable_params *params);
void rhashtable_destroy(struct rhashtable *table);
void *ex_rhashtable_lookup(struct rhashtable *table, const void *key,
			   const struct rhashtable_params *params);
void *ex_rhashtable_get_insert(struct rhashtable *table, struct rhash_head *head,
			       const struct rhashtable_params *params);
int ex_rhashtable_remove(struct rhashtable *table, struct rhash_head *head);
#define rhashtable_lookup(table, key, params) ex_rhashtable_lookup(table, key, &(params))
#define rhashtable_lookup_get_insert_fast(table, head, params)		\
	ex_rhashtable_get_insert(table, head, &(params))
#define rhashtable_remove_fast(table, head, params) ex_rhashtable_remove(table, head)
int ex_rhashtable_insert(struct rhashtable *table, struct rhash_head *head);
#define rhashtable_insert_fast(table, head, params) ex_rhashtable_insert(table, head)

/* Locks. @owner is the id of the actor that holds the lock, plus one. */

typedef struct { int owner; } spinlock_t;

struct mutex {
	int owner;
};

void spin_lock_init(spinlock_t *lock);
void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);
void ex_lock_held(const int *owner);
bool ex_need_resched(void);
#define DEFINE_SPINLOCK(name) spinlock_t name = { 0 }
#define DEFINE_MUTEX(name) struct mutex name = { 0 }
#define need_resched() ex_need_resched()
#define cond_resched() ((void)0)
void mutex_lock(struct mutex *mutex);
void mutex_unlock(struct mutex *mutex);
#define lockdep_assert_held(lock) ex_lock_held(&(lock)->owner)
#define lockdep_is_held(lock) ((void)(lock), true)

/* The class is the module's memory: read wherever lockdep reads it. */
struct lock_class_key {
	u64 key;
};

struct lockdep_map {
	struct lock_class_key *key;
	const char *name;
};

void ex_lockdep_init(struct lockdep_map *map, const char *name, struct lock_class_key *key);
void ex_lockdep_read(const struct lockdep_map *map);
#define lockdep_init_map(map, name, key, sub) ex_lockdep_init(map, name, key)
#define lock_map_acquire(map) ex_lockdep_read(map)
#define lock_map_acquire_read(map) ex_lockdep_read(map)
#define lock_map_release(map) ex_lockdep_read(map)

struct completion {
	unsigned int done;
};

#define DECLARE_COMPLETION(name) struct completion name = { 0 }
void init_completion(struct completion *completion);
void reinit_completion(struct completion *completion);
void complete(struct completion *completion);
void complete_all(struct completion *completion);
bool completion_done(struct completion *completion);
void wait_for_completion(struct completion *completion);

/* Tasks and processors. */

struct task_struct;
struct task_struct *ex_current(void);
#define current ex_current()
#define _RET_IP_ ((unsigned long)__builtin_return_address(0))

#define EX_CPUS 2
void preempt_disable(void);
void preempt_enable(void);
#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < EX_CPUS; (cpu)++)

void *ex_per_cpu(const void *pointer, unsigned int cpu);
void *ex_this_cpu(const void *pointer);
void *ex_alloc_percpu(size_t size, gfp_t gfp);
void ex_free_percpu(const void *pointer);
void ex_this_cpu_add(unsigned int *count, unsigned int n);
#define per_cpu_ptr(pointer, cpu) ((typeof(pointer))ex_per_cpu(pointer, cpu))
#define this_cpu_ptr(pointer) ((typeof(pointer))ex_this_cpu(pointer))
#define alloc_percpu_gfp(type, gfp) ((type *)ex_alloc_percpu(sizeof(type), gfp))
#define free_percpu(pointer) ex_free_percpu(pointer)
#define this_cpu_inc(x) ex_this_cpu_add(&(x), 1)
#define this_cpu_dec(x) ex_this_cpu_add(&(x), -1)
/* For mutants. */
#define this_cpu_read(x) (*(typeof(x) *)ex_this_cpu(&(x)))
void ex_this_cpu_write(unsigned int *count, unsigned int to);
#define this_cpu_write(x, to) ex_this_cpu_write(&(x), to)
#define for_each_online_cpu(cpu) for ((cpu) = 0; (cpu) < 1; (cpu)++)

/* Work. */

struct work_struct {
	void (*func)(struct work_struct *work);
	/* Queued, and has not begun. */
	int pending;
	int running;
};

struct timer_list {
	unsigned long expires;
};

struct delayed_work {
	struct work_struct work;
	struct timer_list timer;
};

struct workqueue_struct;
struct task_struct *ex_kthread_run(void);
#define kthread_run(function, data, name) ((void)(function), (void)(data), ex_kthread_run())
void kthread_complete_and_exit(struct completion *completion, long code)
	__attribute__((noreturn));
extern struct workqueue_struct *system_unbound_wq;
#define WQ_UNBOUND 2
#define WQ_MAX_ACTIVE 512
#define HZ 250UL
unsigned long ex_jiffies(void);
#define jiffies ex_jiffies()
#define time_after(a, b) ((long)((b) - (a)) < 0)
struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags, int most);
void destroy_workqueue(struct workqueue_struct *queue);
void ex_init_work(struct work_struct *work, void (*func)(struct work_struct *work));
#define INIT_WORK(work, func) ex_init_work(work, func)
bool queue_work(struct workqueue_struct *queue, struct work_struct *work);
#define DECLARE_DELAYED_WORK(name, func) struct delayed_work name = { { func, 0, 0 }, { 0 } }
bool queue_delayed_work(struct workqueue_struct *queue, struct delayed_work *work,
			unsigned long delay);
bool mod_delayed_work(struct workqueue_struct *queue, struct delayed_work *work,
		      unsigned long delay);
bool cancel_delayed_work_sync(struct delayed_work *work);
bool ex_work_pending(const struct work_struct *work);
#define delayed_work_pending(delayed) ex_work_pending(&(delayed)->work)

#endif /* _EXPLORE_KERNEL_H */
