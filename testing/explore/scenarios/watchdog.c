// SPDX-License-Identifier: GPL-2.0
/* Row 5.6: the watchdog runs at any time. */
#include <errno.h>
#include <stddef.h>

#include "../oracle.h"
#include "../scenario.h"
#include "scenarios.h"

static struct mock provider = { .name = "provider", .side = PROVIDER, .detach = PENDS };
static struct mock client = { .name = "client", .side = CLIENT };

static void register_both(void)
{
	mock_register_ok(&provider);
	mock_register_ok(&client);
}

static void unregister_client(void)
{
	mock_unregister(&client);
}

static void complete_provider(void)
{
	mock_complete(mock_await_pending(&provider, &client), PROVIDER);
}

static void unregister_and_complete_provider(void)
{
	mock_expect(mock_deregister(&provider) == -EINPROGRESS, "deregistering begins");
	complete_provider();
	mock_wait_ok(&provider);
}

const struct scenario watchdog_and_complete = {
	.name = "watchdog-complete", .rows = "5.6",
	.setup = register_both,
	.thread = { unregister_client, complete_provider },
	.flags = EX_TIMER | EX_MAY_WARN,
};

const struct scenario watchdog_and_deregister = {
	.name = "watchdog-deregister", .rows = "5.6",
	.setup = register_both,
	.thread = { unregister_client, unregister_and_complete_provider },
	.flags = EX_TIMER_ONCE | EX_MAY_WARN,
};
