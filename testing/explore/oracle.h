/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fake modules, which register, attach and detach, and check each callback and each
 * result against sections 3 and 4 of the contract.
 */
#ifndef _EXPLORE_ORACLE_H
#define _EXPLORE_ORACLE_H

#include <stdbool.h>

#include "types.h"

enum side {
	PROVIDER,
	CLIENT,
	SIDES
};

enum attach_how {
	ATTACHES,
	DECLINES,
	/* 4.10 */
	ATTACHES_AND_FAILS,
	/* 4.11 */
	FORGETS_TO_ATTACH,
};

enum detach_how {
	DETACHES,
	/* Until detach complete is called. */
	PENDS,
	/* 4.4: calls detach complete in the callback, and returns pending. */
	SAYS_INSIDE,
	/* Has a rundown, or a gate, which calls detach complete. */
	RUNS_DOWN,
	CLOSES_GATE,
	/* Has a rundown, and returns 0 instead of its result. */
	IGNORES_RUNDOWN,
};

struct binding;
struct module;

/* One side of one module. */
struct mock {
	const char *name;
	enum side side;
	enum attach_how attach;
	enum detach_how detach;
	/* Its module, if that can be unloaded. */
	struct module **module;
	/* Called in addition by its callbacks. */
	void (*in_attach)(struct binding *binding);
	void (*in_detach)(struct binding *binding);
	void (*in_cleanup)(struct binding *binding);

	/* Private to oracle.c. */
	unsigned int number;
	unsigned int life;
	u64 handle;
	void *characteristics;
	struct mock_context *context;
	bool registered;
	unsigned int deregisters, initiated;
	bool waited;
	bool abandoned;
	/* Orders deregistering with callbacks that check for it. */
	u64 going;
};

/* A binding of two mocks. */
struct binding {
	u64 handle;
	struct mock *mock[SIDES];
	unsigned int life[SIDES];
	struct mock_side *side[SIDES];
	/* Written by each callback, so that overlapping callbacks race. */
	u64 alone[SIDES];
	u64 is_attached;
	u8 attached_by;
	bool attaching, attached, declined, absent;
	bool going_before_attached[SIDES];
	bool detach_called[SIDES], pending[SIDES], done[SIDES], cleaned[SIDES];
	unsigned int says[SIDES], said[SIDES];
};

int mock_register(struct mock *mock);
void mock_register_ok(struct mock *mock);
int mock_deregister(struct mock *mock);
int mock_deregister_atomic(struct mock *mock);
int mock_wait(struct mock *mock);
void mock_wait_ok(struct mock *mock);
void mock_unregister(struct mock *mock);
int mock_complete(struct binding *binding, enum side side);
struct binding *mock_binding(struct mock *first, struct mock *second);
struct binding *mock_await_pending(struct mock *mock, struct mock *peer);
struct binding *mock_await_attached(struct mock *mock, struct mock *peer);
void *mock_enter(struct binding *binding, enum side side);
void mock_exit(void *entered);
void mock_module(struct module **module, const char *name);
void mock_module_goes(struct module **module);
void mock_module_exits(struct module **module, void (*exit)(void));
unsigned int mock_bindings(struct mock *first, struct mock *second);
void mock_expect(bool condition, const char *what);

void oracle_begin(void);
void oracle_quiet(void);
void oracle_take_down(void);
void oracle_end(void);

#endif /* _EXPLORE_ORACLE_H */
