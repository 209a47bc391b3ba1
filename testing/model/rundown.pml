/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model of nmr_core/rundown.c, nmr_core/gate.c, nmr_core/calls.c,
 * include/linux/nmr_rundown.h and include/linux/nmr_gate.h.
 *
 * A thread attaches and detaches bindings, the second while the first may still be
 * closing. Each side of a binding has a rundown or a gate, through which callers call at
 * any time. The closer waits for a grace period and sums the counters, cleanup follows,
 * and a grace period later the binding is freed with its counters, which the second
 * binding may get. Each step has a comment with the function or the line of C that it
 * stands for.
 *
 * What is one step and what is not
 *
 *   this_cpu_inc() and this_cpu_dec() are a load and a store with interrupts off, as the
 *   generic versions of the kernel are. The two are separate steps: another processor
 *   can read the counter between them. Nothing else that runs on that processor can come
 *   between them, which is what irqs_off[] is for. Architectures with a single
 *   instruction have fewer interleavings.
 *
 *   Operations of atomic_t, llist_add() and llist_del_all() are one step.
 *
 *   preempt_disable() and the load of the pointer that follows are one step, and so are
 *   preempt_enable() and what precedes it. That makes the read section shorter, so a
 *   grace period waits for less.
 *
 *   A caller is a thread or an interrupt handler. Callers on one processor interleave
 *   at every step at which interrupts are on. That covers preemption, and all ways in
 *   which one caller can interrupt another.
 *
 *   A caller may be on another processor in each section with preemption disabled
 *   (migration). Any caller may end a call of a rundown, whoever began it. Calls nest.
 *
 *   A grace period waits for the read sections that were open when it began, and for
 *   nothing else.
 *
 *   Init is one step: nobody else uses a rundown before it is published. The memory of
 *   a binding is not reused: any access after it was freed fails an assertion.
 *
 *   nmr_binding_finish() always runs in the cleanup work. If the detaching thread calls
 *   it, it does the same, with fewer interleavings.
 *
 * Every loop is bounded, so a run in which a process does not end is a hang, which
 * Spin reports as an invalid end state.
 *
 * Memory order
 *
 *   The model is sequentially consistent, except for the counters if STORE_BUFFER is
 *   defined. The C code relies on this order:
 *
 *   - A counter is written by its own processor, which sees its own stores in program
 *     order, and read by the closer after a grace period, which orders all that
 *     was done in earlier read sections before it. It is written by another processor in
 *     init, after the grace period in which it was freed, and before the module
 *     publishes the rundown by rcu_assign_pointer() or smp_store_release().
 *     STORE_BUFFER delays each store to a counter as a processor's store buffer does,
 *     until a grace period drains it, or something else does earlier.
 *   - Detach stores NULL, or false, before llist_add() and queue_delayed_work(), which are full
 *     barriers. The closer finds the side on the list by an xchg(), and then
 *     begins the grace period. A read section that did not see the store began before.
 *   - The work item is not pending any more when the closer takes the list: queue_delayed_work()
 *     has it run again if it was too late for this time.
 *   - What a call did before its exit is ordered before detach complete: by the grace
 *     period, if exit found the counters, or if the call went through a gate; otherwise
 *     by atomic_dec_and_test() and atomic_add_return(), which are full barriers.
 *   - The closer changes remaining before it clears NMR_OWES_CLOSE by
 *     atomic_fetch_andnot(); nmr_calls_are_closed() reads them in the other order, the
 *     first with acquire.
 *   - destroy stores NULL before call_rcu().
 *
 * With MISUSE the module may return 0 from a detach callback in which it called
 * nmr_rundown_detach(), or did not; or call detach complete itself. Calls may then be in
 * progress during cleanup, but nobody touches freed memory. It may also call
 * nmr_rundown_detach() twice, or nmr_rundown_init() again outside the attach callback:
 * then all holds that holds without MISUSE.
 *
 * Not in the model: several threads that close at the same time (the explorer's
 * rundown-deregister-both has these), the delay of the work item, processors that go
 * offline (the counters of all possible ones are summed), detach outside its callback,
 * failed allocations, what the watchdog and debugfs read, the log, the table of handles
 * (a handle is found until it is removed, in one step), and the removal of the module.
 */

#ifndef CALLERS
#define CALLERS		2
#endif
#ifndef CALLS
#define CALLS		2	/* of each caller */
#endif
#ifndef BINDINGS
#define BINDINGS	1
#endif
#ifndef SIDES
#define SIDES		1	/* of each binding; one that owes nothing is left out */
#endif
#ifndef GATES
#define GATES		0	/* sides that have a gate; the others have a rundown */
#endif

#define CPUS		2
#define RUNDOWNS	(SIDES - GATES)
#define GUARDS		(BINDINGS * SIDES)
#define NONE		9	/* no counters: NULL */

/* A guard is the rundown or the gate of one side of one binding. */
#define GUARD(b, s)	((s) * BINDINGS + (b))
#define BINDING(g)	((g) % BINDINGS)
#define SIDE(g)		((g) / BINDINGS)
#define BIT(g)		(1 << (g))
#define IS_GATE(g)	((g) >= RUNDOWNS * BINDINGS)
/* The guards of a side, and of a binding. */
#define OF_SIDE(s)	((BIT(BINDINGS) - 1) << ((s) * BINDINGS))
#if SIDES == 1
#define OF_BINDING(b)	BIT(b)
#else
#define OF_BINDING(b)	(BIT(b) | BIT((b) + BINDINGS))
#endif

/* NMR_CALLS_BIAS: far above the number of calls. */
#ifdef NO_BIAS
#define BIAS		0
#else
#ifdef SMALL_BIAS
#define BIAS		1
#else
#define BIAS		20
#endif
#endif

/* The debts of a side */
#define OWES_RETURN	1
#define OWES_COMPLETE	2
#define OWES_CLOSE	4
#define OWES_ALL	(OWES_RETURN | OWES_COMPLETE)
#define DEBT(g, debt)	((debt) << (3 * SIDE(g)))

#ifdef IRQS_ON
#define MASKED		0
#else
#define MASKED		1
#endif

#ifdef MISUSE
#define CORRECT(g)	(!misused[g])
#else
#define CORRECT(g)	true
#endif

bool irqs_off[CPUS];

/*
 * Read sections: one bit for each process that has them. A grace period waits for those
 * that were open when it began. The closer has one, and call_rcu() begins another.
 */
#define CLOSER		CALLERS
#define REGISTRAR	(CALLERS + 1)
byte reading;
byte closer_waits;
byte rcu_waits;

inline read_lock(who)
{
	reading = reading | BIT(who)
}

inline read_unlock(who)
{
	atomic {
		reading = reading & ~BIT(who);
		closer_waits = closer_waits & ~BIT(who);
		rcu_waits = rcu_waits & ~BIT(who)
	}
}

/*
 * Allocated per-CPU counters have an owner, the guard they are for. Nobody else may touch
 * them.
 */
byte owner[GUARDS] = NONE;
#ifdef STORE_BUFFER
#define NOWHERE		(GUARDS * CPUS)	/* where an empty store buffer is drained to */
short counter[GUARDS * CPUS + 1];
#else
short counter[GUARDS * CPUS];
#endif

/* struct nmr_rundown and struct nmr_gate. Their memory stays. */
byte count[GUARDS] = NONE;	/* NULL, or which counters */
bool is_open[GUARDS];
bool bound[GUARDS];		/* rundown->binding is not NULL */

/* struct nmr_binding_object, and its struct nmr_calls */
byte debts[BINDINGS];		/* one word for both sides */
bool found[BINDINGS];		/* a lookup of its handle finds it */
bool freed[BINDINGS];
bool guarded[GUARDS];		/* calls->guard is not NULL */
byte counters[GUARDS] = NONE;	/* calls->count */
short remaining[GUARDS];

byte closing;			/* nmr_closing[]: guards on the lists */
bool closer_queued;		/* nmr_closer is pending */
byte cleanup_queued;		/* bindings whose cleanup_work is pending */
chan grace_period = [BINDINGS] of { byte };	/* call_rcu() */
byte frees;			/* how many bindings were freed */

/* What the modules did; the assertions use these. */
byte published;			/* guards that callers know */
byte calling[GUARDS];		/* calls of rundowns for which exit has not begun */
byte using[GUARDS];		/* from enter to the step of exit that counts */
bool detaching[GUARDS];		/* the detach callback was called, or attach failed */
bool detached[GUARDS];		/* nmr_rundown_detach() or nmr_gate_detach() returned */
byte completed[GUARDS];		/* nmr_binding_detach_complete() was called */
bool cleaned[GUARDS];		/* cleanup_binding_context was called */
#ifdef MISUSE
bool misused[GUARDS];
#endif

/*
 * A processor's store buffer for its own counters, one entry deep: stores to one counter
 * coalesce.
 */
#ifdef STORE_BUFFER
byte buffered[CPUS] = NONE;	/* which counters */
short buffer[CPUS];

#define COUNTER(o, c) (buffered[c] == o -> buffer[c] : counter[(o) * CPUS + (c)])

inline drain(c)
{
	assert(buffered[c] == NONE || owner[buffered[c]] != NONE);
	counter[(buffered[c] == NONE -> NOWHERE : buffered[c] * CPUS + c)] = buffer[c];
	buffered[c] = NONE;
	buffer[c] = 0
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
	:: frees == BINDINGS && buffered[_pid] == NONE -> break
	od
}
#else
#define COUNTER(o, c) counter[(o) * CPUS + (c)]

inline store(o, c, value)
{
	counter[(o) * CPUS + (c)] = value
}
#endif

/* The end of a grace period is a full barrier on each processor. */
inline barrier_on_all()
{
#if defined(STORE_BUFFER) && !defined(GRACE_PERIOD_NO_BARRIER)
	drain(0);
	drain(1);
#endif
	skip
}

/* nmr_binding_clear() */
inline clear(b, mask, last)
{
	assert(!freed[b]);
	last = (debts[b] & (mask)) != 0 && (debts[b] & ~(mask)) == 0;
	debts[b] = debts[b] & ~(mask)
}

/* nmr_work_queue(&binding->cleanup_work) */
inline queue_cleanup(b)
{
	assert((cleanup_queued & BIT(b)) == 0 && !cleaned[b]);
	cleanup_queued = cleanup_queued | BIT(b)
}

/* nmr_binding_detach_complete() of the side of guard g; who has the read section */
inline detach_complete(g, who)
{
	/* rcu_read_lock(); nmr_binding_find() */
	atomic {
#ifndef NO_READ_SECTION
		read_lock(who);
#endif
		find = found[BINDING(g)];
		completed[g]++;
		assert(!CORRECT(g) || (find && completed[g] == 1 && using[g] == 0))
	};
	if
	:: find ->
		/* nmr_binding_clear() */
		atomic { clear(BINDING(g), DEBT(g, OWES_COMPLETE), last) };
		/* nmr_log_result(); nmr_work_queue() */
		atomic {
			assert(!freed[BINDING(g)]);
			if
			:: last -> queue_cleanup(BINDING(g))
			:: else
			fi;
			last = false;
			find = false
		}
#ifdef MISUSE
	:: else
#endif
	fi
}

/*
 * Callers.
 */

/* Can this caller run on some processor? */
#define RUNS	(depth > 0 -> !irqs_off[cpu] : (!irqs_off[0] || !irqs_off[1]))

/* depth counts the calls of gates, which begin with preempt_disable(). */
inline on_some_cpu()
{
	if
	:: depth == 0 && !irqs_off[0] -> cpu = 0
	:: depth == 0 && !irqs_off[1] -> cpu = 1
#if GATES > 0
	:: depth > 0
#endif
	fi
}

inline preempt_enable()
{
#if GATES > 0
	if
	:: depth == 0 ->
		read_unlock(me);
		cpu = 0
	:: else
	fi
#else
	read_unlock(me);
	cpu = 0
#endif
}

/* Chooses one of the guards in a set. */
inline some_guard(set)
{
	if
	:: (set) & 1 -> g = 0
#if GUARDS > 1
	:: (set) & 2 -> g = 1
#endif
	fi
}

/* this_cpu_inc(), this_cpu_dec(): load */
inline load(n)
{
	assert(owner[object] == g);
	irqs_off[cpu] = MASKED;
	sum = COUNTER(object, cpu) + n
}

/* this_cpu_inc(), this_cpu_dec(): store */
inline write()
{
	assert(owner[object] == g);
	store(object, cpu, sum);
	irqs_off[cpu] = false;
	sum = 0;
	object = NONE
}

/* The guards of whose calls there are any: of rundowns, and this caller's of gates. */
#if GUARDS > 1
#define CALLING	((calling[0] > 0) | (calling[1] > 0) << 1)
#define INSIDE	((inside[0] > 0) | (inside[1] > 0) << 1)
#else
#define CALLING	(calling[0] > 0)
#define INSIDE	(inside[0] > 0)
#endif

/*
 * A caller makes its calls one after the other or nested, and ends its own or those of
 * another. It does not try to enter before the guard was published, as nmr_rundown.h
 * requires, and may still try after it was destroyed.
 */
proctype caller(byte me)
{
	byte calls, depth, g, cpu;
#if GATES > 0
	byte inside[GUARDS];
#endif
#if RUNDOWNS > 0
	byte object = NONE;
	short sum;
	bool find, last;
#endif

	do
	:: atomic { calls < CALLS && published && RUNS ->
			calls++;
			some_guard(published);
			on_some_cpu();
#if GATES > 0
			if
			:: IS_GATE(g) ->
				/* nmr_gate_enter() */
#ifndef GATE_PREEMPTIBLE
				read_lock(me);
#endif
				if
				:: is_open[g] ->
					assert(!detached[g]);
					assert(!CORRECT(g) || !cleaned[g]);
					using[g]++;
					inside[g]++;
					depth++
				:: else ->
					/* An open gate refuses no call. */
					assert(detaching[g]);
					preempt_enable()
				fi;
				g = 0
#if RUNDOWNS > 0
			:: else ->
#endif
#endif
#if RUNDOWNS > 0
				/*
				 * nmr_rundown_enter(): preempt_disable();
				 * count = READ_ONCE(rundown->count)
				 */
#ifndef ENTER_PREEMPTIBLE
				read_lock(me);
#endif
				object = count[g];
				if
				:: object == NONE ->
					/* An open rundown refuses no call. */
					assert(detaching[g]);
					/* preempt_enable(); return false */
					preempt_enable();
					g = 0
				:: else ->
					assert(!detached[g])
				fi
#endif
#if GATES > 0
			fi
#endif
		};
#if RUNDOWNS > 0
		if
		:: object == NONE
		:: else ->
			atomic { !irqs_off[cpu] -> load(1) };
			/* and preempt_enable(); return true */
			atomic {
				write();
				assert(!CORRECT(g) || !cleaned[g]);
				using[g]++;
				calling[g]++;
				g = 0;
				preempt_enable()
			}
		fi
#endif
#if GATES > 0
	:: atomic { depth > 0 && !irqs_off[cpu] ->
			/* nmr_gate_exit() */
			some_guard(INSIDE);
			inside[g]--;
			using[g]--;
			depth--;
			g = 0;
			preempt_enable()
		}
#endif
#if RUNDOWNS > 0
	:: atomic { CALLING && RUNS ->
			/*
			 * nmr_rundown_exit(): preempt_disable();
			 * count = READ_ONCE(rundown->count)
			 */
			some_guard(CALLING);
			calling[g]--;
			on_some_cpu();
			assert(!CORRECT(g) || !cleaned[g]);
#ifdef EXIT_DOES_NOT_LOOK
			object = counters[g];
#else
			object = count[g];
#endif
			if
			:: object == NONE -> /* preempt_enable() */
				if
				:: depth == 0 -> cpu = 0
#if GATES > 0
				:: else
#endif
				fi
			:: else ->
#ifndef EXIT_PREEMPTIBLE
				read_lock(me);
#endif
				skip
			fi
		};
		if
		:: object != NONE ->
			atomic { !irqs_off[cpu] -> load(-1) };
			/* and preempt_enable() */
			atomic {
				write();
				using[g]--;
				g = 0;
				preempt_enable()
			}
		:: else ->
			/* __nmr_rundown_exit(): READ_ONCE(rundown->binding) */
			atomic {
				assert(!CORRECT(g) || !cleaned[g]);
				find = bound[g]
			};
			/* rcu_read_lock(); nmr_calls_find() */
			atomic {
#ifndef NO_READ_SECTION
				read_lock(me);
#endif
				find = find && found[BINDING(g)] && guarded[g];
				assert(!CORRECT(g) || find)
			};
			/* atomic_dec_and_test(); rcu_read_unlock() */
			atomic {
				if
				:: find ->
					assert(!freed[BINDING(g)]);
					remaining[g]--;
					last = (remaining[g] == 0)
#ifdef MISUSE
				:: else
#endif
				fi;
				using[g]--;
				find = false;
				preempt_enable()
			};
#ifdef EXIT_TOUCHES_LATE
			/* handle = READ_ONCE(rundown->binding), only now */
			assert(!cleaned[g]);
#endif
			if
			:: last ->
				/* nmr_calls_drained() */
				detach_complete(g, me);
				atomic { preempt_enable(); g = 0 }
			:: else -> g = 0
			fi
		fi
#endif
	:: atomic { (calls == CALLS || frees == BINDINGS && !published) && depth == 0 &&
		    !CALLING -> break }
	od
}

/*
 * Closing.
 */

/* llist_del_all() of each side's list */
inline take()
{
	atomic {
		taken = closing & OF_SIDE(0);
		closing = closing & ~OF_SIDE(0)
	};
#if SIDES == 2 && !defined(FORGETS_SIDE)
	atomic {
		taken = taken | (closing & OF_SIDE(1));
		closing = closing & ~OF_SIDE(1)
	}
#endif
}

/* One processor's part of nmr_calls_counted() */
inline sum_cpu(c)
{
	atomic {
		assert(!freed[BINDING(g)]);
		if
#if RUNDOWNS > 0
		:: !IS_GATE(g) ->
			assert(owner[counters[g]] == g);
			sum = sum + counter[counters[g] * CPUS + c]
#endif
#if GATES > 0
		:: IS_GATE(g)
#endif
		fi
	}
}

/* nmr_binding_pay_debt() */
inline pay()
{
	atomic {
		clear(BINDING(g), DEBT(g, OWES_CLOSE), last);
		if
		:: last -> queue_cleanup(BINDING(g))
		:: else
		fi;
		last = false
	}
}

/* nmr_calls_closed() */
inline closed()
{
#ifdef PAYS_EARLY
	pay();
#endif
	sum_cpu(0);
#ifndef MISSES_CPU
	sum_cpu(1);
#endif
	/* atomic_add_return() */
#ifdef NOT_ATOMIC
	seen = remaining[g];
#endif
	atomic {
		assert(!freed[BINDING(g)]);
#ifndef NOT_ATOMIC
		seen = remaining[g];
#endif
		remaining[g] = seen + sum - BIAS;
		last = (remaining[g] == 0);
		seen = 0;
		sum = 0
	};
#ifndef CLOSER_DOES_NOT_LOOK
	if
	:: last ->
		/* nmr_calls_drained() */
		detach_complete(g, CLOSER);
		read_unlock(CLOSER)
	:: else
	fi;
#endif
#if !defined(PAYS_EARLY) && !defined(NO_DEBT)
	pay()
#else
	skip
#endif
}

/* nmr_close_work() */
proctype closer()
{
	byte taken, g;
	short sum, seen;
	bool find, last;

	do
	:: closer_queued ->
		closer_queued = false;
#ifndef TAKES_LATE
		take();
#endif
		if
#ifndef TAKES_LATE
		:: !taken
#endif
		:: else ->
			/* synchronize_rcu_expedited() */
#ifndef NO_GRACE_PERIOD
			closer_waits = reading;
			atomic { !closer_waits -> barrier_on_all() };
#endif
#ifdef TAKES_LATE
			take();
#endif
			do
			:: atomic { taken != 0 ->
					/* llist_for_each_entry_safe() */
					some_guard(taken);
					taken = taken & ~BIT(g)
				};
				closed();
				g = 0
			:: taken == 0 -> break
			od
		fi
	:: frees == BINDINGS && !closer_queued -> break
	od
}

/*
 * Attach and detach.
 */

/* nmr_rundown_init(), nmr_gate_init() */
inline init_guard()
{
	remaining[g] = BIAS;
	guarded[g] = true;
	if
#if RUNDOWNS > 0
	:: !IS_GATE(g) ->
		/* nmr_rundown_alloc(): those that were freed, if there are any */
		if
		:: owner[0] == NONE -> counters[g] = 0
#if RUNDOWNS * BINDINGS > 1
		:: else -> counters[g] = 1
#endif
		fi;
		assert(owner[counters[g]] == NONE);
		owner[counters[g]] = g;
#ifndef INIT_LEAVES_COUNTS
		counter[counters[g] * CPUS] = 0;
		counter[counters[g] * CPUS + 1] = 0;
#endif
		bound[g] = true;
		count[g] = counters[g]
#endif
#if GATES > 0
	:: IS_GATE(g) ->
		bound[g] = true;
		is_open[g] = true
#endif
	fi
}

/* WRITE_ONCE(rundown->count, NULL); WRITE_ONCE(gate->open, false) */
inline refuse()
{
#if GATES > 0 && !defined(GATE_STAYS_OPEN)
	is_open[g] = false;
#endif
	count[g] = NONE
}

/* nmr_calls_close(), and return -EINPROGRESS */
inline close()
{
#ifndef NO_DEBT
	/* nmr_binding_add_debt(): atomic_or() */
	debts[BINDING(g)] = debts[BINDING(g)] | DEBT(g, OWES_CLOSE);
#endif
#ifdef QUEUES_EARLY
	closer_queued = true;
#endif
	/* llist_add() */
	atomic {
		assert(!freed[BINDING(g)] && (closing & BIT(g)) == 0);
		closing = closing | BIT(g)
	};
	atomic {
#ifndef QUEUES_EARLY
		/* queue_delayed_work() */
		closer_queued = true;
#endif
#ifndef STORES_LATE
		detached[g] = true
#endif
	}
}

/* nmr_calls_are_closed() */
#define IS_SUMMED(g)	(remaining[g] <= BIAS / 2)

/* nmr_rundown_detach(), nmr_gate_detach() */
inline detach_guard()
{
	/* In the detach callback. */
	atomic {
		detaching[g] = true;
#ifndef STORES_LATE
		refuse()
#endif
	};
	/* nmr_calls_are_closed() */
	assert((debts[BINDING(g)] & DEBT(g, OWES_CLOSE)) == 0 && !IS_SUMMED(g));
	close();
#ifdef STORES_LATE
	atomic {
		refuse();
		detached[g] = true
	}
#endif
}

/* nmr_binding_detach_side(): after the callback, which cleared the debts of the mask */
inline detach_returned(mask)
{
	atomic {
		clear(BINDING(g), DEBT(g, mask), last);
		if
		:: last -> queue_cleanup(BINDING(g))
		:: else
		fi;
		last = false
	}
}

/* nmr_binding_detach_side() */
inline detach_side()
{
#ifndef MISUSE
	detach_guard();
	detach_returned(OWES_RETURN)
#else
	if
	:: detach_guard();
		detach_returned(OWES_RETURN)
	:: /* Init outside the attach callback closes it, with calls in progress. */
		atomic {
			detaching[g] = true;
			refuse()
		};
		detach_guard();
		detach_returned(OWES_RETURN)
	:: /* It returns 0 all the same. */
		misused[g] = true;
		detach_guard();
		detach_returned(OWES_ALL)
	:: /* It returns 0 without closing the guard. */
		atomic {
			misused[g] = true;
			detaching[g] = true
		};
		detach_returned(OWES_ALL)
	:: /* It calls detach complete itself, in the callback or after it. */
		misused[g] = true;
		detach_guard();
		if
		:: detach_complete(g, REGISTRAR);
			read_unlock(REGISTRAR);
			detach_returned(OWES_RETURN)
		:: detach_returned(OWES_RETURN);
			detach_complete(g, REGISTRAR);
			read_unlock(REGISTRAR)
		fi
	:: /* It calls nmr_rundown_detach() twice: nmr_calls_are_closed(). */
		detach_guard();
#ifdef LOOKS_IN_OTHER_ORDER
		again = !IS_SUMMED(g);
		again = again && (debts[BINDING(g)] & DEBT(g, OWES_CLOSE)) == 0;
#else
		again = (debts[BINDING(g)] & DEBT(g, OWES_CLOSE)) == 0;
		again = again && !IS_SUMMED(g);
#endif
		assert(!again);
		detach_returned(OWES_RETURN)
	fi
#endif
}

/* nmr_rundown_destroy() */
inline destroy_guard()
{
#if RUNDOWNS > 0
	if
	:: !IS_GATE(g) ->
#ifndef DESTROY_LEAVES_COUNT
		/* WRITE_ONCE(rundown->count, NULL) */
		count[g] = NONE;
#endif
		/* WRITE_ONCE(rundown->binding, NULL) */
		bound[g] = false;
		/* nmr_calls_find(); WRITE_ONCE(calls->guard, NULL) */
		guarded[g] = false
#if GATES > 0
	:: else
#endif
	fi
#else
	skip
#endif
}

inline free_counters_of(g)
{
#if RUNDOWNS > 0
	if
	:: counters[g] != NONE -> owner[counters[g]] = NONE
#if GATES > 0
	:: else
#endif
	fi
#else
	skip
#endif
}

inline free_counters(b)
{
	free_counters_of(GUARD(b, 0));
#if SIDES == 2
	free_counters_of(GUARD(b, 1));
#endif
	skip
}

/* For each side, the client first; ends a loop after the last. */
inline next_side()
{
	if
#if SIDES == 2
	:: SIDE(g) == 1 -> g = g - BINDINGS
#endif
	:: SIDE(g) == 0 -> break
	fi
}

/* nmr_binding_unlink_and_drop() */
inline drop(b)
{
	/* nmr_handle_remove() */
	found[b] = false;
	/* call_rcu() */
	atomic {
#ifdef COUNTERS_FREED_AT_ONCE
		free_counters(b);
#endif
#ifdef FREED_AT_ONCE
		freed[b] = true;
#endif
		grace_period ! b
	}
}

/* The threads that register and deregister. */
proctype registrar()
{
	byte b, g;
	bool last;
#ifdef MISUSE
	bool again, find;
#endif

	do
	:: b < BINDINGS ->
		/* nmr_binding_propose(), and both attach callbacks */
		atomic {
			found[b] = true;
			do
			:: g < GUARDS ->
				init_guard();
				debts[b] = debts[b] | DEBT(g, OWES_ALL);
				g = g + BINDINGS
			:: else ->
				g = b;
				break
			od
		};
		if
		:: /* nmr_binding_attached() */
			published = published | OF_BINDING(b);
			/* nmr_binding_detach() */
#if SIDES == 2
			if
			:: true
			:: g = GUARD(b, 1)
			fi;
			detach_side();
			g = GUARD(b, 1 - SIDE(g));
#endif
			detach_side()
		:: /* nmr_binding_declined(): an attach callback failed after init */
			g = GUARD(b, SIDES - 1);
			do
			:: destroy_guard();
				next_side()
			od;
			drop(b)
		fi;
		b++;
		g = b
	:: b == BINDINGS ->
		break
	od
}

/* nmr_binding_cleanup_side() */
inline cleanup_side()
{
	atomic {
		assert(!cleaned[g]);
		/* Nobody is inside, and the calls balance. */
		assert(!CORRECT(g) || (using[g] == 0 && completed[g] == 1 &&
				       remaining[g] == 0));
		cleaned[g] = true
	};
	destroy_guard()
}

/* nmr_binding_cleanup_work(), nmr_binding_finish() */
proctype cleanup()
{
	byte b, g;

	do
	:: atomic { cleanup_queued != 0 ->
			if
			:: cleanup_queued & 1 -> b = 0
#if BINDINGS > 1
			:: cleanup_queued & 2 -> b = 1
#endif
			fi;
			cleanup_queued = cleanup_queued & ~BIT(b)
		};
		g = GUARD(b, SIDES - 1);
		do
		:: cleanup_side();
			next_side()
		od;
		drop(b);
		g = 0;
		b = 0
	:: frees == BINDINGS -> break
	od
}

/*
 * Freeing.
 */

/* The callbacks of call_rcu(): nmr_binding_free_rcu(). */
proctype rcu()
{
	byte b;

	do
	:: grace_period ? b ->
		rcu_waits = reading;
		atomic { !rcu_waits ->
			barrier_on_all();
#ifndef COUNTERS_FREED_AT_ONCE
			free_counters(b);
#endif
			assert((closing & OF_BINDING(b)) == 0);
			freed[b] = true;
			frees++;
			b = 0
		}
	:: frees == BINDINGS -> break
	od
}

init
{
	byte i;

	atomic {
		do
		:: i < CALLERS ->
			run caller(i);
			i++
		:: else ->
			i = 0;
			break
		od;
		run closer();
		run cleanup();
		run rcu();
		run registrar()
	}
}
