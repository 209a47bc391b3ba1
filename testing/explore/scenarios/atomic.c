// SPDX-License-Identifier: GPL-2.0
/* Rows 4.15 and 5.10: calls that are allowed in any context, interrupting any step. */
#include <stddef.h>

#include "../oracle.h"
#include "../scenario.h"
#include "scenarios.h"

static struct mock provider = { .name = "provider", .side = PROVIDER };
static struct mock client = { .name = "client", .side = CLIENT };
static struct mock pends = { .name = "pends", .side = PROVIDER, .detach = PENDS };

static void register_provider(void)
{
	mock_register_ok(&provider);
}

static void register_client(void)
{
	mock_register_ok(&client);
}

static void register_both(void)
{
	register_provider();
	register_client();
}

static void unregister_provider(void)
{
	mock_unregister(&provider);
}

static void deregister_client(void)
{
	mock_deregister_atomic(&client);
}

static void deregister_provider(void)
{
	mock_deregister_atomic(&provider);
}

static void deregister_client_and_wait(void)
{
	mock_deregister_atomic(&client);
	mock_wait(&client);
}

const struct scenario atomic_deregister = {
	.name = "atomic", .rows = "4.15",
	.setup = register_both,
	.thread = { deregister_client_and_wait, unregister_provider },
};

const struct scenario atomic_deregister_both = {
	.name = "atomic-both", .rows = "4.3 4.15",
	.setup = register_both,
	.thread = { deregister_client, deregister_provider },
};

static void wait_for_client(void)
{
	mock_wait(&client);
}

const struct scenario atomic_deregister_irq = {
	.name = "atomic-irq", .rows = "4.15 5.10",
	.setup = register_both,
	.thread = { unregister_provider, wait_for_client },
	.irq = deregister_client,
	.cpu = { 0, 1 },
	.flags = EX_TWO_CPUS | EX_MAY_WARN,
};

/* The thread that registers is interrupted by one that deregisters. */
const struct scenario atomic_deregister_registering = {
	.name = "atomic-irq-registering", .rows = "4.2 4.15 5.10",
	.setup = register_provider,
	.thread = { register_client, unregister_provider },
	.irq = deregister_client,
	.cpu = { 0, 1 },
	.flags = EX_TWO_CPUS | EX_MAY_WARN,
};

const struct scenario atomic_deregister_peer = {
	.name = "atomic-irq-peer", .rows = "4.2 4.15 5.10",
	.setup = register_provider,
	.thread = { register_client },
	.irq = deregister_provider,
	.flags = EX_TWO_CPUS,
};

static void deregister_and_complete(void)
{
	struct binding *binding = mock_await_attached(&pends, &client);

	mock_deregister_atomic(&client);
	mock_complete(binding, PROVIDER);
}

static void register_pends(void)
{
	mock_register_ok(&pends);
	mock_register_ok(&client);
}

static void unregister_pends(void)
{
	mock_unregister(&pends);
}

const struct scenario atomic_and_complete = {
	.name = "atomic-irq-complete", .rows = "4.5 4.15 5.10",
	.setup = register_pends,
	.thread = { unregister_pends, wait_for_client },
	.irq = deregister_and_complete,
	.cpu = { 0, 1 },
	.flags = EX_TWO_CPUS | EX_MAY_WARN,
};

const struct scenario atomic_twice = {
	.name = "atomic-twice", .rows = "4.15 5.3",
	.setup = register_both,
	.thread = { deregister_client_and_wait },
	.irq = deregister_client,
	.flags = EX_TWO_CPUS | EX_MAY_WARN,
};
