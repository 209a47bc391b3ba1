// SPDX-License-Identifier: GPL-2.0
/* Rows 4.1 to 4.3, 4.8: registering and deregistering from both sides. */
#include <stddef.h>

#include "../oracle.h"
#include "../scenario.h"
#include "scenarios.h"

static struct mock provider = { .name = "provider", .side = PROVIDER };
static struct mock client = { .name = "client", .side = CLIENT };

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

static void unregister_client(void)
{
	mock_unregister(&client);
}

static void one_binding(void)
{
	mock_expect(mock_bindings(&provider, &client) == 1, "one binding");
}

const struct scenario register_register = {
	.name = "register-register", .rows = "4.1",
	.thread = { register_provider, register_client },
	.expect = one_binding,
};

const struct scenario register_deregister_provider = {
	.name = "register-deregister-provider", .rows = "4.2 4.9",
	.setup = register_provider,
	.thread = { register_client, unregister_provider },
};

const struct scenario register_deregister_client = {
	.name = "register-deregister-client", .rows = "4.2 4.9",
	.setup = register_client,
	.thread = { register_provider, unregister_client },
};

const struct scenario deregister_deregister = {
	.name = "deregister-deregister", .rows = "4.3",
	.setup = register_both,
	.thread = { unregister_provider, unregister_client },
	.expect = one_binding,
};
