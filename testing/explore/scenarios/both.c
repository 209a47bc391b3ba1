// SPDX-License-Identifier: GPL-2.0
/* Rows 4.1 to 4.3 and 4.8: both sides register, deregister and wait. */
#include <stddef.h>

#include "../oracle.h"
#include "../scenario.h"
#include "scenarios.h"

static struct mock provider = { .name = "provider", .side = PROVIDER };
static struct mock client = { .name = "client", .side = CLIENT };
static struct mock client2 = { .name = "client2", .side = CLIENT };
static struct mock provider2 = { .name = "provider2", .side = PROVIDER };

static void register_provider(void)
{
	mock_register_ok(&provider);
}

static void register_client(void)
{
	mock_register_ok(&client);
}

static void register_client2(void)
{
	mock_register_ok(&client2);
}

static void register_provider2(void)
{
	mock_register_ok(&provider2);
}

static void register_both(void)
{
	register_provider();
	register_client();
}

static void register_three(void)
{
	register_both();
	register_client2();
}

static void unregister_provider(void)
{
	mock_unregister(&provider);
}

static void unregister_client(void)
{
	mock_unregister(&client);
}

static void unregister_client2(void)
{
	mock_unregister(&client2);
}

static void one_binding(void)
{
	mock_expect(mock_bindings(&provider, &client) == 1, "one binding");
}

/* 4.1 */

const struct scenario register_register = {
	.name = "register-register", .rows = "4.1",
	.thread = { register_provider, register_client },
	.expect = one_binding,
};

const struct scenario register_three_peers = {
	.name = "register-three", .rows = "4.1",
	.thread = { register_provider, register_client, register_client2 },
	.expect = one_binding,
};

const struct scenario register_while_peers_are_walked = {
	.name = "register-walks", .rows = "4.1",
	.setup = register_three,
	.thread = { register_provider2, unregister_client },
	.flags = EX_YIELD,
};

const struct scenario two_walk_the_same_peers = {
	.name = "register-two-walk", .rows = "4.1",
	.setup = register_both,
	.thread = { register_provider2, register_client2 },
	.flags = EX_YIELD,
};

/* 4.2 */

const struct scenario register_deregister_provider = {
	.name = "register-deregister-provider", .rows = "4.2 4.8",
	.setup = register_provider,
	.thread = { register_client, unregister_provider },
};

const struct scenario register_deregister_client = {
	.name = "register-deregister-client", .rows = "4.2 4.8",
	.setup = register_client,
	.thread = { register_provider, unregister_client },
};

/* As soon as the handle is stored, by another thread than the one that registers. */
static void deregister_client_early(void)
{
	mock_deregister(&client);
}

const struct scenario deregister_while_registering = {
	.name = "register-deregister-self", .rows = "4.2",
	.setup = register_provider,
	.thread = { register_client, deregister_client_early },
	.flags = EX_MAY_WARN,
};

/* A lookup, of NULL at first, while the table of handles gets its first chunk. */
const struct scenario lookup_while_the_table_grows = {
	.name = "lookup-while-growing", .rows = "5.1 5.10",
	.thread = { register_client, deregister_client_early },
	.flags = EX_MAY_WARN,
};

const struct scenario register_deregister_other_peer = {
	.name = "register-deregister-three", .rows = "4.2",
	.setup = register_both,
	.thread = { register_client2, unregister_provider, unregister_client },
};

/* 4.3 */

const struct scenario deregister_deregister = {
	.name = "deregister-deregister", .rows = "4.3",
	.setup = register_both,
	.thread = { unregister_provider, unregister_client },
	.expect = one_binding,
};

const struct scenario deregister_three_peers = {
	.name = "deregister-three", .rows = "4.3",
	.setup = register_three,
	.thread = { unregister_provider, unregister_client, unregister_client2 },
};

/* 5.3 */

static void deregister_and_wait(void)
{
	mock_deregister(&client);
	mock_wait(&client);
}

const struct scenario deregister_twice = {
	.name = "deregister-twice", .rows = "5.3 5.4",
	.setup = register_both,
	.thread = { deregister_and_wait, deregister_and_wait },
	.flags = EX_MAY_WARN,
};

/* 4.8 and 5.8 */

static void wait_for_client(void)
{
	mock_wait(&client);
}

const struct scenario two_waiters = {
	.name = "wait-two", .rows = "4.8 5.8",
	.setup = register_both,
	.thread = { deregister_and_wait, wait_for_client },
	.flags = EX_MAY_WARN,
};

static void deregister_client(void)
{
	mock_deregister(&client);
}

const struct scenario three_waiters = {
	.name = "wait-three", .rows = "4.8 5.8",
	.setup = register_both,
	.thread = { deregister_client, wait_for_client, wait_for_client },
	.flags = EX_MAY_WARN,
};

/* 4.13 */

static void register_again(void)
{
	mock_deregister(&client);
	mock_wait_ok(&client);
	mock_register_ok(&client);
}

static void late_calls(void)
{
	mock_deregister(&client);
}

const struct scenario register_again_at_once = {
	.name = "register-again", .rows = "4.13",
	.setup = register_both,
	.thread = { register_again, unregister_provider },
};

const struct scenario reuse_memory = {
	.name = "register-again-reuse", .rows = "4.13",
	.setup = register_both,
	.thread = { register_again, late_calls },
	.flags = EX_EARLY_RCU | EX_REUSE | EX_MAY_WARN,
};

/* The NPI is freed with its last registration while another registers for it. */
static void come_and_go(void)
{
	mock_register_ok(&client2);
	mock_unregister(&client2);
}

const struct scenario npi_goes_and_comes = {
	.name = "npi-goes-and-comes", .rows = "4.1",
	.setup = register_client,
	.thread = { unregister_client, come_and_go, register_provider },
};

const struct scenario early_rcu = {
	.name = "deregister-early-rcu", .rows = "4.3",
	.setup = register_both,
	.thread = { unregister_provider, unregister_client },
	.flags = EX_EARLY_RCU,
};
