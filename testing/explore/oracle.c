// SPDX-License-Identifier: GPL-2.0
/*
 * Checks the contract. Where a check depends on the order of two threads, it makes a
 * marked access, without which both orders would count as one state. Callbacks that
 * must not overlap make plain writes, so that an overlap is a data race in any schedule.
 */
#include <stdio.h>

#include <linux/nmr.h>
#include <linux/nmr_gate.h>
#include <linux/nmr_rundown.h>

#include "explore.h"
#include "oracle.h"
#include "scenario.h"

#define HERE __builtin_return_address(0)
#define SHARED __attribute__((section("core_data")))
#define MOCKS 8
#define BINDINGS 12

/* A module's memory, freed when its wait has returned. */
struct mock_context {
	struct mock *mock;
	u64 touched;
	/* Static in a real module, whose unloading waits for a grace period. */
	struct lock_class_key *key;
	guid_t npi;
};

struct mock_side {
	struct binding *binding;
	enum side side;
	u64 touched;
	struct nmr_rundown rundown;
	struct nmr_gate gate;
};

static SHARED struct mock *mocks[MOCKS] = { (void *)1 };
static SHARED unsigned int mock_count = 1;
static SHARED struct binding bindings[BINDINGS];
static SHARED unsigned int binding_count = 1;
static const u64 provider_dispatch, client_dispatch;

static const char * const side_names[] = { "provider", "client" };

static bool has_rundown(const struct mock *mock)
{
	return mock->detach == RUNS_DOWN || mock->detach == IGNORES_RUNDOWN;
}

/* Does the registrar call detach complete for it? */
static bool is_guarded(const struct mock *mock)
{
	return has_rundown(mock) || mock->detach == CLOSES_GATE;
}

static int init_guard(struct mock_side *mine, struct mock *mock, struct nmr_binding *handle)
{
	if (has_rundown(mock))
		return mock->side == PROVIDER ?
			nmr_rundown_init_provider(&mine->rundown, handle, GFP_KERNEL) :
			nmr_rundown_init_client(&mine->rundown, handle, GFP_KERNEL);
	if (mock->detach == CLOSES_GATE)
		return mock->side == PROVIDER ? nmr_gate_init_provider(&mine->gate, handle) :
						nmr_gate_init_client(&mine->gate, handle);
	return 0;
}

void mock_expect(bool condition, const char *what)
{
	if (!condition)
		ex_fail("the scenario expects %s", what);
}

static void write_plain(u64 *word)
{
	ex_access(word, sizeof(*word), EX_WRITE, HERE);
}

/* The search tries both orders of a set() and a look(). */
static void set(u64 *word)
{
	ex_operation(word, sizeof(*word), EX_WRITE | EX_RELEASE, "order", HERE);
}

static void look(u64 *word)
{
	ex_operation(word, sizeof(*word), EX_READ, "order", HERE);
}

/* Begins a callback: in process context, without locks, and its module's memory exists. */
static void callback(struct binding *binding, enum side side, const char *what)
{
	struct mock *mock = binding->mock[side];

	ex_note_event("%s of %s", what, mock->name);
	ex_might_sleep();
	if (binding->life[side] != mock->life || !mock->context)
		ex_fail("%s: %s after wait has returned", mock->name, what);
	mock->context->touched++;
	ex_access(&mock->context->touched, 8, EX_READ, HERE);
	ex_operation(NULL, 0, EX_POINT, what, HERE);
}

/* Ends a callback: its module's memory still exists. */
static void callback_ends(struct binding *binding, enum side side, const char *what)
{
	ex_access(&binding->mock[side]->context->touched, 8, EX_READ, HERE);
	ex_note_event("%s of %s returns", what, binding->mock[side]->name);
}

static struct mock_side *new_side(struct binding *binding, enum side side)
{
	struct mock_side *mine = ex_module_alloc(sizeof(*mine));

	mine->binding = binding;
	mine->side = side;
	binding->side[side] = mine;
	return mine;
}

static struct binding *find_binding(const void *handle)
{
	unsigned int i = binding_count;

	while (i-- > 1)
		if (bindings[i].handle == (u64)handle)
			return &bindings[i];
	return NULL;
}

/* Attach. */

static int attach_client(struct nmr_binding *handle, void *context,
			 const struct npi_registration_instance *client_instance,
			 void *client_context, const void *dispatch,
			 void **provider_context, const void **provider_table)
{
	struct binding *binding = find_binding(handle);
	struct mock_context *mine = context;
	struct mock *mock;
	struct mock_side *side;

	ex_access(mine, sizeof(*mine), EX_READ, HERE);
	mock = mine->mock;
	if (!binding || !binding->attaching || binding->attached_by != world.current->id)
		ex_fail("attach_client outside attach_provider");
	if (mock != binding->mock[PROVIDER])
		ex_fail("attach_client of another provider");
	ex_access(client_instance, sizeof(*client_instance), EX_READ, HERE);
	if (mocks[client_instance->number] != binding->mock[CLIENT] ||
	    client_context != binding->side[CLIENT] || dispatch != &client_dispatch)
		ex_fail("attach_client gets what the client did not pass");
	callback(binding, PROVIDER, "attach_client");
	write_plain(&binding->alone[PROVIDER]);
	if (mock->in_attach)
		mock->in_attach(binding);
	callback_ends(binding, PROVIDER, "attach_client");
	write_plain(&binding->alone[PROVIDER]);
	if (mock->attach != ATTACHES)
		return -ENODEV;
	side = new_side(binding, PROVIDER);
	if (init_guard(side, mock, handle)) {
		ex_module_free(side);
		return -ENOMEM;
	}
	*provider_context = side;
	*provider_table = &provider_dispatch;
	return 0;
}

static struct binding *new_binding(struct nmr_binding *handle, struct mock *client,
				   struct mock *provider)
{
	struct binding *binding;
	unsigned int i;

	for (i = 1; i < binding_count; i++) {
		binding = &bindings[i];
		if (binding->mock[CLIENT] == client && binding->mock[PROVIDER] == provider &&
		    binding->life[CLIENT] == client->life &&
		    binding->life[PROVIDER] == provider->life)
			ex_fail("a second binding of %s and %s", client->name,
				provider->name);
	}
	if (binding_count == BINDINGS)
		ex_fail("more than %d bindings", BINDINGS);
	binding = &bindings[binding_count++];
	binding->handle = (u64)handle;
	binding->mock[CLIENT] = client;
	binding->mock[PROVIDER] = provider;
	binding->life[CLIENT] = client->life;
	binding->life[PROVIDER] = provider->life;
	binding->attached_by = world.current->id;
	return binding;
}

static int attach_provider(struct nmr_binding *handle, void *context,
			   const struct npi_registration_instance *provider_instance)
{
	struct mock_context *mine = context;
	struct mock_side *side;
	struct binding *binding;
	const void *peer_table = NULL;
	struct mock *mock, *peer;
	void *peer_side = NULL;
	int err;

	ex_access(mine, sizeof(*mine), EX_READ, HERE);
	mock = mine->mock;
	ex_access(provider_instance, sizeof(*provider_instance), EX_READ, HERE);
	peer = mocks[provider_instance->number];
	if (mock->side != CLIENT || peer->side != PROVIDER)
		ex_fail("attach_provider with the sides swapped");
	if (!mock->handle || !peer->handle)
		ex_fail("a callback before the handle was stored");
	binding = new_binding(handle, mock, peer);
	binding->attaching = true;
	write_plain(&binding->alone[CLIENT]);
	callback(binding, CLIENT, "attach_provider");
	if (mock->in_attach)
		mock->in_attach(binding);
	err = -ENODEV;
	if (mock->attach == FORGETS_TO_ATTACH)
		err = 0;
	if (mock->attach == ATTACHES || mock->attach == ATTACHES_AND_FAILS) {
		side = new_side(binding, CLIENT);
		err = init_guard(side, mock, handle);
		if (!err) {
			err = nmr_client_attach_provider(handle, side, &client_dispatch,
							 &peer_side, &peer_table);
			if (err && has_rundown(mock))
				nmr_rundown_destroy(&side->rundown);
		}
		binding->attached = !err;
		if (!err && (peer_side != binding->side[PROVIDER] ||
			     peer_table != &provider_dispatch))
			ex_fail("the client gets what the provider did not pass");
		if (err && (peer_side || peer_table))
			ex_fail("something is stored where attaching failed");
		if (err)
			ex_module_free(side);
	}
	if (mock->attach == ATTACHES_AND_FAILS && !err) {
		binding->absent = true;
		ex_module_free(side);
		err = -ENODEV;
	}
	callback_ends(binding, CLIENT, "attach_provider");
	write_plain(&binding->alone[CLIENT]);
	write_plain(&binding->alone[PROVIDER]);
	look(&mock->going);
	binding->going_before_attached[CLIENT] = mock->initiated;
	look(&peer->going);
	binding->going_before_attached[PROVIDER] = peer->initiated;
	binding->declined = !binding->attached;
	binding->attaching = false;
	if (binding->attached && !binding->absent)
		set(&binding->is_attached);
	return err;
}

/* Detach and cleanup. */

static bool is_going(struct mock *mock)
{
	look(&mock->going);
	return mock->deregisters || mock->abandoned;
}

static int detach(void *context, enum side side)
{
	struct mock_side *mine = context;
	struct binding *binding;
	enum side other = !side;
	struct mock *mock;
	int result = 0;

	ex_access(mine, sizeof(*mine), EX_READ, HERE);
	binding = mine->binding;
	mock = binding->mock[side];
	if (mine->side != side)
		ex_fail("detach with the context of the other side");
	if (!binding->attached || binding->attaching)
		ex_fail("%s: detach of what is not attached", mock->name);
	if (side == CLIENT && binding->absent)
		ex_fail("%s: detach of a client that failed", mock->name);
	if (binding->detach_called[side])
		ex_fail("%s: detach a second time", mock->name);
	binding->detach_called[side] = true;
	write_plain(&binding->alone[side]);
	if (!binding->detach_called[other] && !binding->absent && !is_going(mock))
		ex_fail("%s: detach before that of the side that deregisters", mock->name);
	if ((binding->going_before_attached[CLIENT] ||
	     binding->going_before_attached[PROVIDER]) &&
	    binding->attached_by != world.current->id)
		ex_fail("%s: detach not by the thread that attached (4.2)", mock->name);
	callback(binding, side, "detach");
	if (mock->in_detach)
		mock->in_detach(binding);
	switch (mock->detach) {
	case DETACHES:
		binding->done[side] = true;
		break;
	case SAYS_INSIDE:
		mock_complete(binding, side);
		result = -EINPROGRESS;
		break;
	case PENDS:
		result = -EINPROGRESS;
		break;
	case RUNS_DOWN:
		result = nmr_rundown_detach(&mine->rundown);
		if (result != -EINPROGRESS)
			ex_fail("%s: nmr_rundown_detach() returned %d", mock->name, result);
		break;
	case CLOSES_GATE:
		result = nmr_gate_detach(&mine->gate);
		if (result != -EINPROGRESS)
			ex_fail("%s: nmr_gate_detach() returned %d", mock->name, result);
		break;
	case IGNORES_RUNDOWN:
		nmr_rundown_detach(&mine->rundown);
		binding->done[side] = true;
		break;
	}
	callback_ends(binding, side, "detach");
	ex_access(mine, sizeof(*mine), EX_READ, HERE);
	binding->pending[side] = result;
	write_plain(&binding->alone[side]);
	return result;
}

static int detach_client(void *context)
{
	return detach(context, PROVIDER);
}

static int detach_provider(void *context)
{
	return detach(context, CLIENT);
}

static void cleanup(void *context, enum side side)
{
	struct mock_side *mine = context;
	struct binding *binding;
	struct mock *mock;
	enum side s;

	ex_access(mine, sizeof(*mine), EX_READ, HERE);
	binding = mine->binding;
	mock = binding->mock[side];
	if (mine->side != side)
		ex_fail("cleanup with the context of the other side");
	write_plain(&binding->alone[CLIENT]);
	write_plain(&binding->alone[PROVIDER]);
	callback(binding, side, "cleanup");
	if (binding->cleaned[side])
		ex_fail("%s: cleanup a second time", mock->name);
	if (side == PROVIDER && !binding->absent && !binding->cleaned[CLIENT])
		ex_fail("%s: cleanup before the client's", mock->name);
	for (s = 0; s < SIDES; s++) {
		if (s == CLIENT && binding->absent)
			continue;
		if (!binding->detach_called[s])
			ex_fail("%s: cleanup before the detach of %s", mock->name,
				binding->mock[s]->name);
		if (!binding->done[s] && !binding->says[s] && !is_guarded(binding->mock[s]))
			ex_fail("%s: cleanup while %s is pending", mock->name,
				binding->mock[s]->name);
	}
	binding->cleaned[side] = true;
	if (mock->in_cleanup)
		mock->in_cleanup(binding);
	if (is_guarded(mock)) {
		/* Callers look it up under RCU. */
		ex_operation(&binding->side[side], 8, EX_WRITE, "hides its side", HERE);
		binding->side[side] = NULL;
		if (has_rundown(mock))
			nmr_rundown_destroy(&mine->rundown);
		ex_kfree_rcu(mine);
	} else {
		ex_module_free(mine);
	}
	callback_ends(binding, side, "cleanup");
	write_plain(&binding->alone[CLIENT]);
	write_plain(&binding->alone[PROVIDER]);
}

static void cleanup_provider(void *context)
{
	cleanup(context, PROVIDER);
}

static void cleanup_client(void *context)
{
	cleanup(context, CLIENT);
}

/* The calls. */

static const guid_t the_npi = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } };

static void set_instance(struct npi_registration_instance *instance, struct mock *mock)
{
	*instance = (struct npi_registration_instance) {
		.version = 1, .npi_id = &mock->context->npi, .number = mock->number,
	};
}

static void new_life(struct mock *mock)
{
	struct nmr_provider_characteristics *provider;
	struct nmr_client_characteristics *client;

	if (!mock->number) {
		if (mock_count == MOCKS)
			ex_fail("more than %d mocks", MOCKS);
		mock->number = mock_count++;
		mocks[mock->number] = mock;
	}
	mock->life++;
	mock->handle = 0;
	mock->registered = false;
	mock->waited = false;
	mock->abandoned = false;
	mock->deregisters = 0;
	mock->initiated = 0;
	mock->context = ex_module_alloc(sizeof(*mock->context));
	mock->context->mock = mock;
	mock->context->key = ex_module_alloc(sizeof(*mock->context->key));
	mock->context->npi = the_npi;
	if (mock->side == PROVIDER) {
		provider = ex_module_alloc(sizeof(*provider));
		*provider = (struct nmr_provider_characteristics) {
			.attach_client = attach_client,
			.detach_client = detach_client,
			.cleanup_binding_context = cleanup_provider,
		};
		set_instance(&provider->instance, mock);
		mock->characteristics = provider;
	} else {
		client = ex_module_alloc(sizeof(*client));
		*client = (struct nmr_client_characteristics) {
			.attach_provider = attach_provider,
			.detach_provider = detach_provider,
			.cleanup_binding_context = cleanup_client,
		};
		set_instance(&client->instance, mock);
		mock->characteristics = client;
	}
}

static void end_of_life(struct mock *mock)
{
	ex_module_free(mock->characteristics);
	ex_kfree_rcu(mock->context->key);
	ex_module_free(mock->context);
	mock->characteristics = NULL;
	mock->context = NULL;
}

int mock_register(struct mock *mock)
{
	struct module *module = mock->module ? *mock->module : NULL;
	unsigned int i;
	int err;

	new_life(mock);
	ex_note_event("register %s", mock->name);
	if (mock->side == PROVIDER)
		err = __nmr_register_provider(mock->characteristics, mock->context,
					      (struct nmr_provider **)&mock->handle,
					      module, mock->context->key, mock->name, NULL);
	else
		err = __nmr_register_client(mock->characteristics, mock->context,
					    (struct nmr_client **)&mock->handle,
					    module, mock->context->key, mock->name, NULL);
	ex_note_event("register %s: %d", mock->name, err);
	if (!err) {
		mock->registered = true;
		return 0;
	}
	if (err != -ENOMEM && err != -ESHUTDOWN)
		ex_fail("register of %s returned %d", mock->name, err);
	if (mock->handle)
		ex_fail("a handle is stored where register fails");
	for (i = 1; i < binding_count; i++)
		if (bindings[i].mock[mock->side] == mock &&
		    bindings[i].life[mock->side] == mock->life)
			ex_fail("a callback of %s, whose register fails", mock->name);
	end_of_life(mock);
	return err;
}

void mock_register_ok(struct mock *mock)
{
	int err = mock_register(mock);

	if (err)
		ex_fail("register of %s returned %d", mock->name, err);
}

static void *handle_of(struct mock *mock)
{
	ex_operation(&mock->handle, 8, EX_READ | EX_ACQUIRE, "the handle", HERE);
	return (void *)mock->handle;
}

static int deregister(struct mock *mock, bool atomic)
{
	void *handle = handle_of(mock);
	unsigned int life = mock->life;
	int result;

	if (handle) {
		mock->deregisters++;
		set(&mock->going);
	}
	ex_note_event("deregister %s", mock->name);
	if (mock->side == PROVIDER)
		result = atomic ? nmr_deregister_provider_atomic(handle) :
			 nmr_deregister_provider(handle);
	else
		result = atomic ? nmr_deregister_client_atomic(handle) :
			 nmr_deregister_client(handle);
	ex_note_event("deregister %s: %d", mock->name, result);
	if (!handle) {
		if (result != -EINVAL)
			ex_fail("deregister of nothing returned %d", result);
		return result;
	}
	if (result != -EINPROGRESS && result != -EINVAL)
		ex_fail("deregister of %s returned %d", mock->name, result);
	if (mock->life != life)
		return result;
	if (result == -EINPROGRESS) {
		if (++mock->initiated > 1)
			ex_fail("%s is deregistered a second time", mock->name);
	} else if (mock->deregisters < 2 && !mock->abandoned && !mock->waited) {
		ex_fail("the first deregister of %s is refused", mock->name);
	}
	set(&mock->going);
	return result;
}

int mock_deregister(struct mock *mock)
{
	return deregister(mock, false);
}

int mock_deregister_atomic(struct mock *mock)
{
	return deregister(mock, true);
}

static bool concerns(const struct binding *binding, const struct mock *mock)
{
	return binding->mock[mock->side] == mock && binding->life[mock->side] == mock->life;
}

static void is_over(struct mock *mock)
{
	unsigned int i;

	for (i = 1; i < binding_count; i++) {
		struct binding *binding = &bindings[i];

		if (!concerns(binding, mock))
			continue;
		if (binding->attaching)
			ex_fail("wait for %s returned in an attach", mock->name);
		if (binding->attached && (!binding->cleaned[PROVIDER] ||
					  (!binding->cleaned[CLIENT] && !binding->absent)))
			ex_fail("wait for %s returned before cleanup", mock->name);
	}
}

int mock_wait(struct mock *mock)
{
	void *handle = handle_of(mock);
	unsigned int life = mock->life;
	bool waited = mock->waited;
	int result;

	ex_note_event("wait for %s", mock->name);
	if (mock->side == PROVIDER)
		result = nmr_wait_for_provider_deregister_complete(handle);
	else
		result = nmr_wait_for_client_deregister_complete(handle);
	ex_note_event("wait for %s: %d", mock->name, result);
	if (!handle) {
		if (result != -EINVAL)
			ex_fail("wait for nothing returned %d", result);
		return result;
	}
	if (result != 0 && result != -EINVAL && result != -EDEADLK)
		ex_fail("wait for %s returned %d", mock->name, result);
	if (mock->life != life)
		return result;
	if (!result && waited)
		ex_fail("wait for %s returned 0 with an old handle", mock->name);
	if (!result && !mock->deregisters && !mock->abandoned)
		ex_fail("wait for %s, which is not deregistered, returned 0", mock->name);
	if (!result && !mock->waited) {
		mock->waited = true;
		is_over(mock);
		end_of_life(mock);
		set(&mock->going);
	}
	return result;
}

void mock_wait_ok(struct mock *mock)
{
	int result = mock_wait(mock);

	if (result)
		ex_fail("wait for %s returned %d", mock->name, result);
}

void mock_unregister(struct mock *mock)
{
	int result = mock_deregister(mock);

	if (result != -EINPROGRESS)
		ex_fail("deregister of %s returned %d", mock->name, result);
	mock_wait_ok(mock);
}

int mock_complete(struct binding *binding, enum side side)
{
	unsigned int before;
	void *handle;
	int result;

	if (!binding)
		return 0;
	before = binding->says[side]++;
	handle = (void *)binding->handle;
	ex_note_event("%s says complete", side_names[side]);
	if (side == PROVIDER)
		result = nmr_provider_detach_client_complete(handle);
	else
		result = nmr_client_detach_provider_complete(handle);
	ex_note_event("%s says complete: %d", side_names[side], result);
	if (!result && ++binding->said[side] > 1)
		ex_fail("complete counts twice");
	if (!result && side == CLIENT && binding->absent)
		ex_fail("complete counts for a client that failed");
	if (result && result != -EALREADY && result != -EINVAL)
		ex_fail("complete returned %d", result);
	if (result && !before && binding->attached && !binding->done[side] &&
	    !(side == CLIENT && binding->absent) && binding->says[side] == 1 &&
	    !is_guarded(binding->mock[side]))
		ex_fail("the first complete returned %d", result);
	return result;
}

struct binding *mock_binding(struct mock *first, struct mock *second)
{
	unsigned int i;

	for (i = binding_count; i-- > 1;)
		if (concerns(&bindings[i], first) && concerns(&bindings[i], second))
			return &bindings[i];
	return NULL;
}

struct pair {
	struct mock *first, *second;
};

/* One of the two has waited, so no binding will come any more. */
static bool is_gone(struct pair *pair)
{
	return pair->first->waited || pair->second->waited;
}

static bool is_pending(void *of)
{
	struct pair *pair = of;
	struct binding *binding = mock_binding(pair->first, pair->second);

	return is_gone(pair) || (binding && binding->detach_called[pair->first->side]);
}

/* Returns the binding that was waited for, or NULL if there will be none. */
static struct binding *awaited(struct mock *mock, struct mock *peer)
{
	struct binding *binding;

	look(&mock->going);
	look(&peer->going);
	binding = mock_binding(mock, peer);
	if (binding)
		ex_operation(&binding->is_attached, 8, EX_READ | EX_ACQUIRE, "order", HERE);
	return binding && binding->attached ? binding : NULL;
}

/* Waits until the detach callback of @mock has been called; it may still run. */
struct binding *mock_await_pending(struct mock *mock, struct mock *peer)
{
	struct pair pair = { mock, peer };

	ex_wait(is_pending, &pair, true, "awaits detach", HERE);
	return awaited(mock, peer);
}

static bool is_attached(void *of)
{
	struct pair *pair = of;
	struct binding *binding = mock_binding(pair->first, pair->second);

	return is_gone(pair) || (binding && binding->attached && !binding->attaching);
}

struct binding *mock_await_attached(struct mock *mock, struct mock *peer)
{
	struct pair pair = { mock, peer };

	ex_wait(is_attached, &pair, true, "awaits attach", HERE);
	return awaited(mock, peer);
}

/* Begins a call. Returns the argument of mock_exit(), or NULL if no call may begin. */
void *mock_enter(struct binding *binding, enum side side)
{
	struct mock_side *mine;

	rcu_read_lock();
	ex_operation(&binding->side[side], 8, EX_READ | EX_ACQUIRE, "finds its side", HERE);
	mine = binding->side[side];
	if (mine && !(has_rundown(binding->mock[side]) ? nmr_rundown_enter(&mine->rundown) :
							   nmr_gate_enter(&mine->gate)))
		mine = NULL;
	rcu_read_unlock();
	return mine;
}

void mock_exit(void *entered)
{
	struct mock_side *mine = entered;

	if (has_rundown(mine->binding->mock[mine->side]))
		nmr_rundown_exit(&mine->rundown);
	else
		nmr_gate_exit(&mine->gate);
}

unsigned int mock_bindings(struct mock *first, struct mock *second)
{
	unsigned int i, count = 0;

	for (i = 1; i < binding_count; i++)
		count += concerns(&bindings[i], first) && concerns(&bindings[i], second) &&
			 bindings[i].attached;
	return count;
}

/* Modules that can be unloaded. */

static SHARED struct module **modules[4] = { (void *)1 };
static SHARED unsigned int module_count = 1;

void mock_module(struct module **module, const char *name)
{
	modules[module_count++] = module;
	*module = ex_module_alloc(sizeof(**module));
	snprintf((*module)->name, sizeof((*module)->name), "%s", name);
}

void mock_module_exits(struct module **module, void (*exit)(void))
{
	unsigned int i;

	ex_module_is_going(*module);
	if (exit)
		exit();

	for (i = 1; i < mock_count; i++)
		if (mocks[i]->module == module) {
			mocks[i]->abandoned = true;
			set(&mocks[i]->going);
		}
	ex_module_goes(*module);
	/* The memory of the module is freed with it. */
	for (i = 1; i < mock_count; i++)
		if (mocks[i]->module == module && mocks[i]->context) {
			is_over(mocks[i]);
			mocks[i]->waited = true;
			end_of_life(mocks[i]);
		}
	ex_module_free(*module);
	*module = NULL;
}

void mock_module_goes(struct module **module)
{
	mock_module_exits(module, NULL);
}

/* The beginning and the end. */

void oracle_begin(void)
{
}

static void pair_is_bound(struct mock *provider, struct mock *client)
{
	struct binding *binding = mock_binding(provider, client);

	if (!binding)
		ex_fail("no binding of %s and %s", provider->name, client->name);
	if (binding->attached && !binding->absent && binding->detach_called[PROVIDER])
		ex_fail("%s and %s are detached, and neither deregistered", provider->name,
			client->name);
}

static bool stays(struct mock *mock)
{
	return mock->registered && !mock->initiated && !mock->abandoned;
}

/* All threads have ended: each pair is bound, or waits only for an owed detach complete. */
void oracle_quiet(void)
{
	unsigned int i, j;
	enum side side;

	for (i = 1; i < mock_count; i++)
		for (j = 1; j < mock_count; j++)
			if (stays(mocks[i]) && stays(mocks[j]) &&
			    mocks[i]->side == PROVIDER && mocks[j]->side == CLIENT)
				pair_is_bound(mocks[i], mocks[j]);
	for (i = 1; i < binding_count; i++) {
		struct binding *binding = &bindings[i];
		bool owed = false, going = false;

		for (side = 0; side < SIDES; side++) {
			struct mock *mock = binding->mock[side];

			going |= binding->life[side] != mock->life || mock->initiated ||
				 mock->abandoned;
			owed |= binding->pending[side] && !binding->said[side] &&
				!is_guarded(mock);
		}
		if (binding->attached && going && !owed && !binding->cleaned[PROVIDER])
			ex_fail("%s and %s are stranded", binding->mock[PROVIDER]->name,
				binding->mock[CLIENT]->name);
	}
}

static void complete_what_is_owed(void)
{
	unsigned int i;
	enum side side;

	for (i = 1; i < binding_count; i++)
		for (side = 0; side < SIDES; side++)
			if (bindings[i].pending[side] && !bindings[i].said[side] &&
			    !bindings[i].cleaned[PROVIDER] &&
			    bindings[i].mock[side]->detach == PENDS)
				mock_complete(&bindings[i], side);
}

void oracle_take_down(void)
{
	unsigned int i;

	for (i = 1; i < mock_count; i++)
		if (mocks[i]->registered && !mocks[i]->waited && !mocks[i]->initiated)
			mock_deregister(mocks[i]);
	complete_what_is_owed();
	for (i = 1; i < mock_count; i++)
		if (mocks[i]->registered && !mocks[i]->waited)
			mock_wait_ok(mocks[i]);
}

void oracle_end(void)
{
	struct binding *binding;
	unsigned int i;

	for (i = 1; i < binding_count; i++) {
		binding = &bindings[i];
		if (binding->attached && !binding->cleaned[PROVIDER])
			ex_fail("no cleanup of %s", binding->mock[PROVIDER]->name);
		if (binding->attached && !binding->absent && !binding->cleaned[CLIENT])
			ex_fail("no cleanup of %s", binding->mock[CLIENT]->name);
	}
	for (i = 1; i < module_count; i++)
		ex_module_free(*modules[i]);
}
