// SPDX-License-Identifier: GPL-2.0
/*
 * The actors, each with a stack of its own. One runs at a time. At each operation
 * that others could notice the search decides which one runs next.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "explore.h"
#include "scenario.h"

struct world world;
const struct scenario *ex_scenario;
char ex_message[1024];
bool ex_failed;
bool ex_trace;

static char (*stacks)[EX_STACK];
static void *main_stack_pointer;

/* Saves the callee-saved registers, and switches to the stack @to. */
void ex_swap(void **from, void *to);
__asm__(".text\n"
	".type ex_swap, @function\n"
	"ex_swap:\n"
	"	pushq %rbp\n	pushq %rbx\n	pushq %r12\n"
	"	pushq %r13\n	pushq %r14\n	pushq %r15\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	popq %r15\n	popq %r14\n	popq %r13\n"
	"	popq %r12\n	popq %rbx\n	popq %rbp\n"
	"	ret\n"
	".size ex_swap, . - ex_swap\n");

void ex_abandon(void)
{
	void *unused;

	ex_swap(&unused, main_stack_pointer);
	__builtin_unreachable();
}

void ex_fail(const char *format, ...)
{
	va_list arguments;

	ex_failed = true;
	va_start(arguments, format);
	vsnprintf(ex_message, sizeof(ex_message), format, arguments);
	va_end(arguments);
	ex_note_event("%s", ex_message);
	ex_abandon();
}

void ex_join(struct vector_clock *to, const struct vector_clock *from)
{
	unsigned int i;

	for (i = 0; i < EX_ACTORS; i++)
		to->of[i] = to->of[i] > from->of[i] ? to->of[i] : from->of[i];
}

static void actor_begin(void)
{
	struct actor *actor = world.current;
	bool is_irq = actor->kind == EX_IRQ;

	actor->started = true;
	actor->function(actor->argument);
	actor = world.current;
	if (actor->rcu || actor->spinlocks || actor->irq_off > is_irq ||
	    actor->preempt_off > (is_irq || actor->kind == EX_RCU))
		ex_fail("%s ends with a lock held, or in a read section", actor->name);
	actor->operations++;
	if (actor->preempt_off)
		ex_section_over(actor);
	actor->finished = true;
	/* The end of an interrupt happens before what its processor does next. */
	if (actor->kind == EX_IRQ) {
		unsigned int i;

		for (i = 0; i < world.actors; i++)
			if (!world.actor[i].finished && world.actor[i].cpu == actor->cpu)
				ex_join(&world.actor[i].clock, &actor->clock);
	}
	ex_point();
	__builtin_unreachable();
}

/* Sets up the stack of an actor that has not begun, for ex_swap(). */
static void prime(struct actor *actor)
{
	void **top = (void **)(stacks[actor->id] + EX_STACK);

	/* Aligned as after a call. */
	*--top = NULL;
	*--top = actor_begin;
	top -= 6;
	memset(top, 0, 6 * sizeof(*top));
	actor->stack_pointer = top;
}

/* Creates an actor. It begins when it is chosen, ordered after its creator. */
struct actor *ex_spawn(enum actor_kind kind, const char *name,
		       void (*function)(void *argument), void *argument)
{
	struct actor *actor;

	if (world.actors == EX_ACTORS)
		ex_fail("more actors than %d", EX_ACTORS);
	actor = &world.actor[world.actors];
	memset(actor, 0, sizeof(*actor));
	actor->id = world.actors++;
	actor->kind = kind;
	actor->preempt_off = kind == EX_IRQ || kind == EX_RCU;
	actor->irq_off = kind == EX_IRQ;
	snprintf(actor->name, sizeof(actor->name), "%s", name);
	actor->function = function;
	actor->argument = argument;
	if (world.current) {
		actor->clock = world.current->clock;
		world.current->clock.of[world.current->id]++;
		actor->signature = ex_mix(world.current->signature, kind + 1);
	} else {
		actor->signature = ex_mix(actor->id, kind + 1);
	}
	actor->clock.of[actor->id] = 1;

	prime(actor);
	return actor;
}

/* May an actor's processor run it now, or must another actor there run first? */
static bool processor_is_free(struct actor *actor)
{
	unsigned int i;

	if (!(ex_scenario->flags & EX_TWO_CPUS))
		return true;
	for (i = 0; i < world.actors; i++) {
		struct actor *other = &world.actor[i];

		if (other == actor || other->finished || !other->started ||
		    other->cpu != actor->cpu)
			continue;
		if (other->kind == EX_IRQ || other->irq_off)
			return false;
		if (other->preempt_off && actor->kind != EX_IRQ)
			return false;
	}
	return true;
}

bool ex_is_runnable(struct actor *actor)
{
	if (actor->finished || (actor->kind == EX_RCU && actor->readers))
		return false;
	if (actor->may_go_on && !actor->may_go_on(actor->of))
		return false;
	return processor_is_free(actor);
}

/*
 * Late actors run only when no other can: RCU callbacks, which free memory and whose
 * order with each access happens-before decides, and the one that tears down.
 */
static bool is_late(struct actor *actor)
{
	return actor->kind == EX_LAST ||
	       (actor->kind == EX_RCU &&
		(world.serial || !(ex_scenario->flags & EX_EARLY_RCU)));
}

static unsigned int options_of(struct actor **options, bool late)
{
	struct actor *current = world.current;
	unsigned int count = 0, i;

	if (current && is_late(current) == late && ex_is_runnable(current))
		options[count++] = current;
	for (i = 0; i < world.actors; i++) {
		struct actor *actor = &world.actor[i];

		if (actor != current && !actor->finished && is_late(actor) == late &&
		    ex_is_runnable(actor))
			options[count++] = actor;
	}
	return count;
}

static void __attribute__((noreturn)) nobody_can_go_on(void)
{
	char stuck[700] = "";
	unsigned int i, n = 0;

	for (i = 0; i < world.actors && n < sizeof(stuck) - 80; i++)
		if (!world.actor[i].finished)
			n += snprintf(stuck + n, sizeof(stuck) - n, " %s",
				      world.actor[i].name);
	if (!n)
		ex_abandon();
	ex_fail("deadlock: none can go on of%s", stuck);
}

static void switch_to(struct actor *next)
{
	struct actor *current = world.current;

	if (next == current)
		return;
	/* What its processor did so far happens before the interrupt. */
	if (next->kind == EX_IRQ && !next->started) {
		unsigned int i;

		for (i = 0; i < world.actors; i++)
			if (world.actor[i].cpu == next->cpu && world.actor[i].started)
				ex_join(&next->clock, &world.actor[i].clock);
	}
	world.current = next;
	ex_swap(&current->stack_pointer, next->stack_pointer);
}

void ex_point(void)
{
	struct actor *options[EX_ACTORS], *current = world.current;
	unsigned int count;
	bool goes_on;

	if (++world.steps > EX_STEPS)
		ex_fail("livelock: no end after %d steps", EX_STEPS);
	/* Progress counts as well, even if no operation was noticeable. */
	current->signature = ex_mix(current->signature, current->operations);
	count = options_of(options, false);
	/* A late actor is not preempted by another late actor. */
	if (!count && !current->finished && ex_is_runnable(current))
		return;
	if (!count)
		count = options_of(options, true);
	if (!count)
		nobody_can_go_on();
	goes_on = options[0] == current;
	if (is_late(options[0]))
		count = 1;
	if (world.serial)
		switch_to(options[0]);
	else
		switch_to(ex_choose_actor(options, count, goes_on));
}

void ex_operation(const void *address, unsigned int size, unsigned int how,
		  const char *what, const void *place)
{
	world.current->operations++;
	if ((how & EX_POINT) || (!(how & EX_UNLOCK) && ex_is_site(place)))
		ex_point();
	if (ex_trace)
		ex_note_step(place, what);
	if (address)
		ex_access(address, size, how | EX_MARKED, place);
}

/* Waits for a condition. Others may run before it if @point, or if it has to wait. */
void ex_wait(ex_condition may_go_on, void *of, bool point, const char *what,
	     const void *place)
{
	struct actor *current = world.current;

	current->operations++;
	if (point || !may_go_on(of)) {
		current->may_go_on = may_go_on;
		current->of = of;
		ex_point();
		current->may_go_on = NULL;
	}
	if (ex_trace)
		ex_note_step(place, what);
}

/* Runs actors until none is left or one fails. */
void ex_run(struct actor *first)
{
	world.current = first;
	ex_swap(&main_stack_pointer, first->stack_pointer);
	world.current = NULL;
}

bool ex_on_stack(const void *address)
{
	const char *at = address;

	return at >= (char *)stacks && at < (char *)(stacks + EX_ACTORS);
}

/* Is the address in a frame that was left, below its owner's stack pointer? */
bool ex_dead_stack(const void *address)
{
	unsigned int id = ((char *)address - (char *)stacks) / EX_STACK;
	struct actor *owner = &world.actor[id];

	if (id >= world.actors || owner->finished)
		return true;
	if (owner == world.current)
		return (char *)address < (char *)__builtin_frame_address(0);
	return (char *)address < (char *)owner->stack_pointer;
}

void ex_sched_reset(void)
{
	unsigned int i;

	if (!stacks)
		stacks = mmap(NULL, sizeof(*stacks) * EX_ACTORS, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ex_failed = false;
	ex_message[0] = '\0';
	/* The previous schedule has overwritten the stacks. */
	for (i = 0; i < world.actors; i++)
		if (!world.actor[i].started)
			prime(&world.actor[i]);
}
