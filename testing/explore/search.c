// SPDX-License-Identifier: GPL-2.0
/*
 * A depth-first search of all choices, with a bound on preemptions. Each schedule
 * runs from the beginning. It is abandoned when it reaches a state that was explored
 * before with at least as many preemptions left.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "explore.h"
#include "oracle.h"
#include "scenario.h"

/* Address and size of the program's code. */
#define TEXT		0x400000
#define TEXT_SIZE	0x200000
#define DEPTH		8192

struct node {
	u16 count;
	u16 chosen;
};

static struct {
	enum search_mode mode;
	unsigned int bound;
	u64 random;
	struct node node[DEPTH];
	unsigned int depth;
	/* Number of nodes that repeat the path of the previous schedule. */
	unsigned int prefix;
	bool given_up;
	struct replay path;
	const struct replay *replay;
	unsigned int unused_deviations;
} search;

/* Places with accesses that happens-before does not order: a choice before each. */
static u8 sites[TEXT_SIZE];
static unsigned int site_count;
static bool found_sites;

/* To check the reduction: a choice before each access, as if all places were sites. */
bool ex_every_place;

static u64 *table;
static u64 table_size, table_used;

extern int ex_core_init(void);
extern void ex_core_exit(void);

u32 ex_place(const void *place)
{
	return (u32)(unsigned long)place;
}

bool ex_is_site(const void *place)
{
	if (world.serial)
		return false;
	return ex_every_place || search.mode == EX_REPLAY || sites[ex_place(place) - TEXT];
}

void ex_site_found(u32 place)
{
	if (sites[place - TEXT] || search.mode == EX_REPLAY)
		return;
	sites[place - TEXT] = 1;
	site_count++;
	found_sites = true;
}

/* The table of states: a hash, and the number of preemptions left, plus one. */

static void table_reset(u64 size)
{
	if (table)
		munmap(table, table_size * sizeof(*table));
	table = mmap(NULL, size * sizeof(*table), PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (table == MAP_FAILED)
		abort();
	table_size = size;
	table_used = 0;
}

static u64 *table_find(u64 key)
{
	u64 i = key >> 4 & (table_size - 1);

	while (table[i] && (table[i] ^ key) >> 4)
		i = (i + 1) & (table_size - 1);
	return &table[i];
}

static void table_grow(void)
{
	u64 *old = table, size = table_size, i;

	table = NULL;
	table_reset(size * 4);
	for (i = 0; i < size; i++) {
		if (!old[i])
			continue;
		*table_find(old[i]) = old[i];
		table_used++;
	}
	munmap(old, size * sizeof(*old));
}

/* Was this state explored before, with at least as many preemptions left? */
static bool was_here(u64 key, unsigned int left)
{
	u64 *entry;

	if (table_used > table_size / 2)
		table_grow();
	key = (key | 1ULL << 63) & ~15ULL;
	entry = table_find(key);
	if (*entry && (*entry & 15) >= left + 1)
		return true;
	if (!*entry)
		table_used++;
	*entry = key | (left + 1);
	return false;
}

/*
 * A hash of what happened so far, which ignores the order where that does not
 * matter: the sum of the signatures of all actors.
 */
static u64 state(void)
{
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < world.actors; i++)
		sum += ex_mix(world.actor[i].signature, world.actor[i].finished);
	return sum;
}

static u64 next_random(void)
{
	search.random ^= search.random << 13;
	search.random ^= search.random >> 7;
	search.random ^= search.random << 17;
	return search.random;
}

static void deviate(unsigned int to, bool data)
{
	struct replay *path = &search.path;

	if (path->count < EX_DEVIATIONS)
		path->at[path->count] = (struct deviation) {
			.actor = world.current->id, .to = to, .data = data,
			.operation = world.current->operations,
		};
	path->count++;
}

static const struct deviation *deviation_here(bool data)
{
	unsigned int i;

	for (i = 0; i < search.replay->count; i++) {
		const struct deviation *at = &search.replay->at[i];

		if (at->actor == world.current->id && at->data == data &&
		    at->operation == world.current->operations)
			return at;
	}
	return NULL;
}

/* Returns the branch, of @count, that this schedule takes here. */
static unsigned int take_branch(unsigned int count)
{
	struct node *node;

	if (search.depth == DEPTH)
		ex_fail("more than %d choices", DEPTH);
	node = &search.node[search.depth++];
	if (search.depth > search.prefix)
		*node = (struct node) { .count = count };
	else if (node->count != count)
		ex_fail("the explorer is wrong: the same run has other choices");
	return node->chosen;
}

static unsigned int walk_branch(unsigned int count, bool goes_on)
{
	u64 random = next_random();

	if (goes_on && random % 8)
		return 0;
	return (random >> 8) % count;
}

struct actor *ex_choose_actor(struct actor **options, unsigned int count, bool goes_on)
{
	const struct deviation *here;
	unsigned int chosen = 0, i;

	switch (search.mode) {
	case EX_REPLAY:
		here = deviation_here(false);
		for (i = 0; here && i < count; i++)
			if (options[i]->id == here->to)
				chosen = i;
		break;
	case EX_WALK:
		chosen = walk_branch(count, goes_on);
		break;
	case EX_SEARCH:
		if (search.depth >= search.prefix &&
		    was_here(ex_mix(state(), world.current->signature + goes_on),
			     search.bound - world.preemptions)) {
			search.given_up = true;
			ex_abandon();
		}
		if (goes_on && world.preemptions == search.bound)
			count = 1;
		chosen = count > 1 ? take_branch(count) : 0;
		break;
	}
	if (chosen) {
		deviate(options[chosen]->id, false);
		if (goes_on)
			world.preemptions++;
	}
	return options[chosen];
}

/* A choice of the actor's own, which does not involve other actors. */
unsigned int ex_choose(unsigned int count, const char *what, const void *place)
{
	const struct deviation *here;
	unsigned int chosen = 0;

	if (world.serial || world.faults >= (ex_scenario->faults ?: 2))
		return 0;
	world.current->operations++;
	switch (search.mode) {
	case EX_REPLAY:
		here = deviation_here(true);
		chosen = here ? here->to : 0;
		break;
	case EX_WALK:
		chosen = walk_branch(count, true);
		break;
	case EX_SEARCH:
		chosen = take_branch(count);
		break;
	}
	world.current->signature = ex_mix(world.current->signature, chosen + 99);
	if (chosen) {
		world.faults++;
		deviate(chosen, true);
		if (ex_trace)
			ex_note_step(place, what);
	}
	return chosen;
}

/* One schedule. */

static void set_up(void *scenario)
{
	if (ex_core_init())
		ex_fail("nmr_init() failed");
	oracle_begin();
	if (((struct scenario *)scenario)->setup)
		((struct scenario *)scenario)->setup();
}

static void run_thread(void *thread)
{
	((void (*)(void))thread)();
}

static void start(void *unused)
{
	(void)unused;
}

static bool all_others_ended(void *unused)
{
	unsigned int i;

	(void)unused;
	for (i = 0; i < world.actors; i++)
		if (!world.actor[i].finished && world.actor[i].kind != EX_LAST &&
		    world.actor[i].function != ex_timer)
			return false;
	return true;
}

static void take_down(void *unused)
{
	(void)unused;
	world.current->may_go_on = NULL;
	world.serial = true;
	oracle_quiet();
	if (ex_scenario->expect)
		ex_scenario->expect();
	oracle_take_down();
	ex_core_exit();
	oracle_end();
	ex_check_leaks();
}

static void prepare(const struct scenario *scenario)
{
	struct actor *last;
	unsigned int i;

	ex_scenario = scenario;
	ex_sched_reset();
	ex_memory_reset();
	world.jiffies = 1000;
	world.serial = true;
	ex_run(ex_spawn(EX_THREAD, "setup", set_up, (void *)scenario));
	if (ex_failed)
		return;
	world.serial = false;
	ex_spawn(EX_THREAD, "start", start, NULL);
	for (i = 0; i < EX_THREADS && scenario->thread[i]; i++) {
		static const char * const names[] = { "T1", "T2", "T3", "T4" };
		struct actor *actor;

		actor = ex_spawn(EX_THREAD, names[i], run_thread, scenario->thread[i]);
		actor->cpu = scenario->cpu[i];
	}
	if (scenario->irq)
		ex_spawn(EX_IRQ, "irq", run_thread, scenario->irq)->cpu = scenario->irq_cpu;
	last = ex_spawn(EX_LAST, "last", take_down, NULL);
	last->may_go_on = all_others_ended;
	ex_memory_keep();
}

static void run_schedule(void)
{
	unsigned int i;

	ex_memory_restore();
	ex_sched_reset();
	search.depth = 0;
	search.given_up = false;
	search.path.count = 0;
	for (i = 0; world.actor[i].function != start; i++)
		;
	ex_run(&world.actor[i]);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* Moves to the next path; returns false if there is none. */
static bool backtrack(void)
{
	while (search.depth) {
		struct node *node = &search.node[search.depth - 1];

		if (node->chosen + 1 < node->count) {
			node->chosen++;
			search.prefix = search.depth;
			return true;
		}
		search.depth--;
	}
	return false;
}

static void failed(struct result *result)
{
	result->failed = true;
	snprintf(result->message, sizeof(result->message), "%s", ex_message);
	result->replay = search.path;
}

static void search_to_bound(struct result *result, unsigned int bound, double until)
{
	search.mode = EX_SEARCH;
	search.bound = bound;
again:
	table_reset(1 << 16);
	search.prefix = 0;
	found_sites = false;
	do {
		run_schedule();
		result->schedules++;
		result->steps += world.steps;
		if (search.depth > result->depth)
			result->depth = search.depth;
		if (ex_failed)
			return failed(result);
		if (found_sites) {
			result->restarts++;
			goto again;
		}
		if (!(result->schedules & 1023) && now() > until) {
			result->complete = false;
			break;
		}
	} while (backtrack());
	result->states = table_used;
	result->sites = site_count;
}

void ex_search(const struct scenario *scenario, unsigned int bound, double seconds,
	       u64 walks, u64 seed, struct result *result)
{
	double until = now() + seconds;
	unsigned int b;

	memset(result, 0, sizeof(*result));
	result->complete = true;
	prepare(scenario);
	if (ex_failed) {
		failed(result);
		return;
	}
	/* The fewest preemptions first. */
	for (b = 0; b <= bound && !result->failed && result->complete; b++)
		search_to_bound(result, b, until);
	search.mode = EX_WALK;
	search.random = seed * 2654435761U + 88172645463325252ULL;
	while (walks-- && !result->failed && now() < until) {
		run_schedule();
		result->schedules++;
		result->steps += world.steps;
		if (ex_failed)
			failed(result);
	}
}

bool ex_replay(const struct scenario *scenario, const struct replay *replay)
{
	prepare(scenario);
	if (ex_failed)
		return true;
	search.mode = EX_REPLAY;
	search.replay = replay;
	ex_table_reset();
	run_schedule();
	return ex_failed;
}

/* Removes deviations that the failure does not need. */
void ex_shrink(const struct scenario *scenario, struct result *result)
{
	unsigned int i = result->replay.count;
	struct replay fewer;

	if (i > EX_DEVIATIONS)
		return;
	while (i--) {
		fewer = result->replay;
		memmove(&fewer.at[i], &fewer.at[i + 1],
			(fewer.count - i - 1) * sizeof(fewer.at[0]));
		fewer.count--;
		if (ex_replay(scenario, &fewer)) {
			result->replay = fewer;
			snprintf(result->message, sizeof(result->message), "%s", ex_message);
		}
	}
}
