// SPDX-License-Identifier: GPL-2.0
/* Row 5.6: the watchdog runs at any time. */
#include <errno.h>
#include <stddef.h>

#include "../explore.h"
#include "../oracle.h"
#include "../scenario.h"
#include "scenarios.h"

struct nmr_binding_object;
struct nmr_binding_object *nmr_binding_find(const void *cookie);
const char *nmr_watchdog_owes(struct nmr_binding_object *binding, int side);
void rcu_read_lock(void);
void rcu_read_unlock(void);

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

/*
 * The provider owes from before its callback runs until it calls detach complete. The
 * callback returns as another thread looks.
 */
static u64 looking = 1;

static bool is_looking(void *unused)
{
	return looking == 2;
}

static void await_look(struct binding *binding)
{
	ex_wait(is_looking, NULL, true, "awaits a look", __builtin_return_address(0));
}

static void look_and_complete(void)
{
	struct binding *binding = mock_await_pending(&provider, &client);
	struct nmr_binding_object *object;

	rcu_read_lock();
	object = nmr_binding_find((void *)binding->handle);
	ex_operation(&looking, 8, EX_WRITE | EX_RELEASE, "looks", __builtin_return_address(0));
	looking = 2;
	mock_expect(nmr_watchdog_owes(object, PROVIDER), "that the provider is seen to owe");
	rcu_read_unlock();
	mock_complete(binding, PROVIDER);
}

static void register_looked_at(void)
{
	provider.in_detach = await_look;
	register_both();
}

const struct scenario watchdog_sees_who_owes = {
	.name = "watchdog-sees-who-owes", .rows = "5.6",
	.setup = register_looked_at,
	.thread = { unregister_client, look_and_complete },
};
