/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Helpers of the suites: mock modules of either side whose callbacks are
 * configurable and record events, threads and contexts to call the registrar
 * from, and gates that hold any of them at a chosen place. Every wait is
 * bounded, and a timeout reports what was awaited.
 */
#ifndef _NMR_TEST_H
#define _NMR_TEST_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/nmr.h>
#include <linux/nmr_gate.h>
#include <linux/nmr_rundown.h>
#include <linux/spinlock.h>

#include "../nmr_core/race_point.h"
#include "../nmr_core/side.h"

struct nmr_mock;
struct nmr_context;

/* While closed, blocks any thread that reaches it. */
struct nmr_test_gate {
	bool closed;
	struct completion reached;
	struct completion opened;
};

void nmr_test_close(struct nmr_test_gate *gate);
void nmr_test_open(struct nmr_test_gate *gate);
void __nmr_await(struct kunit *test, struct completion *completion, const char *what);

/* Fail the case unless this happens within the bound. */
#define nmr_await(test, completion) __nmr_await(test, completion, #completion)
#define nmr_await_reached(test, gate) __nmr_await(test, &(gate)->reached, #gate)
#define nmr_await_true(test, condition)						\
	do {									\
		unsigned long __end = nmr_test_bound();				\
		bool __true;							\
										\
		while (!(__true = (condition)) && time_before(jiffies, __end))	\
			fsleep(100);						\
		KUNIT_ASSERT_TRUE_MSG(test, __true, "timed out waiting for: %s",	\
				      #condition);				\
	} while (0)

unsigned long nmr_test_bound(void);

/* What a case records, in the order in which it happens. */
enum nmr_event_type {
	NMR_EV_END,		/* ends a list of events */
	NMR_EV_ATTACH,		/* attach callback entered */
	NMR_EV_ATTACHED,		/* attach callback returns 0 */
	NMR_EV_DECLINED,		/* attach callback returns an error */
	NMR_EV_DETACH,		/* detach callback entered */
	NMR_EV_DETACHED,		/* detach callback returns */
	NMR_EV_CLEANUP,		/* cleanup callback entered */
	NMR_EV_CLEANED,		/* cleanup callback returns */
	NMR_EV_REGISTERED,		/* register returned */
	NMR_EV_DEREGISTER,		/* about to be called */
	NMR_EV_DEREGISTERED,	/* deregister returned */
	NMR_EV_COMPLETE,	/* detach complete about to be called */
	NMR_EV_WAITED,		/* wait returned */
	NMR_EV_RELEASED,	/* layer's released() called */
	NMR_EV_HELD,		/* a thread reached an armed race point; mock is NULL */
	NMR_EV_RESUMED,		/* and left it; mock is NULL */
};

struct nmr_event {
	enum nmr_event_type type;
	const struct nmr_mock *mock;
};

void nmr_test_note(struct kunit *test, enum nmr_event_type type, const struct nmr_mock *mock);
int nmr_test_count(struct kunit *test, enum nmr_event_type type, const struct nmr_mock *mock);
void __nmr_expect_order(struct kunit *test, const struct nmr_event *events);

/* Expect these events in this order, with any others in between. */
#define nmr_expect_order(test, ...)						\
	__nmr_expect_order(test, (const struct nmr_event[]){ __VA_ARGS__, {} })

/* Where a mock's callbacks can be held. */
enum nmr_place {
	NMR_IN_ATTACH,		/* attach callback, nothing done yet */
	NMR_IN_ATTACHED,	/* attach callback, about to return */
	NMR_IN_DETACH,
	NMR_IN_CLEANUP,
	NMR_PLACES
};

/*
 * A module with one registration of either side. Configure its callbacks, then
 * register it; by default they attach, detach at once and clean up.
 */
struct nmr_mock {
	struct kunit *test;
	struct list_head list;
	const char *name;
	enum nmr_side side;
	guid_t npi_id;
	struct nmr_provider_characteristics as_provider;
	struct nmr_client_characteristics as_client;
	struct nmr_test_gate gate[NMR_PLACES];

	int refuse;		/* attach: return this and do not attach */
	bool forget_attach;	/* client: return 0 and do not attach */
	int regret;		/* attach: attach, but return this */
	int detach_result;
	bool use_rundown;	/* detach: return nmr_rundown_detach() instead */
	bool use_gate;		/* detach: return nmr_gate_detach() instead */
	bool ignore_rundown;	/* detach: call nmr_rundown_detach(), and return 0 */
	/* The layer that registers on its behalf, or NULL. */
	const struct nmr_layer *layer;
	struct module *owner;	/* NULL: the tests */
	/* Called from the callback, before its gate; @context may be NULL. */
	void (*in_attach)(struct nmr_mock *mock, struct nmr_binding *binding);
	void (*in_detach)(struct nmr_context *context);
	void (*in_cleanup)(struct nmr_context *context);
	void *private;

	/* The handle: a struct nmr_provider or a struct nmr_client. */
	void *handle;
	bool registered;	/* and not waited for */
	bool deregistered;
	/* The last binding offered to it, and its context of that. */
	struct nmr_binding *binding;
	struct nmr_context *context;
	/* Counts of bindings; at the end all three must be equal. */
	atomic_t attached;
	atomic_t detached;
	atomic_t cleaned;
	const void *last_instance;
};

/* A mock's binding context: its side of one pair. */
struct nmr_context {
	struct list_head list;
	struct nmr_mock *mock;
	struct nmr_binding *binding;
	/* The other side's, as the registrar passed them. */
	struct nmr_context *peer;
	const void *peer_dispatch;
	struct nmr_rundown rundown;
	struct nmr_gate gate;
	atomic_t detaches;
	atomic_t cleanups;
};

extern const enum nmr_side nmr_test_sides[NMR_SIDES];
void nmr_test_side_desc(const enum nmr_side *side, char *desc);
enum nmr_side nmr_test_side(struct kunit *test);

struct nmr_mock *nmr_mock(struct kunit *test, enum nmr_side side, const char *name);
/* A mock of the side that the case runs for, and of the other side. */
struct nmr_mock *nmr_mock_here(struct kunit *test, const char *name);
struct nmr_mock *nmr_mock_there(struct kunit *test, const char *name);
void nmr_mock_set_npi(struct nmr_mock *mock, u32 number);
struct npi_registration_instance *nmr_mock_instance(struct nmr_mock *mock);
/* The dispatch table that a mock passes to the other side. */
const void *nmr_mock_dispatch(const struct nmr_mock *mock);

/* The one that is a client, or a provider, of two mocks. */
struct nmr_mock *nmr_mock_client(struct nmr_mock *first, struct nmr_mock *second);
struct nmr_mock *nmr_mock_provider(struct nmr_mock *first, struct nmr_mock *second);

/* Number of times that these two attached to each other. */
int nmr_mock_pairs(struct nmr_mock *first, struct nmr_mock *second);

/* The calls of either side; each records an event. */
int nmr_mock_register(struct nmr_mock *mock);
int nmr_mock_deregister(struct nmr_mock *mock);
int nmr_mock_deregister_atomic(struct nmr_mock *mock);
int nmr_mock_wait(struct nmr_mock *mock);
int nmr_mock_complete(struct nmr_mock *mock);
/* The same with any handle, not recorded. */
int nmr_test_deregister(enum nmr_side side, void *handle);
int nmr_test_deregister_atomic(enum nmr_side side, void *handle);
int nmr_test_wait(enum nmr_side side, void *handle);
int nmr_test_complete(enum nmr_side side, void *binding);

/* Expect the calls to succeed. */
void nmr_mock_register_ok(struct nmr_mock *mock);
void nmr_mock_deregister_ok(struct nmr_mock *mock);
void nmr_mock_wait_ok(struct nmr_mock *mock);
void nmr_mock_unregister_ok(struct nmr_mock *mock);
/* Register two mocks of opposite sides, and expect them to attach. */
void nmr_mock_bind(struct nmr_mock *first, struct nmr_mock *second);

/* A thread that makes one call. */
struct nmr_thread {
	struct list_head list;
	struct kunit *test;
	struct task_struct *task;
	int (*call)(struct nmr_mock *mock);
	struct nmr_mock *mock;
	int result;
	bool joined;
	struct completion done;
};

struct nmr_thread *nmr_test_start(struct kunit *test, int (*call)(struct nmr_mock *mock),
				  struct nmr_mock *mock);
int nmr_test_join(struct nmr_thread *thread);
/* Fail the case unless the thread sleeps in wait within the bound. */
void nmr_await_waiting(struct nmr_thread *thread);

/*
 * Two calls on two processors at the same time, as close as spinning can bring
 * them, repeatedly: the first in the thread of the case, which also prepares
 * each round and checks the results, the second in another thread.
 */
struct nmr_duel {
	struct kunit *test;
	struct {
		int (*call)(struct nmr_mock *mock);
		struct nmr_mock *mock;
		int result;
	} first, second;
	/* private: */
	struct nmr_thread *thread;
	int round;
	int ready;
	int done;
};

struct nmr_duel *nmr_duel(struct kunit *test, int (*first)(struct nmr_mock *mock),
			  struct nmr_mock *first_mock, int (*second)(struct nmr_mock *mock),
			  struct nmr_mock *second_mock);
void nmr_duel_round(struct nmr_duel *duel);
void nmr_duel_end(struct nmr_duel *duel);
/* Pin the calling thread to a processor, and undo that. */
void nmr_test_pin(unsigned int cpu);
void nmr_test_unpin(void);

/* Contexts for calls that any context may make. */
enum nmr_test_context {
	NMR_TASK,
	NMR_SPINLOCK,
	NMR_SOFTIRQ,
	NMR_HARDIRQ,
	NMR_TEST_CONTEXTS
};

extern const char *const nmr_test_context_names[NMR_TEST_CONTEXTS];
int nmr_test_call_in(struct kunit *test, enum nmr_test_context context,
		     int (*call)(struct nmr_mock *mock), struct nmr_mock *mock);

/* Hold the next thread that reaches a race point. */
struct nmr_test_gate *nmr_test_hold_at(struct kunit *test, enum nmr_race_point point);
/* Let the next thread that reaches a race point make a call. */
void nmr_test_do_at(struct kunit *test, enum nmr_race_point point,
		    void (*action)(struct nmr_mock *mock), struct nmr_mock *mock);

/*
 * Expect the case to log @count lines of the registrar that contain @text. They
 * are kept off the console. Any other line fails the case.
 */
void nmr_expect_log(struct kunit *test, int count, const char *text);

void nmr_await_log(struct kunit *test, int count);
/* Rate limit warnings about misuse; off at the start of each case. */
void nmr_limit_misuse(bool limit);
/* Suppress those warnings, for cases that provoke thousands. */
void nmr_mute_misuse(void);
/* Expect one WARN() of the kernel. */
void nmr_expect_warn(struct kunit *test);

int nmr_test_init(struct kunit *test);
void nmr_test_exit(struct kunit *test);

#endif /* _NMR_TEST_H */
