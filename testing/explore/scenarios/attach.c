// SPDX-License-Identifier: GPL-2.0
/* Rows 4.6, 4.9 to 4.12 and 4.16: attach callbacks, and other calls during them. */
#include <stddef.h>

#include "../explore.h"
#include "../oracle.h"
#include "../scenario.h"
#include "scenarios.h"

static struct mock provider = { .name = "provider", .side = PROVIDER };
static struct mock client = { .name = "client", .side = CLIENT };
static struct mock client2 = { .name = "client2", .side = CLIENT };
static struct mock refuses = { .name = "refuses", .side = PROVIDER, .attach = DECLINES };
static struct mock declines = { .name = "declines", .side = CLIENT, .attach = DECLINES };
static struct mock fails = { .name = "fails", .side = CLIENT,
			     .attach = ATTACHES_AND_FAILS };
static struct mock forgets = { .name = "forgets", .side = CLIENT,
			       .attach = FORGETS_TO_ATTACH };
static struct mock pends = { .name = "pends", .side = PROVIDER, .detach = PENDS };

static void register_provider(void)
{
	mock_register_ok(&provider);
}

static void register_client(void)
{
	mock_register_ok(&client);
}

static void register_refuses(void)
{
	mock_register_ok(&refuses);
}

static void register_declines(void)
{
	mock_register_ok(&declines);
}

static void register_fails(void)
{
	mock_register_ok(&fails);
}

static void register_forgets(void)
{
	mock_register_ok(&forgets);
}

static void unregister_provider(void)
{
	mock_unregister(&provider);
}

static void unregister_client(void)
{
	mock_unregister(&client);
}

static void unregister_refuses(void)
{
	mock_unregister(&refuses);
}

static void unregister_fails(void)
{
	mock_unregister(&fails);
}

static void none_is_attached(void)
{
	mock_expect(!mock_bindings(&refuses, &client) &&
		    !mock_bindings(&provider, &declines) &&
		    !mock_bindings(&provider, &forgets), "no binding");
}

const struct scenario decline_while_deregistering = {
	.name = "decline-deregister", .rows = "4.9",
	.setup = register_provider,
	.thread = { register_declines, unregister_provider },
	.expect = none_is_attached,
};

const struct scenario refuse_while_deregistering = {
	.name = "refuse-deregister", .rows = "4.9",
	.setup = register_client,
	.thread = { register_refuses, unregister_client },
	.expect = none_is_attached,
};

const struct scenario refuse_and_deregister_self = {
	.name = "refuse-deregister-self", .rows = "4.9",
	.setup = register_refuses,
	.thread = { register_client, unregister_refuses },
	.expect = none_is_attached,
};

const struct scenario fail_while_deregistering = {
	.name = "fail-deregister-provider", .rows = "4.9 4.10",
	.setup = register_provider,
	.thread = { register_fails, unregister_provider },
	.flags = EX_MAY_WARN,
};

const struct scenario fail_while_deregistering_client = {
	.name = "fail-deregister-client", .rows = "4.9 4.10",
	.setup = register_fails,
	.thread = { register_provider, unregister_fails },
	.flags = EX_MAY_WARN,
};

static void register_pends(void)
{
	mock_register_ok(&pends);
}

static void complete_pends(void)
{
	struct binding *binding = mock_await_pending(&pends, &fails);

	mock_complete(binding, CLIENT);
	mock_complete(binding, PROVIDER);
}

const struct scenario fail_and_complete = {
	.name = "fail-complete", .rows = "4.4 4.10",
	.setup = register_pends,
	.thread = { register_fails, complete_pends },
	.flags = EX_MAY_WARN,
};

const struct scenario forget_while_deregistering = {
	.name = "forget-deregister", .rows = "4.9 4.11",
	.setup = register_provider,
	.thread = { register_forgets, unregister_provider },
	.expect = none_is_attached,
	.flags = EX_MAY_WARN,
};

/* 4.12 */

static void deregister_client_here(struct binding *binding)
{
	(void)binding;
	mock_deregister(&client);
}

static void deregister_provider_here(struct binding *binding)
{
	(void)binding;
	mock_deregister(&provider);
}

static void deregister_in_attach(void)
{
	client.in_attach = deregister_client_here;
	mock_register_ok(&provider);
}

static void deregister_in_peers_attach(void)
{
	provider.in_attach = deregister_provider_here;
	mock_register_ok(&provider);
}

static void deregister_in_detach(void)
{
	provider.in_detach = deregister_provider_here;
	mock_register_ok(&provider);
	mock_register_ok(&client);
}

static void deregister_in_cleanup(void)
{
	provider.in_cleanup = deregister_provider_here;
	mock_register_ok(&provider);
	mock_register_ok(&client);
}

static void wait_for_client(void)
{
	mock_wait(&client);
}

static void register_and_wait(void)
{
	mock_register_ok(&client);
	mock_wait(&client);
}

const struct scenario own_attach = {
	.name = "deregister-in-attach", .rows = "4.12",
	.setup = deregister_in_attach,
	.thread = { register_and_wait, unregister_provider },
	.flags = EX_MAY_WARN,
};

const struct scenario own_attach_and_waiter = {
	.name = "deregister-in-attach-wait", .rows = "4.8 4.12",
	.setup = deregister_in_attach,
	.thread = { register_client, wait_for_client },
	.flags = EX_MAY_WARN,
};

const struct scenario peers_attach = {
	.name = "deregister-in-peers-attach", .rows = "4.12",
	.setup = deregister_in_peers_attach,
	.thread = { register_client, register_fails },
	.flags = EX_MAY_WARN,
};

static void deregister_provider_and_wait(void)
{
	mock_deregister(&provider);
	mock_wait_ok(&provider);
}

const struct scenario own_detach = {
	.name = "deregister-in-detach", .rows = "4.12",
	.setup = deregister_in_detach,
	.thread = { unregister_client, deregister_provider_and_wait },
	.flags = EX_MAY_WARN,
};

static void deregister_provider(void)
{
	mock_deregister(&provider);
}

const struct scenario own_cleanup = {
	.name = "deregister-in-cleanup", .rows = "4.12",
	.setup = deregister_in_cleanup,
	.thread = { unregister_client, deregister_provider },
	.flags = EX_MAY_WARN,
};

/* 5.5 */

static int refused;

static void wait_here(struct binding *binding)
{
	(void)binding;
	/* Refused: it would wait for itself, or the client is not deregistered. */
	refused = mock_wait(&client);
}

static void wait_in_detach(void)
{
	client.in_detach = wait_here;
	mock_register_ok(&provider);
	mock_register_ok(&client);
}

static void is_refused(void)
{
	mock_expect(refused == -35 || refused == -22, "-EDEADLK");
}

static void wait_in_cleanup(void)
{
	provider.in_cleanup = wait_here;
	mock_register_ok(&provider);
	mock_register_ok(&client);
	mock_register_ok(&client2);
}

static void unregister_client2(void)
{
	mock_unregister(&client2);
}

const struct scenario wait_for_itself = {
	.name = "wait-in-detach", .rows = "5.5",
	.setup = wait_in_detach,
	.thread = { unregister_client, unregister_provider },
	.expect = is_refused,
	.flags = EX_MAY_WARN | EX_YIELD,
};

static void deregister_client_and_wait(void)
{
	mock_deregister(&client);
	mock_wait(&client);
}

const struct scenario wait_for_itself_in_cleanup = {
	.name = "wait-in-cleanup", .rows = "5.5",
	.setup = wait_in_cleanup,
	.thread = { deregister_client_and_wait, unregister_client2 },
	.flags = EX_MAY_WARN | EX_YIELD,
};

/* 4.16: a callback that blocks until another binding has come and gone. */

static bool other_is_over;

static bool is_over(void *unused)
{
	(void)unused;
	return other_is_over;
}

static void block(struct binding *binding)
{
	if (binding->mock[CLIENT] == &client)
		ex_wait(is_over, NULL, true, "blocks", __builtin_return_address(0));
}

static void register_blocks(void)
{
	provider.in_attach = block;
	provider.in_detach = block;
	mock_register_ok(&provider);
}

static void client2_comes_and_goes(void)
{
	mock_register_ok(&client2);
	mock_unregister(&client2);
	other_is_over = true;
}

const struct scenario blocked_attach = {
	.name = "attach-blocks", .rows = "4.16",
	.setup = register_blocks,
	.thread = { register_client, client2_comes_and_goes },
};

static void register_blocks_in_detach(void)
{
	provider.in_detach = block;
	mock_register_ok(&provider);
	mock_register_ok(&client);
}

const struct scenario blocked_detach = {
	.name = "detach-blocks", .rows = "4.16",
	.setup = register_blocks_in_detach,
	.thread = { unregister_client, client2_comes_and_goes },
};

/* 4.6 */

static void register_client_may_fail(void)
{
	mock_register(&client);
}

static void register_two_peers(void)
{
	mock_register_ok(&provider);
	mock_register_ok(&pends);
}

const struct scenario no_memory = {
	.name = "no-memory", .rows = "4.6",
	.setup = register_two_peers,
	.thread = { register_client_may_fail, unregister_provider },
	.faults = 1,
};

static void register_provider_may_fail(void)
{
	mock_register(&provider);
}

const struct scenario no_memory_both = {
	.name = "no-memory-both", .rows = "4.1 4.6",
	.thread = { register_client_may_fail, register_provider_may_fail },
	.faults = 2,
};
