// SPDX-License-Identifier: GPL-2.0
/* Rows 4.14, 5.7 and 5.8: modules are unloaded while others call. */
#include <stddef.h>

#include "../explore.h"
#include "../oracle.h"
#include "../scenario.h"
#include "scenarios.h"

static struct module *first, *second;
static struct mock provider = { .name = "provider", .side = PROVIDER, .module = &first };
static struct mock client = { .name = "client", .side = CLIENT, .module = &second };
/* The module is both provider and client. */
static struct mock client_of_first = { .name = "client_of_first", .side = CLIENT,
				       .module = &first };
static struct mock built_in_provider = { .name = "built_in_provider", .side = PROVIDER };
static struct mock built_in = { .name = "built_in", .side = CLIENT };

static void load(void)
{
	mock_module(&first, "first");
	mock_module(&second, "second");
}

static void load_both(void)
{
	load();
	mock_register_ok(&provider);
	mock_register_ok(&client);
}

static void load_one_that_is_both(void)
{
	load();
	mock_register_ok(&provider);
	mock_register_ok(&client_of_first);
}

static void first_goes(void)
{
	mock_module_goes(&first);
}

static void second_goes(void)
{
	mock_module_goes(&second);
}

/* A well-behaved module: it deregisters and waits before it is unloaded. */
static void first_goes_in_order(void)
{
	mock_unregister(&provider);
	mock_module_goes(&first);
}

static void second_goes_in_order(void)
{
	mock_deregister(&client);
	mock_wait(&client);
	mock_module_goes(&second);
}

static void register_built_in(void)
{
	mock_register_ok(&built_in);
}

static void unregister_client(void)
{
	mock_unregister(&client);
}

const struct scenario modules_go = {
	.name = "modules-go", .rows = "4.14",
	.setup = load_both,
	.thread = { first_goes_in_order, second_goes_in_order },
	.flags = EX_MAY_WARN,
};

const struct scenario module_leaves_all = {
	.name = "module-leaves", .rows = "5.7",
	.setup = load_both,
	.thread = { first_goes, unregister_client },
	.flags = EX_MAY_WARN,
};

const struct scenario modules_leave_all = {
	.name = "modules-leave", .rows = "4.14 5.7",
	.setup = load_both,
	.thread = { first_goes, second_goes },
	.flags = EX_MAY_WARN,
};

const struct scenario module_that_is_both = {
	.name = "module-both", .rows = "5.7",
	.setup = load_one_that_is_both,
	.thread = { first_goes, register_built_in },
	.flags = EX_MAY_WARN,
};

/* Registers while being unloaded: refused, or deregistered with the rest. */
static int result;

static void register_client_of_first(void)
{
	result = mock_register(&client_of_first);
}

static void register_here(struct binding *binding)
{
	(void)binding;
	register_client_of_first();
}

static void load_that_registers_anew(void)
{
	load();
	provider.in_detach = register_here;
	mock_register_ok(&provider);
	mock_register_ok(&built_in);
}

static void is_refused(void)
{
	mock_expect(result == -108, "-ESHUTDOWN");
}

const struct scenario module_registers_anew = {
	.name = "module-registers-anew", .rows = "5.7",
	.setup = load_that_registers_anew,
	.thread = { first_goes },
	.expect = is_refused,
	.flags = EX_MAY_WARN,
};

/*
 * A thread of the module registers while the module is unloaded. The exit function
 * stops that thread before the registrar looks for remaining registrations.
 */
static bool has_registered;

static bool is_stopped(void *unused)
{
	(void)unused;
	return has_registered;
}

static void stop_thread(void)
{
	ex_wait(is_stopped, NULL, true, "stops its thread", __builtin_return_address(0));
}

static void first_goes_and_stops_its_thread(void)
{
	mock_module_exits(&first, stop_thread);
}

static void register_in_the_thread(void)
{
	register_client_of_first();
	has_registered = true;
}

static void load_with_provider(void)
{
	load();
	mock_register_ok(&built_in_provider);
}

const struct scenario module_registers_as_it_goes = {
	.name = "module-registers-as-it-goes", .rows = "5.7",
	.setup = load_with_provider,
	.thread = { first_goes_and_stops_its_thread, register_in_the_thread },
	.flags = EX_MAY_WARN,
};

/* A waiter in another module must not touch what belonged to the owner. */
static void wait_for_client(void)
{
	mock_wait(&client);
}

const struct scenario waiter_of_another_module = {
	.name = "module-second-waiter", .rows = "5.8",
	.setup = load_both,
	.thread = { second_goes_in_order, wait_for_client },
	.flags = EX_MAY_WARN,
};

const struct scenario waiter_and_module_that_leaves = {
	.name = "module-leaves-waiter", .rows = "5.7 5.8",
	.setup = load_both,
	.thread = { second_goes, wait_for_client },
	.flags = EX_MAY_WARN,
};

static void deregister_client(void)
{
	mock_deregister(&client);
}

const struct scenario module_leaves_and_deregisters = {
	.name = "module-leaves-deregister", .rows = "5.3 5.7",
	.setup = load_both,
	.thread = { second_goes, deregister_client },
	.flags = EX_MAY_WARN,
};

/* Two concurrent registrations of one module create only one owner. */
static void register_provider(void)
{
	mock_register_ok(&provider);
}

static void register_client_too(void)
{
	mock_register_ok(&client_of_first);
}

const struct scenario owner_is_made_once = {
	.name = "owner-made-once", .rows = "5.7",
	.setup = load,
	.thread = { register_provider, register_client_too },
};
