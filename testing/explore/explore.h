/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of the explorer share. Documentation/testing.rst has how they work together.
 */
#ifndef _EXPLORE_H
#define _EXPLORE_H

#include <stdbool.h>
#include <stddef.h>

#include "types.h"

/* Names of the kernel's that are members here. */
#undef current
#undef jiffies

#define EX_ACTORS	48
#define EX_NAME		24
#define EX_STACK	(32 * 1024)
#define EX_HEAP		(256 * 1024)
#define EX_OBJECTS	512
#define EX_CACHES	8
#define EX_CPUS		2
/* A schedule that takes more steps than this does not end. */
#define EX_STEPS	20000

/* What a clock of each actor is known to have reached. */
struct vector_clock {
	u16 of[EX_ACTORS];
};

enum actor_kind {
	EX_THREAD,
	EX_IRQ,		/* runs on top of what its processor runs */
	EX_WORK,
	EX_RCU,		/* one callback of call_rcu() */
	EX_LAST,	/* takes down what a scenario leaves */
};

/* Something that runs: a thread, an interrupt, a work item, an RCU callback. */
struct actor {
	u8 id;
	u8 kind;
	u8 cpu;
	bool started;
	bool finished;
	/* As the kernel's nesting counts. */
	u8 rcu;
	u8 preempt_off;
	u8 irq_off;
	u8 spinlocks;
	bool data_race;
	char name[EX_NAME];
	void (*function)(void *argument);
	void *argument;
	/* What it waits for; NULL: it can go on. */
	bool (*may_go_on)(void *of);
	void *of;
	/* Operations begun, which name a place in its run. */
	unsigned int operations;
	/* Hash of all that the run up to here depends on. */
	u64 signature;
	u64 read_section;
	/* Of an RCU callback: whose read sections it still waits for. */
	u64 readers;
	struct vector_clock clock;
	/* At the end of the last read section. */
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
	/* Allocated by whom, where, and at what time of its clock. */
	u32 made_at;
	u16 made_when;
	u8 made_by;
	u32 freed_at;
	bool freed;
	u8 freed_by;
};

/* Everything that a schedule starts from and changes, but for memory's contents. */
struct world {
	struct actor actor[EX_ACTORS];
	unsigned int actors;
	struct actor *current;
	unsigned int steps;
	/* No choice is left: setting up or taking down. */
	bool serial;
	bool taking_down;
	unsigned int heap_used;
	unsigned int objects;
	struct cache cache[EX_CACHES];
	unsigned int online;
	int hotplug_readers;
	bool hotplug_writer;
	unsigned long jiffies;
	unsigned int timer_fires;
	unsigned int preemptions;
	unsigned int faults;
	unsigned int yields;
	unsigned int moves;
	unsigned int warnings;
};

extern struct world world;

/* How an access behaves. */
#define EX_READ		0x01
#define EX_WRITE	0x02
#define EX_MARKED	0x04
#define EX_ACQUIRE	0x08
#define EX_RELEASE	0x10
#define EX_POINT	0x20	/* others may come first, whether or not it conflicts */
#define EX_UNLOCK	0x40	/* commutes to the left: no point of its own */
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

/* Where a run leaves its default: an actor, at its so-manieth operation. */
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

/* Hashing: order counts in the first, not in sums of the second. */
static inline u64 ex_mix(u64 a, u64 b)
{
	a ^= b + 0x9e3779b97f4a7c15ULL + (a << 6) + (a >> 2);
	a *= 0xbf58476d1ce4e5b9ULL;
	a ^= a >> 31;
	a *= 0x94d049bb133111ebULL;
	return a ^ a >> 29;
}

#endif /* _EXPLORE_H */
