// SPDX-License-Identifier: GPL-2.0
/* Rows 4.4, 4.5, 4.7 and 4.8: detach complete, called by other threads. */
#include <stddef.h>

#include "../oracle.h"
#include "../scenario.h"
#include "scenarios.h"

static struct mock provider = { .name = "provider", .side = PROVIDER, .detach = PENDS };
static struct mock client = { .name = "client", .side = CLIENT, .detach = PENDS };
static struct mock quick = { .name = "quick", .side = CLIENT };
static struct mock inside = { .name = "inside", .side = CLIENT, .detach = SAYS_INSIDE };
static struct mock inside2 = { .name = "inside2", .side = PROVIDER, .detach = SAYS_INSIDE };

static void register_pending(void)
{
	mock_register_ok(&provider);
	mock_register_ok(&client);
}

static void register_quick(void)
{
	mock_register_ok(&provider);
	mock_register_ok(&quick);
}

static void register_inside(void)
{
	mock_register_ok(&inside2);
	mock_register_ok(&inside);
}

static void unregister_provider(void)
{
	mock_unregister(&provider);
}

static void unregister_client(void)
{
	mock_unregister(&client);
}

static void unregister_quick(void)
{
	mock_unregister(&quick);
}

/* At any time from the call of the detach callback on. */
static void complete_provider(void)
{
	mock_complete(mock_await_pending(&provider, &client), PROVIDER);
}

static void complete_client(void)
{
	mock_complete(mock_await_pending(&client, &provider), CLIENT);
}

static void complete_provider_of_quick(void)
{
	mock_complete(mock_await_pending(&provider, &quick), PROVIDER);
}

static void complete_provider_early(void)
{
	mock_complete(mock_await_attached(&provider, &client), PROVIDER);
}

static void complete_client_early(void)
{
	mock_complete(mock_await_attached(&client, &provider), CLIENT);
}

static void complete_both_early(void)
{
	complete_provider_early();
	complete_client_early();
}

static void complete_provider_of_quick_early(void)
{
	mock_complete(mock_await_attached(&provider, &quick), PROVIDER);
}

static void register_client(void)
{
	mock_register_ok(&client);
}

static void register_provider(void)
{
	mock_register_ok(&provider);
}

const struct scenario complete_one = {
	.name = "complete", .rows = "4.4 4.8",
	.setup = register_quick,
	.thread = { unregister_provider, complete_provider_of_quick },
};

const struct scenario complete_peer = {
	.name = "complete-peer", .rows = "4.4 4.8",
	.setup = register_quick,
	.thread = { unregister_quick, complete_provider_of_quick },
};

const struct scenario complete_early = {
	.name = "complete-early", .rows = "4.5",
	.setup = register_quick,
	.thread = { unregister_provider, complete_provider_of_quick_early },
};

const struct scenario complete_both = {
	.name = "complete-both", .rows = "4.7 4.8",
	.setup = register_pending,
	.thread = { unregister_provider, complete_provider, complete_client },
};

const struct scenario complete_both_by_client = {
	.name = "complete-both-by-client", .rows = "4.7",
	.setup = register_pending,
	.thread = { unregister_client, complete_provider, complete_client },
};

const struct scenario complete_both_early_ = {
	.name = "complete-both-early", .rows = "4.5 4.7",
	.setup = register_pending,
	.thread = { unregister_client, complete_provider_early, complete_client_early },
};

const struct scenario complete_twice = {
	.name = "complete-twice", .rows = "4.7",
	.setup = register_quick,
	.thread = { unregister_provider, complete_provider_of_quick,
		    complete_provider_of_quick_early },
	.flags = EX_MAY_WARN,
};

static void unregister_inside(void)
{
	mock_unregister(&inside);
}

static void unregister_inside2(void)
{
	mock_unregister(&inside2);
}

const struct scenario complete_inside_both = {
	.name = "complete-inside-both", .rows = "4.3 4.4",
	.setup = register_inside,
	.thread = { unregister_inside, unregister_inside2 },
};

/* Both sides deregister, and both are pending. */
const struct scenario complete_and_deregister_both = {
	.name = "complete-deregister-both", .rows = "4.3 4.7",
	.setup = register_pending,
	.thread = { unregister_client, unregister_provider, complete_both_early },
};

/* Attach while the provider deregisters, with an early detach complete. */
const struct scenario complete_while_attaching = {
	.name = "complete-attaching", .rows = "4.2 4.5",
	.setup = register_provider,
	.thread = { register_client, unregister_provider, complete_both_early },
};

const struct scenario complete_while_attaching_client = {
	.name = "complete-attaching-client", .rows = "4.2 4.5",
	.setup = register_client,
	.thread = { register_provider, unregister_client, complete_both_early },
};

/* 4.15: from an interrupt of the thread that is inside detach. */
const struct scenario complete_from_irq = {
	.name = "complete-irq", .rows = "4.4 4.5 5.10",
	.setup = register_quick,
	.thread = { unregister_provider },
	.irq = complete_provider_of_quick_early,
	.flags = EX_TWO_CPUS,
};

const struct scenario complete_both_irq = {
	.name = "complete-both-irq", .rows = "4.5 4.7 5.10",
	.setup = register_pending,
	.thread = { unregister_client, complete_provider_early },
	.irq = complete_client_early,
	.cpu = { 0, 1 },
	.flags = EX_TWO_CPUS,
};
