/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model of the debts: nmr_core/binding.c from nmr_binding_clear() on, and all that
 * changes the word: the thread that attaches, the two threads that deregister, detach
 * complete from any thread, and the cleanup work. Each deregistering thread
 * then waits.
 *
 * With CLOSE each side may close its rundown or gate in its detach callback, and the
 * closer pays that debt later. With STRAY the binding is attached from the beginning,
 * and both sides deregister at once while the provider calls detach complete twice.
 *
 * There is one binding of two registrations. Each callback may do all that the
 * contract allows it, and detach complete may be called before the detach callback
 * is called, while it runs, after it has returned, twice, and when it is not owed.
 * Each step has a comment with the function that it stands for.
 *
 * Every loop is bounded, so a run in which a process does not end is a hang, which
 * Spin reports as an invalid end state: a binding that is never detached or cleaned
 * up, or a wait that does not return.
 *
 * Memory order: the model is sequentially consistent. The word is changed by
 * atomic_fetch_andnot(), which is a full barrier, by one atomic_or() of the thread that
 * attaches, before such a barrier, and by one of the thread in a detach callback, before
 * the llist_add() that tells the closer of the debt; npi->lock guards phases and lists;
 * beginning to deregister is a cmpxchg before that lock is taken; users is a refcount
 * whose last decrement is ordered after the others.
 *
 * Not in the model: several bindings, the handle table (a handle is found until it
 * is removed, in one step), what the watchdog and debugfs read, and register calls
 * that begin after a side has begun to deregister.
 */

#define PROVIDER	0
#define CLIENT		1
#define OTHER(side)	(1 - (side))

/* The side whose register call proposes and attaches the binding. */
#ifndef PROPOSER
#define PROPOSER	CLIENT
#endif

/* enum nmr_binding_phase, reduced to what affects the outcome */
#define PROPOSED	0
#define BUSY		1
#define ATTACHED	2
#define DETACHING	3
#define UNLINKED	4

/* The debts of a side */
#define OWES_RETURN	1
#define OWES_COMPLETE	2
#define OWES_ALL	(OWES_RETURN | OWES_COMPLETE)
#define OWES_CLOSE	4

/* Results of nmr_binding_clear() and of calls. */
#define OK		0
#define BOTH_DONE	1
#define ERROR		2	/* -EALREADY, -EINVAL */

/* struct nmr_registration */
bool marked[2];
byte users[2] = 2;		/* for being registered, and for the binding */
bool complete[2];		/* registration->completed */

/* struct nmr_binding_object */
byte phase = PROPOSED;
byte debts[2] = OWES_ALL;	/* one word: both are read and changed in one step */
bool absent;			/* the client's NMR_ABSENT */
bool found = true;		/* a lookup of its handle finds it */
bool freed;
bool queued;			/* cleanup_work */

/* Open read sections of detach complete, which the grace period waits for. */
byte readers[3];
bool grace_period;		/* call_rcu(nmr_binding_free_rcu) */

/* What the modules did; the assertions use these. */
bool attached[2];		/* this side owes a detach */
bool offering;			/* the attach callbacks run */
bool inside[2];			/* a detach callback runs */
bool detached[2];		/* the detach callback has returned */
bool owed[2];			/* it returned -EINPROGRESS */
bool closing[2];		/* its rundown or gate is on the closer's list */
bool spoke[2];			/* it called detach complete for a live binding */
byte counted[2];		/* calls of detach complete that returned 0 */
bool cleaned[2];
bool waited[2];			/* wait has returned: the module may be unloaded */
byte finished;

/* What remains of a side's debts without those of the mask. */
#define WITHOUT(owed, mask)	((owed) & (7 - (mask)))

/* nmr_binding_clear(), after atomic_fetch_andnot() has returned before and other */
inline look(mask)
{
	if
#ifndef COMPLETE_TWICE_COUNTS
	:: (before & mask) == 0 -> result = ERROR
#endif
	:: else -> result = (WITHOUT(before, mask) == 0 && other == 0 -> BOTH_DONE : OK)
	fi;
	before = 0;
	other = 0
}

/* nmr_binding_clear() */
inline clear(side, mask)
{
#ifdef NOT_ATOMIC
	atomic {
		before = debts[side];
		other = debts[OTHER(side)]
	};
	atomic {
		debts[side] = WITHOUT(before, mask);
		look(mask)
	}
#else
#ifdef SEPARATE_WORDS
	atomic {
		before = debts[side];
		debts[side] = WITHOUT(before, mask)
	};
	atomic {
		other = debts[OTHER(side)];
		look(mask)
	}
#else
	atomic {
		assert(!freed);
		before = debts[side];
		other = debts[OTHER(side)];
		debts[side] = WITHOUT(before, mask);
		look(mask)
	}
#endif
#endif
}

/*
 * A section under npi->lock. It is one step: without the lock, only the phase is read,
 * before the section, and a mark is set, after which the lock is taken.
 */
#ifdef NO_LOCK
#define LOCKED
#else
#define LOCKED	atomic
#endif

/* nmr_registration_put_user(): the last one completes the registration */
inline put_user(side)
{
	atomic {
		assert(users[side] > 0 && !complete[side]);
		users[side]--;
		complete[side] = (users[side] == 0)
	}
}

/* nmr_binding_drop(), for an unlinked binding */
inline drop()
{
	/* nmr_handle_remove() */
	found = false;
	/* call_rcu(); nmr_registration_put_user() */
	atomic {
#ifdef NO_GRACE_PERIOD
		freed = true;
#else
		grace_period = true;
#endif
		put_user(CLIENT)
	};
	put_user(PROVIDER)
}

/* nmr_binding_cleanup_side() */
inline cleanup_side(side)
{
	if
#ifdef CLEANUP_OF_ABSENT
	:: true ->
#else
	:: side == CLIENT && absent
	:: else ->
#endif
		atomic {
			assert(attached[side] && !cleaned[side] && !waited[side]);
			assert(detached[PROVIDER] && !inside[PROVIDER] && !inside[CLIENT]);
			assert(detached[CLIENT] || !attached[CLIENT]);
			/* All calls into the other side have ended. */
			assert(!owed[PROVIDER] || spoke[PROVIDER]);
			assert(!owed[CLIENT] || spoke[CLIENT]);
			/* The closer is done with the binding. */
			assert(!closing[PROVIDER] && !closing[CLIENT]);
			cleaned[side] = true
		}
	fi
}

/* nmr_binding_finish() */
inline finish()
{
	atomic {
		finished++;
		assert(finished == 1 && !freed)
	};
#ifdef PUT_BEFORE_CLEANUP
	phase = UNLINKED;
	drop();
	cleanup_side(CLIENT);
	cleanup_side(PROVIDER)
#else
	cleanup_side(CLIENT);
	cleanup_side(PROVIDER);
	/* nmr_binding_unlink_and_drop() */
	phase = UNLINKED;
	drop()
#endif
}

/* nmr_work_queue(&binding->cleanup_work) */
inline queue()
{
	atomic {
		assert(!freed && !queued);
		queued = true
	}
}

/* nmr_binding_detach_complete(); readers[who] counts its read section */
inline detach_complete(side, who)
{
	if
	:: atomic { found ->
			spoke[side] = true;
#ifndef NO_READ_SECTION
			readers[who]++
#endif
		};
		clear(side, OWES_COMPLETE);
		atomic {
			if
			:: result != ERROR -> counted[side]++
			:: else
			fi;
			/* It succeeds at most once. */
			assert(counted[side] <= 1)
		};
		if
		:: result == BOTH_DONE ->
			queue()
		:: else
		fi;
		/* rcu_read_unlock() */
		atomic {
#ifndef NO_READ_SECTION
			readers[who]--;
#endif
			result = OK
		}
	:: else
	fi
}

/* nmr_binding_detach_side() */
inline detach_side(side)
{
	/* registrant.detach() is called, for the only time. */
	atomic {
#ifdef FORGETS_EARLY
		debts[side] = OWES_ALL;
#endif
		assert(attached[side] && !inside[side] && !detached[side]);
		assert(!cleaned[PROVIDER] && !cleaned[CLIENT] && !waited[side]);
		inside[side] = true
	};
#ifdef CLOSE
	/* In it the side may close its rundown or gate: nmr_calls_close(). */
	if
	:: atomic { true ->
#ifndef CLOSE_NOT_OWED
			debts[side] = debts[side] | OWES_CLOSE;
#endif
			closing[side] = true
		}
	:: true
	fi;
#endif
	/* It returns 0, -EINPROGRESS, or an error, which is taken as 0. */
	atomic {
		if
		:: mask = OWES_ALL
		:: mask = OWES_RETURN;
			owed[side] = true
#ifdef ERROR_PENDS
		:: mask = OWES_RETURN
#endif
		fi;
#ifdef FORGETS_INSIDE
		debts[side] = OWES_ALL;
#endif
		inside[side] = false;
		detached[side] = true
	};
	clear(side, mask);
	mask = 0
}

/* nmr_binding_detach(), except that the caller cleans up if result is BOTH_DONE */
inline detach(first)
{
	detach_side(first);
	assert(result == OK);
	detach_side(OTHER(first))
}

inline finish_if_done()
{
	if
	:: atomic { result == BOTH_DONE -> result = OK };
		finish()
	:: else
	fi
}

#ifndef STRAY
/* The register call that proposed the binding: nmr_binding_attach_next(). */
proctype attach()
{
	byte before, other, mask, result, seen;
	bool goes;

	LOCKED {
		seen = phase;
		if
		:: seen == PROPOSED ->
			goes = marked[PROVIDER] || marked[CLIENT];
			phase = (goes -> UNLINKED : BUSY)
		:: else
		fi
	};
	if
	:: seen != PROPOSED /* dropped by a deregistering peer */
	:: atomic { seen == PROPOSED && goes ->
			seen = 0;
			goes = false
		};
		drop()
	:: seen == PROPOSED && !goes ->
		/* nmr_binding_offer(): both attach callbacks */
		atomic {
			assert(!waited[PROVIDER] && !waited[CLIENT]);
			offering = true
		};
		if
		:: /* nmr_binding_declined() */
			offering = false;
			phase = UNLINKED;
			drop()
		:: /* nmr_binding_half_attached() */
			atomic {
				attached[PROVIDER] = true;
				offering = false
			};
			absent = true;
			clear(CLIENT, OWES_ALL);
			assert(result == OK);
			detach_side(PROVIDER)
		:: /* nmr_binding_attached() */
			atomic {
				attached[PROVIDER] = true;
				attached[CLIENT] = true;
				offering = false
			};
#ifdef LOOKS_WITHOUT_LOCK
			goes = marked[PROVIDER] || marked[CLIENT];
#endif
			LOCKED {
#if !defined(LOOKS_WITHOUT_LOCK) && !defined(DOES_NOT_LOOK)
				goes = marked[PROVIDER] || marked[CLIENT];
#endif
				/* nmr_binding_put_back() */
				phase = (goes -> DETACHING : ATTACHED);
				seen = marked[CLIENT]
			};
			if
			:: atomic { goes && seen ->
					goes = false;
					seen = 0
				};
				detach(CLIENT)
			:: atomic { goes && !seen -> goes = false };
				detach(PROVIDER)
			:: !goes -> seen = 0
			fi
		fi;
		finish_if_done()
	fi;
	/* The user of the register call. */
	put_user(PROPOSER)
}
#endif

/* Is the binding on the registration's idle list? */
#define IS_IDLE(side)	(phase == ATTACHED || \
			 (phase == PROPOSED && side == OTHER(PROPOSER)))

/* nmr_deregister() of one side, at any time. */
proctype deregister(byte side)
{
	byte before, other, mask, result, seen;
	bool idle;

	/* nmr_registration_set_deregistering() */
	marked[side] = true;
	/* nmr_unlist() changes nothing in the model. */
	/* nmr_binding_detach_next() */
	if
	:: IS_IDLE(side) ->
		LOCKED {
			seen = phase;
			idle = IS_IDLE(side);
			if
#ifndef STRAY
			:: idle && seen == PROPOSED -> phase = UNLINKED
#endif
			:: idle && seen == ATTACHED -> phase = DETACHING
			:: !idle
			fi
		};
		if
#ifndef STRAY
		:: atomic { idle && seen == PROPOSED -> idle = false };
			drop()
#endif
		:: atomic { idle && seen == ATTACHED ->
				idle = false;
				seen = 0
			};
			detach(side);
			finish_if_done()
		:: !idle -> seen = 0
		fi
	:: else
	fi;
	put_user(side);
	/* nmr_wait() */
	atomic { complete[side] ->
		assert(!offering && !inside[side]);
		assert(cleaned[side] == attached[side]);
		waited[side] = true
	}
}

/*
 * The module of one side calls detach complete at any time, which may be early, late
 * or when it is not owed; with STRAY, the client calls it only when it is owed.
 */
proctype say(byte me)
{
	byte before, other, result;

	if
#ifdef STRAY
	:: me == PROVIDER
#else
	:: true
#endif
	:: true ->
		if
		:: owed[me] && !spoke[me]
		:: !found
		fi
	fi;
	detach_complete(me, me)
}

#ifdef STRAY
/* An interrupt that also calls detach complete for the provider. */
proctype stray()
{
	byte before, other, result;

	detach_complete(PROVIDER, 2)
}
#endif

#ifdef CLOSE
/* nmr_close_work(): nmr_binding_pay_debt(). Detach complete is called by say(). */
proctype closer()
{
	byte before, other, result, side;

	do
	:: atomic { closing[PROVIDER] || closing[CLIENT] ->
			side = (closing[PROVIDER] -> PROVIDER : CLIENT);
			assert(!freed);
			closing[side] = false
		};
		clear(side, OWES_CLOSE);
		atomic {
			assert(result != ERROR);
			if
			:: result == BOTH_DONE -> queue()
			:: else
			fi;
			result = OK
		}
	:: !found && !closing[PROVIDER] && !closing[CLIENT] -> break
	od
}
#endif

/* nmr_binding_cleanup_work(), on the workqueue */
proctype work()
{
	if
	:: queued -> finish()
	:: !found && !queued
	fi
}

/* The grace period, and nmr_binding_free_rcu(). */
proctype rcu()
{
	grace_period;
	readers[0] == 0;
	readers[1] == 0;
	readers[2] == 0;
	freed = true
}

init
{
	atomic {
#ifdef STRAY
		phase = ATTACHED;
		attached[PROVIDER] = true;
		attached[CLIENT] = true;
#else
		users[PROPOSER]++;	/* its register call */
		run attach();
#endif
		run deregister(PROVIDER);
		run deregister(CLIENT);
		run say(PROVIDER);
		run say(CLIENT);
#ifdef STRAY
		run stray();
#endif
#ifdef CLOSE
		run closer();
#endif
		run work();
#ifndef NO_GRACE_PERIOD
		run rcu()
#endif
	}
}
