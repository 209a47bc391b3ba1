/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared by all parts of the explorer; Documentation/testing.rst explains how it works.
 */
#ifndef _EXPLORE_H
#define _EXPLORE_H

#include <stdbool.h>
#include <stddef.h>

#include "types.h"

/* kernel.h defines these as macros; here they are members. */
#undef current
#undef jiffies

#define EX_ACTORS	48
#define EX_NAME		24
#define EX_STACK	(32 * 1024)
#define EX_HEAP		(256 * 1024)
#define EX_OBJECTS	512
#define EX_CACHES	8
#define EX_CPUS		2
/* A schedule that takes more steps than this is reported as a livelock. */
#define EX_STEPS	20000

/* The latest time of each actor's clock that is known. */
struct vector_clock {
	u16 of[EX_ACTORS];
};

enum actor_kind {
	EX_THREAD,
	EX_IRQ,		/* interrupts whatever its processor runs */
	EX_WORK,
	EX_RCU,		/* one callback of call_rcu() */
	EX_LAST,	/* tears down what a scenario leaves */
};

/* A thread, an interrupt, a work item or an RCU callback. */
struct actor {
	u8 id;
	u8 kind;
	u8 cpu;
	bool started;
	bool finished;
	/* Nesting counts, as in the kernel. */
	u8 rcu;
	u8 preempt_off;
	u8 irq_off;
	u8 spinlocks;
	bool data_race;
	char name[EX_NAME];
	void (*function)(void *argument);
	void *argument;
	/* The condition that it waits for; NULL: none. */
	bool (*may_go_on)(void *of);
	void *of;
	/* Number of operations begun; identifies a point in the actor's run. */
	unsigned int operations;
	/* Hash of everything that the actor's run so far depends on. */
	u64 signature;
	u64 read_section;
	/* For an RCU callback: actors whose read sections it still waits for. */
	u64 readers;
	struct vector_clock clock;
	/* The clock at the end of the last read section. */
	struct vector_clock read_until;
	void *stack_pointer;
};

struct cache {
	const char *name;
	unsigned int size;
	void (*construct)(void *memory);
	unsigned int live;
	bool used;
	void *last_free;
};

struct object {
	u32 offset;
	u32 size;
	u64 signature;
	/* Place of the allocation, time on the allocating actor's clock, its id. */
	u32 made_at;
	u16 made_when;
	u8 made_by;
	u32 freed_at;
	bool freed;
	u8 freed_by;
};

/* All state that a schedule starts from and changes, except the contents of memory. */
struct world {
	struct actor actor[EX_ACTORS];
	unsigned int actors;
	struct actor *current;
	unsigned int steps;
	/* Setting up or tearing down: there are no choices. */
	bool serial;
	bool taking_down;
	unsigned int heap_used;
	unsigned int objects;
	struct cache cache[EX_CACHES];
	unsigned long jiffies;
	unsigned int timer_fires;
	unsigned int preemptions;
	unsigned int faults;
	unsigned int yields;
	unsigned int moves;
	unsigned int warnings;
};

extern struct world world;

/* Properties of an access. */
#define EX_READ		0x01
#define EX_WRITE	0x02
#define EX_MARKED	0x04
#define EX_ACQUIRE	0x08
#define EX_RELEASE	0x10
#define EX_POINT	0x20	/* others may run before it, even if it does not conflict */
#define EX_UNLOCK	0x40	/* a left mover: no choice before it */
#define EX_RMW		(EX_READ | EX_WRITE | EX_MARKED)
#define EX_LOCK		(EX_RMW | EX_ACQUIRE)

/* sched.c */
typedef bool (*ex_condition)(void *of);
struct actor *ex_spawn(enum actor_kind kind, const char *name,
		       void (*function)(void *argument), void *argument);
void ex_operation(const void *address, unsigned int size, unsigned int how,
		  const char *what, const void *place);
void ex_wait(ex_condition may_go_on, void *of, bool point, const char *what,
	     const void *place);
void ex_point(void);
bool ex_is_runnable(struct actor *actor);
void ex_run(struct actor *first);
void ex_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void ex_sched_reset(void);
bool ex_dead_stack(const void *address);
bool ex_on_stack(const void *address);
void ex_join(struct vector_clock *to, const struct vector_clock *from);

/* memory.c */
void ex_memory_init(void);
void ex_memory_reset(void);
void ex_memory_keep(void);
void ex_memory_restore(void);
void ex_access(const void *address, unsigned int size, unsigned int how,
	       const void *place);
void ex_check_leaks(void);
void *ex_module_alloc(size_t size);
void ex_module_free(const void *memory);
void ex_kfree_rcu(const void *memory);
const char *ex_describe(const void *address);

/* primitives.c */
void ex_module_is_going(void *module);
void ex_module_goes(void *module);
void ex_timer(void *unused);
void ex_section_over(struct actor *actor);

/* search.c */
enum search_mode {
	EX_SEARCH,
	EX_WALK,
	EX_REPLAY,
};

/* A departure from the default choice, before the given operation of an actor. */
struct deviation {
	u8 actor;
	u8 to;
	bool data;
	unsigned int operation;
};

#define EX_DEVIATIONS 256
struct replay {
	struct deviation at[EX_DEVIATIONS];
	unsigned int count;
};

struct result {
	u64 schedules;
	u64 states;
	u64 steps;
	unsigned int sites;
	unsigned int restarts;
	unsigned int depth;
	bool failed;
	bool complete;
	char message[1024];
	struct replay replay;
};

struct scenario;
extern char ex_message[1024];
extern bool ex_failed;
extern bool ex_trace;
extern bool ex_every_place;
struct actor *ex_choose_actor(struct actor **options, unsigned int count, bool goes_on);
unsigned int ex_choose(unsigned int count, const char *what, const void *place);
void ex_site_found(u32 place);
bool ex_is_site(const void *place);
u32 ex_place(const void *place);
void ex_search(const struct scenario *scenario, unsigned int bound, double seconds,
	       u64 walks, u64 seed, struct result *result);
bool ex_replay(const struct scenario *scenario, const struct replay *replay);
void ex_shrink(const struct scenario *scenario, struct result *result);
void ex_abandon(void) __attribute__((noreturn));

/* replay.c */
void ex_replay_print(const struct scenario *scenario, const struct replay *replay,
		     char *to, size_t size);
const struct scenario *ex_replay_parse(const char *text, struct replay *replay);
void ex_note_step(const void *place, const char *what);
void ex_note_event(const char *format, ...) __attribute__((format(printf, 1, 2)));
void ex_print_places(const char *message);
void ex_print_table(void);
void ex_table_reset(void);

/* Depends on the order of its arguments. To ignore order, add hashes up. */
static inline u64 ex_mix(u64 a, u64 b)
{
	a ^= b + 0x9e3779b97f4a7c15ULL + (a << 6) + (a >> 2);
	a *= 0xbf58476d1ce4e5b9ULL;
	a ^= a >> 31;
	a *= 0x94d049bb133111ebULL;
	return a ^ a >> 29;
}

#endif /* _EXPLORE_H */
