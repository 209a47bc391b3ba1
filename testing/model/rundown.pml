/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model of nmr_core/rundown.c and include/linux/nmr_rundown.h.
 *
 * One side of a binding attaches, detaches, cleans up and destroys its rundown,
 * and does so again with a second binding, whose rundown may get the counters of
 * the first. Meanwhile callers enter and exit, one processor goes offline and
 * comes back, and interrupts close the counters. Each step has a comment with the
 * function or the line of C that it stands for.
 *
 * What is one step and what is not
 *
 *   this_cpu_inc_return(), this_cpu_dec_return() and this_cpu_xchg() are a load
 *   and a store with interrupts off, as the generic versions of the kernel are.
 *   The two are separate steps: another processor can read or write the counter
 *   between them. Nothing else that runs on that processor can come between
 *   them, which is what irqs_off[] is for. Architectures with a single instruction
 *   have fewer interleavings.
 *
 *   Operations of atomic_t and atomic64_t are one step.
 *
 *   A caller is a thread or an interrupt handler. Callers on one processor
 *   interleave at every step at which interrupts are on. That covers preemption, and
 *   all ways in which one caller can interrupt another.
 *
 *   A caller may be on another processor at each this_cpu operation (migration),
 *   except within preempt_disable().
 *
 * Every loop is bounded, so a run in which a process does not end is a hang, which
 * Spin reports as an invalid end state.
 *
 * Memory order
 *
 *   The model is sequentially consistent, except for the counters if STORE_BUFFER is
 *   defined. The C code relies on this order:
 *
 *   - A counter is written by its own processor, which sees its own stores in
 *     program order, and by another one in three cases: init, which the module
 *     publishes by rcu_assign_pointer() or smp_store_release(); the closing of an
 *     offline processor's counter, which cpus_read_lock() orders after that
 *     processor's last store; and the next init, after a grace period, which is a
 *     full barrier on each processor. STORE_BUFFER delays each store to a counter
 *     as a processor's store buffer does, until one of these drains it.
 *   - What a call did before its exit is ordered before detach complete: by the
 *     csd lock of on_each_cpu(), which is released by the interrupt and acquired
 *     by the detaching thread, and by atomic64_sub_and_test() and
 *     atomic64_dec_and_test(), which are full barriers. atomic64_add() in the
 *     interrupt orders nothing, and need not.
 *   - nmr_rundown_destroy() stores the closed counter before call_rcu(). A caller
 *     that still has the old pointer has preemption disabled: a read section.
 *
 * Not in the model: a rundown destroyed with calls in progress, detach called
 * twice or outside the callback, failed allocations, the log.
 */

#ifndef CALLERS
#define CALLERS		2
#endif
#ifndef CALLS
#define CALLS		2	/* of each caller */
#endif
#ifndef BINDINGS
#define BINDINGS	2	/* one after the other */
#endif

#define CPUS		2	/* the last of them can go offline */
#define LAST_CPU	(CPUS - 1)
#define OBJECTS		2

/* NMR_RUNDOWN_OPEN, NMR_RUNDOWN_CLOSED, NMR_RUNDOWN_BIAS: far apart. */
#define OPEN		40
#ifdef CLOSED_AT_ZERO
#define CLOSED		0
#else
#define CLOSED		(-OPEN)
#endif
#ifdef NO_BIAS
#define BIAS		0
#else
#define BIAS		20
#endif

/* Values of struct nmr_rundown.count and .calls that are not objects. */
#define SHARED_CLOSED	100	/* &nmr_rundown_closed */
#define NONE		101	/* NULL */

#ifdef IRQS_ON
#define MASKED		0
#else
#define MASKED		1
#endif

/*
 * Processors.
 */
bool online[CPUS];
bool irqs_off[CPUS];
byte ipi[CPUS] = NONE;		/* the object for which nmr_rundown_close_this_cpu() is to run */
byte cpus_readers;		/* cpus_read_lock() */

/* Within preempt_disable(): the processor plus one; otherwise 0. */
byte pinned[CALLERS];

/*
 * struct nmr_rundown_calls, whose @remaining is left[], and the spare one of each
 * processor.
 */
bool allocated[OBJECTS];
short count[OBJECTS * CPUS];
short left[OBJECTS];
bool detached[OBJECTS];
byte spare[CPUS] = NONE;

/* call_rcu() */
chan grace_period = [BINDINGS] of { byte };

/*
 * struct nmr_rundown of each binding. Its memory stays, and callers continue to call
 * enter after destroy, as nmr_rundown.h allows.
 */
byte rundown_count[BINDINGS] = NONE;
byte rundown_calls[BINDINGS] = NONE;

/* What the module did; the assertions use these. */
bool published[BINDINGS];
bool closing[BINDINGS];		/* nmr_rundown_detach() was called */
bool closed[BINDINGS];		/* nmr_rundown_detach() has returned */
byte using[BINDINGS];		/* from enter to the last access of exit */
byte said[BINDINGS];		/* nmr_binding_detach_complete() */
bool cleaned[BINDINGS];		/* cleanup_binding_context was called */
bool over;

/*
 * A processor's store buffer for its own counters, one entry deep.
 */
#ifdef STORE_BUFFER
byte buffered[CPUS] = NONE;	/* the object */
short buffer[CPUS];

#define COUNT(o, c) (buffered[c] == o -> buffer[c] : count[(o) * CPUS + (c)])

inline drain(c)
{
	if
	:: buffered[c] != NONE ->
		count[buffered[c] * CPUS + c] = buffer[c];
		buffered[c] = NONE;
		buffer[c] = 0
	:: else
	fi
}

inline store(o, c, value)
{
#if BINDINGS > 1
	if
	:: buffered[c] != o -> drain(c)
	:: else
	fi;
#endif
	buffered[c] = o;
	buffer[c] = value
}

/* A store may reach memory at any time. */
active [CPUS] proctype store_buffer()
{
	do
	:: atomic { buffered[_pid] != NONE -> drain(_pid) }
	:: over && buffered[_pid] == NONE -> break
	od
}
#else
#define COUNT(o, c) count[(o) * CPUS + (c)]

inline drain(c)
{
	skip
}

inline store(o, c, value)
{
	count[(o) * CPUS + (c)] = value
}
#endif

/* Chooses the processor for the next step, among those with interrupts on. */
inline on_some_cpu(c)
{
	if
	:: !irqs_off[0] -> c = 0
	:: online[1] && !irqs_off[1] -> c = 1
	fi
}

/*
 * nmr_rundown_enter() of rundown[g]; depth counts the calls that may be made.
 * preempt_enable() is part of the preceding step: its only effect is to let the
 * grace period and CPU hotplug proceed.
 */
inline enter()
{
	/* preempt_disable(); count = READ_ONCE(rundown->count) */
	atomic {
#ifndef ENTER_PREEMPTIBLE
		on_some_cpu(cpu);
		pinned[me] = cpu + 1;
#endif
		object = rundown_count[g];
		assert(object != NONE);
		if
		:: object == SHARED_CLOSED ->
			/* Starts at NMR_RUNDOWN_CLOSED and never reaches zero. */
			assert(closing[g]);
			pinned[me] = 0;
			cpu = 0
		:: else
		fi
	};
	if
	:: object == SHARED_CLOSED
	:: else ->
		/* this_cpu_inc_return(): load */
		atomic {
#ifdef ENTER_PREEMPTIBLE
			on_some_cpu(cpu);
#else
			!irqs_off[cpu];
#endif
			assert(allocated[object]);
			irqs_off[cpu] = MASKED;
			sum = COUNT(object, cpu) + 1
		};
		/* this_cpu_inc_return(): store; preempt_enable(); return open */
		atomic {
			assert(allocated[object]);
			store(object, cpu, sum);
			irqs_off[cpu] = false;
			if
			:: sum >= 0 ->
				/* The counter is this binding's, and detach counts the call. */
				assert(object == rundown_calls[g] && !closed[g]);
				using[g]++;
				depth++
			:: else ->
				/* An open rundown refuses no call. */
				assert(closing[g])
			fi;
			pinned[me] = 0;
			sum = 0;
			cpu = 0
		}
	fi;
	object = 0
}

/*
 * nmr_rundown_exit() of rundown[g], and __nmr_rundown_exit(). Reading a member of
 * the rundown is part of the step that counts: until that step the caller is in
 * using[g], and a cleanup before it fails an assertion.
 */
inline exit()
{
	/* READ_ONCE(rundown->count); this_cpu_dec_return(): load */
	atomic {
		on_some_cpu(cpu);
		object = rundown_count[g];
		assert(!cleaned[g] && object < OBJECTS);
		assert(allocated[object]);
		irqs_off[cpu] = MASKED;
		sum = COUNT(object, cpu) - 1
	};
	/* this_cpu_dec_return(): store */
	atomic {
		assert(allocated[object]);
		store(object, cpu, sum);
		irqs_off[cpu] = false;
#ifdef EXIT_DOES_NOT_LOOK
		sum = 0;
#endif
		object = 0;
		cpu = 0;
		if
		:: sum >= 0 ->
			using[g]--;
			depth--
		:: else
		fi
	};
	if
	:: sum >= 0
	:: else ->
		/* calls = rundown->calls; atomic64_dec_and_test(&calls->remaining) */
		atomic {
			object = rundown_calls[g];
			assert(!cleaned[g] && object < OBJECTS);
			assert(allocated[object] && detached[object]);
			left[object]--;
			zero = (left[object] == 0);
			using[g]--;
			depth--
		};
#ifdef EXIT_TOUCHES_LATE
		/* binding = calls->binding, only now */
		assert(!cleaned[g]);
#endif
		if
		:: zero ->
			/* nmr_binding_detach_complete() */
			atomic {
				said[g]++;
				assert(said[g] == 1 && using[g] == 0 && !cleaned[g]);
				zero = false
			}
		:: else
		fi;
		object = 0
	fi;
	sum = 0
}

/*
 * A caller makes its calls one after the other or nested. It does not try to enter
 * before the binding was published, as nmr_rundown.h requires.
 */
proctype caller(byte me)
{
	byte calls, depth, g, cpu, object;
	short sum;
	bool zero;

	do
	:: atomic { calls < CALLS ->
			calls++;
			if
			:: depth > 0
			:: depth == 0 && published[0] -> g = 0
			:: depth == 0 && published[BINDINGS - 1] -> g = BINDINGS - 1
			:: depth == 0 && over -> goto stop
			fi
		};
		enter()
	:: depth > 0 ->
		exit()
	:: calls == CALLS && depth == 0 ->
		break
	od;
stop:
	skip
}

/* nmr_rundown_close_this_cpu(), in the interrupt of on_each_cpu(). */
proctype interrupt(byte cpu)
{
	short counted;

	do
	:: atomic { ipi[cpu] != NONE && !irqs_off[cpu] ->
			/* this_cpu_xchg(): load */
			irqs_off[cpu] = true;
			counted = COUNT(ipi[cpu], cpu)
		};
		/* this_cpu_xchg(): store */
		atomic { store(ipi[cpu], cpu, CLOSED) };
		/* nmr_rundown_close(): atomic64_add() */
		atomic {
			left[ipi[cpu]] = left[ipi[cpu]] + counted - OPEN;
			counted = 0;
			/* csd_unlock(), and the interrupt returns */
			ipi[cpu] = NONE;
			irqs_off[cpu] = false
		}
	:: over && ipi[cpu] == NONE -> break
	od
}

/* nmr_rundown_init() */
inline init_rundown()
{
	/* rundown->count = &nmr_rundown_closed; rundown->calls = NULL */
	rundown_count[g] = SHARED_CLOSED;
	/* nmr_rundown_take_spare(), with interrupts off; nmr_rundown_alloc() */
	atomic {
		on_some_cpu(cpu);
		calls = spare[cpu];
		spare[cpu] = NONE;
		cpu = 0;
		if
		:: calls != NONE
		:: calls == NONE && !allocated[0] -> calls = 0
		:: calls == NONE && !allocated[1] -> calls = 1
		fi;
		allocated[calls] = true
	};
	/* nmr_rundown_get() */
	atomic {
		count[calls * CPUS] = OPEN;
		count[calls * CPUS + 1] = OPEN;
		left[calls] = BIAS;
		detached[calls] = false
	};
	/* rundown->calls = calls */
	rundown_calls[g] = calls;
	/* rundown->count = calls->count */
	rundown_count[g] = calls
}

/* nmr_rundown_detach() */
inline detach()
{
	/* atomic_xchg(&calls->detached, true) */
	atomic {
		closing[g] = true;
		calls = rundown_calls[g];
		assert(calls != NONE && !detached[calls]);
		detached[calls] = true
	};
#ifndef NO_CPUS_LOCK
	/* cpus_read_lock() */
	cpus_readers++;
#endif
	/* on_each_cpu(): interrupts at any time, on this processor as well */
	atomic {
		ipi[0] = calls;
#ifndef CLOSE_MISSES_CPU
		if
		:: online[1] -> ipi[1] = calls
		:: else
		fi
#endif
	};
#ifndef CLOSE_DOES_NOT_WAIT
	(ipi[0] == NONE && ipi[1] == NONE);
#endif
#if !defined(CLOSE_MISSES_OFFLINE) && !defined(NO_HOTPLUG)
	/* nmr_rundown_close_offline_cpu(): load */
	if
	:: atomic { !online[LAST_CPU] ->
			counted = count[calls * CPUS + LAST_CPU]
		};
		/* nmr_rundown_close() */
		atomic {
			left[calls] = left[calls] + counted - OPEN;
			counted = 0
		};
		/* WRITE_ONCE(*count, NMR_RUNDOWN_CLOSED) */
		count[calls * CPUS + LAST_CPU] = CLOSED
	:: online[LAST_CPU]
	fi;
#endif
#ifndef NO_CPUS_LOCK
	/* cpus_read_unlock() */
	cpus_readers--;
#endif
	/* atomic64_sub_and_test(), and return: no enter succeeds from here on */
	atomic {
		left[calls] = left[calls] - BIAS;
		pending = (left[calls] != 0);
		closed[g] = true;
		assert(pending || (using[g] == 0 && said[g] == 0))
	}
}

/* nmr_rundown_destroy() */
inline destroy()
{
	calls = rundown_calls[g];
#ifndef DESTROY_LEAVES_COUNT
	/* rundown->count = &nmr_rundown_closed */
	rundown_count[g] = SHARED_CLOSED;
#endif
	/* rundown->calls = NULL */
	rundown_calls[g] = NONE;
	/* call_rcu() */
	grace_period ! calls
}

/* The module's side of each binding: attach, detach, cleanup. */
proctype side()
{
	byte g, calls, cpu;
#ifndef NO_HOTPLUG
	short counted;
#endif
	bool pending;

	do
	:: g < BINDINGS ->
		init_rundown();
		if
		:: /* attached */
			published[g] = true;
			detach();
			/* Cleanup follows if detach returned 0, or after detach complete. */
			(!pending || said[g] == 1);
			atomic {
				cleaned[g] = true;
				assert(using[g] == 0 && said[g] == pending);
				pending = false
			}
		:: /* attach failed after init; the rundown was not published */
			closing[g] = true
		fi;
		destroy();
		g++
	:: g == BINDINGS ->
		over = true;
		break
	od
}

/* The callbacks of call_rcu(): nmr_rundown_put(). */
proctype rcu()
{
	byte calls, i;
	short calling;

	do
	:: grace_period ? calls ->
#ifndef NO_GRACE_PERIOD
		/* Wait until each caller has been outside preempt_disable(). */
		do
		:: i < CALLERS ->
			pinned[i] == 0;
			i++
		:: else ->
			i = 0;
			break
		od;
#endif
#if defined(STORE_BUFFER) && !defined(GRACE_PERIOD_NO_BARRIER)
		atomic {
			do
			:: i < CPUS ->
				if
				:: buffered[i] == calls -> drain(i)
				:: else
				fi;
				i++
			:: else ->
				i = 0;
				break
			od
		};
#endif
		/* nmr_rundown_in_progress(): the calls balance */
		atomic {
			if
			:: detached[calls] -> calling = left[calls]
			:: else ->
				calling = count[calls * CPUS] + count[calls * CPUS + 1] -
					  2 * OPEN
			fi;
			assert(calling == 0);
		};
		/* nmr_rundown_keep_spare(), in which there may be no room */
		atomic {
			on_some_cpu(i);
			if
			:: spare[i] == NONE -> spare[i] = calls
			:: allocated[calls] = false
			fi;
			i = 0;
			calls = 0
		}
	:: over && empty(grace_period) -> break
	od
}

#ifndef NO_HOTPLUG
/*
 * CPU hotplug: the last processor goes offline and may come back, or stays online.
 * A section under cpus_write_lock() is one step: only the change of the online
 * mask is visible in the model.
 */
proctype hotplug()
{
	if
	:: /* take_cpu_down(), in stop_machine(): preemption and interrupts are on */
		atomic {
			cpus_readers == 0 && !irqs_off[LAST_CPU] &&
			pinned[0] != CPUS && pinned[CALLERS - 1] != CPUS;
			online[LAST_CPU] = false;
#ifndef OFFLINE_NO_BARRIER
			drain(LAST_CPU)
#endif
		};
		if
		:: /* _cpu_up() */
			atomic { cpus_readers == 0 -> online[LAST_CPU] = true }
		:: true
		fi
	:: true
	fi
}
#endif

init
{
	byte i;

	atomic {
		do
		:: i < CPUS ->
			online[i] = true;
			run interrupt(i);
			i++
		:: else ->
			i = 0;
			break
		od;
		do
		:: i < CALLERS ->
			run caller(i);
			i++
		:: else ->
			i = 0;
			break
		od;
		run rcu();
#ifndef NO_HOTPLUG
		run hotplug();
#endif
		run side()
	}
}
