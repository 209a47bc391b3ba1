// SPDX-License-Identifier: GPL-2.0
/* Section 6 and row 5.9: calls in progress, on two processors. */
#include <stddef.h>

#include "../explore.h"
#include "../oracle.h"
#include "../scenario.h"
#include "scenarios.h"

static struct mock provider = { .name = "provider", .side = PROVIDER };
static struct mock client = { .name = "client", .side = CLIENT, .detach = RUNS_DOWN };
static struct mock gate = { .name = "gate", .side = CLIENT, .detach = CLOSES_GATE };
static struct mock gate_of_provider = {
	.name = "provider", .side = PROVIDER, .detach = CLOSES_GATE,
};
static struct mock careless = {
	.name = "careless", .side = CLIENT, .detach = IGNORES_RUNDOWN,
};
static struct mock both = { .name = "both", .side = PROVIDER, .detach = RUNS_DOWN };

/* Memory of the peer that a call reads; it must outlive the call. */
static void *called;

static void register_client(void)
{
	called = ex_module_alloc(16);
	mock_register_ok(&provider);
	mock_register_ok(&client);
}

static void register_both(void)
{
	called = ex_module_alloc(16);
	mock_register_ok(&both);
	mock_register_ok(&client);
}

static struct binding *binding_of(struct mock *peer)
{
	return mock_binding(&client, peer);
}

static void call_in(void)
{
	ex_access(called, 8, EX_READ, __builtin_return_address(0));
	ex_operation(NULL, 0, EX_POINT, "inside the call", __builtin_return_address(0));
	ex_access(called, 8, EX_READ, __builtin_return_address(0));
}

static void call_through(struct mock *peer, enum side side)
{
	void *entered = mock_enter(binding_of(peer), side);

	if (!entered)
		return;
	call_in();
	mock_exit(entered);
}

static void call(void)
{
	call_through(&provider, CLIENT);
}

static void call_nested(void)
{
	void *entered = mock_enter(binding_of(&provider), CLIENT);

	if (!entered)
		return;
	call();
	mock_exit(entered);
}

/* No call may be inside the provider once the client's wait has returned. */
static void unregister_client(void)
{
	mock_unregister(&client);
	ex_module_free(called);
}

static void unregister_provider(void)
{
	mock_unregister(&provider);
	ex_module_free(called);
}

/* One thread deregisters both, and frees the memory last. */
static void unregister_both(void)
{
	mock_unregister(&both);
	mock_unregister(&client);
	ex_module_free(called);
}

static void unregister_client_only(void)
{
	mock_unregister(&client);
}

static void unregister_provider_side(void)
{
	mock_unregister(&both);
}

/* Enter on one processor, exit on the other. */
static void *inside;
static u64 order = 1;

static void enter_only(void)
{
	inside = mock_enter(binding_of(&provider), CLIENT);
	ex_operation(&order, 8, EX_WRITE | EX_RELEASE, "order", __builtin_return_address(0));
	order = 2;
}

static bool has_entered(void *unused)
{
	(void)unused;
	return order == 2;
}

static void exit_elsewhere(void)
{
	ex_wait(has_entered, NULL, true, "awaits enter", __builtin_return_address(0));
	ex_operation(&order, 8, EX_READ | EX_ACQUIRE, "order", __builtin_return_address(0));
	if (!inside)
		return;
	call_in();
	mock_exit(inside);
}

static void call_and_exit_elsewhere(void)
{
	call();
	exit_elsewhere();
}

static void call_both(void)
{
	call_through(&both, CLIENT);
}

static void call_back(void)
{
	call_through(&both, PROVIDER);
}

const struct scenario rundown_call = {
	.name = "rundown", .rows = "6",
	.setup = register_client,
	.thread = { unregister_client, call },
	.cpu = { 0, 1 }, .flags = EX_TWO_CPUS,
};

const struct scenario rundown_same_processor = {
	.name = "rundown-same-processor", .rows = "6",
	.setup = register_client,
	.thread = { unregister_client, call },
	.flags = EX_TWO_CPUS,
};

const struct scenario rundown_two_callers = {
	.name = "rundown-two-callers", .rows = "6",
	.setup = register_client,
	.thread = { unregister_client, call, call },
	.cpu = { 0, 0, 1 }, .flags = EX_TWO_CPUS,
};

const struct scenario rundown_peer = {
	.name = "rundown-peer", .rows = "6",
	.setup = register_client,
	.thread = { unregister_provider, call },
	.cpu = { 0, 1 }, .flags = EX_TWO_CPUS,
};

const struct scenario rundown_nested = {
	.name = "rundown-nested", .rows = "6",
	.setup = register_client,
	.thread = { unregister_client, call_nested },
	.cpu = { 0, 1 }, .flags = EX_TWO_CPUS,
};

const struct scenario rundown_migrates = {
	.name = "rundown-migrates", .rows = "6",
	.setup = register_client,
	.thread = { unregister_client, call },
	.cpu = { 0, 1 }, .flags = EX_TWO_CPUS | EX_MIGRATE,
};

const struct scenario rundown_elsewhere = {
	.name = "rundown-exit-elsewhere", .rows = "6",
	.setup = register_client,
	.thread = { unregister_client, enter_only, exit_elsewhere },
	.cpu = { 0, 0, 1 }, .flags = EX_TWO_CPUS,
};

const struct scenario rundown_irq = {
	.name = "rundown-irq", .rows = "6 5.10",
	.setup = register_client,
	.thread = { unregister_client },
	.irq = call,
	.flags = EX_TWO_CPUS,
};

const struct scenario rundown_irq_other = {
	.name = "rundown-irq-on-caller", .rows = "6 5.10",
	.setup = register_client,
	.thread = { unregister_client, call },
	.irq = call,
	.cpu = { 0, 1 }, .irq_cpu = 1,
	.flags = EX_TWO_CPUS,
};

/* A call begins in an interrupt, maybe of another enter, and ends in a thread. */
const struct scenario rundown_irq_enters = {
	.name = "rundown-irq-enters", .rows = "6 5.10",
	.setup = register_client,
	.thread = { unregister_client, call_and_exit_elsewhere },
	.irq = enter_only,
	.cpu = { 0, 1 }, .irq_cpu = 1,
	.flags = EX_TWO_CPUS,
};

const struct scenario rundown_both_ways = {
	.name = "rundown-both-ways", .rows = "4.14 6",
	.setup = register_both,
	.thread = { unregister_both, call_both, call_back },
	.cpu = { 0, 1, 1 }, .flags = EX_TWO_CPUS,
};

static void free_called(void)
{
	ex_module_free(called);
}

/* Both sides detach at once, and either thread may close for both. */
const struct scenario rundown_deregister_both = {
	.name = "rundown-deregister-both", .rows = "4.3 6",
	.setup = register_both,
	.thread = { unregister_client_only, unregister_provider_side },
	.expect = free_called,
};

/* A detach callback that returns 0 although its rundown closes. */
static void register_careless(void)
{
	mock_register_ok(&provider);
	mock_register_ok(&careless);
}

static void unregister_careless(void)
{
	mock_unregister(&careless);
}

const struct scenario rundown_ignored = {
	.name = "rundown-ignored", .rows = "6",
	.setup = register_careless,
	.thread = { unregister_careless },
	.flags = EX_EARLY_RCU | EX_MAY_WARN,
};

/* Gates. */

static void register_gate(void)
{
	called = ex_module_alloc(16);
	mock_register_ok(&provider);
	mock_register_ok(&gate);
}

static void register_gates(void)
{
	called = ex_module_alloc(16);
	mock_register_ok(&gate_of_provider);
	mock_register_ok(&gate);
}

static void unregister_gate(void)
{
	mock_unregister(&gate);
	ex_module_free(called);
}

static void unregister_gates(void)
{
	mock_unregister(&gate_of_provider);
	mock_unregister(&gate);
	ex_module_free(called);
}

static void call_through_gate(void)
{
	void *entered = mock_enter(mock_binding(&gate, &provider), CLIENT);

	if (!entered)
		return;
	call_in();
	mock_exit(entered);
}

static void call_back_through_gate(void)
{
	void *entered = mock_enter(mock_binding(&gate, &gate_of_provider), PROVIDER);

	if (!entered)
		return;
	call_in();
	mock_exit(entered);
}

const struct scenario gate_call = {
	.name = "gate", .rows = "6",
	.setup = register_gate,
	.thread = { unregister_gate, call_through_gate },
	.cpu = { 0, 1 }, .flags = EX_TWO_CPUS,
};

const struct scenario gate_irq = {
	.name = "gate-irq", .rows = "6 5.10",
	.setup = register_gate,
	.thread = { unregister_gate, call_through_gate },
	.irq = call_through_gate,
	.cpu = { 0, 1 }, .irq_cpu = 1,
	.flags = EX_TWO_CPUS,
};

const struct scenario gate_both_ways = {
	.name = "gate-both-ways", .rows = "4.14 6",
	.setup = register_gates,
	.thread = { unregister_gates, call_back_through_gate },
	.irq = call_back_through_gate,
	.cpu = { 0, 1 }, .flags = EX_TWO_CPUS,
};
