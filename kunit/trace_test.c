// SPDX-License-Identifier: GPL-2.0
/* Each step fires its tracepoint: Documentation/trace.rst, "Tracepoints". */
#include "nmr_test.h"

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/tracepoint.h>
#include <trace/events/nmr.h>

#include "../nmr_core/owner.h"

KUNIT_ARRAY_PARAM(nmr_side, nmr_test_sides, nmr_test_side_desc);

#define NMR_FIRED_SIZE 64

/* A tracepoint that fired; side is -1 for those of registrations. */
struct nmr_fired {
	const char *name;
	int side;
	int result;
};

/* Written under the lock, by any thread of a case, in any context. */
static struct nmr_fired fired[NMR_FIRED_SIZE];
static int fired_count;
static DEFINE_RAW_SPINLOCK(fired_lock);

static void note_fired(const char *name, int side, int result)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fired_lock, flags);
	if (fired_count < NMR_FIRED_SIZE)
		fired[fired_count++] = (struct nmr_fired){ name, side, result };
	raw_spin_unlock_irqrestore(&fired_lock, flags);
}

static void probe_registration(void *name, const struct nmr_registration *registration,
			       int result)
{
	note_fired(name, -1, result);
}

static void probe_binding(void *name, const struct nmr_binding_object *binding, int side,
			  int result)
{
	note_fired(name, side, result);
}

#define NMR_TRACE(which) { #which, register_trace_nmr_##which, unregister_trace_nmr_##which }

static const struct {
	const char *name;
	int (*start)(typeof(probe_registration) *probe, void *name);
	int (*stop)(typeof(probe_registration) *probe, void *name);
} of_registrations[] = {
	NMR_TRACE(register),
	NMR_TRACE(deregister),
	NMR_TRACE(deregistered),
	NMR_TRACE(wait),
};

static const struct {
	const char *name;
	int (*start)(typeof(probe_binding) *probe, void *name);
	int (*stop)(typeof(probe_binding) *probe, void *name);
} of_bindings[] = {
	NMR_TRACE(attach_called),
	NMR_TRACE(attach_returned),
	NMR_TRACE(attached),
	NMR_TRACE(declined),
	NMR_TRACE(detach_called),
	NMR_TRACE(detach_returned),
	NMR_TRACE(detach_complete),
	NMR_TRACE(rundown_detach),
	NMR_TRACE(rundown_drained),
	NMR_TRACE(cleanup_called),
	NMR_TRACE(cleanup_returned),
	NMR_TRACE(unbound),
};

static int start_probes(void)
{
	int i, err = 0;

	for (i = 0; !err && i < ARRAY_SIZE(of_registrations); i++)
		err = of_registrations[i].start(probe_registration,
						(void *)of_registrations[i].name);
	for (i = 0; !err && i < ARRAY_SIZE(of_bindings); i++)
		err = of_bindings[i].start(probe_binding, (void *)of_bindings[i].name);
	return err;
}

static void stop_probes(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(of_registrations); i++)
		of_registrations[i].stop(probe_registration,
					 (void *)of_registrations[i].name);
	for (i = 0; i < ARRAY_SIZE(of_bindings); i++)
		of_bindings[i].stop(probe_binding, (void *)of_bindings[i].name);
	tracepoint_synchronize_unregister();
}

static int trace_test_init(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_TRACEPOINTS))
		kunit_skip(test, "needs CONFIG_TRACEPOINTS");
	fired_count = 0;
	return start_probes() ?: nmr_test_init(test);
}

static void trace_test_exit(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_TRACEPOINTS))
		return;
	nmr_test_exit(test);
	stop_probes();
}

/* Expect these in this order, with any others in between. */
static void expect_fired(struct kunit *test, const struct nmr_fired *expected)
{
	unsigned long flags;
	int i, count;

	raw_spin_lock_irqsave(&fired_lock, flags);
	count = fired_count;
	raw_spin_unlock_irqrestore(&fired_lock, flags);

	for (i = 0; i < count && expected->name; i++)
		if (!strcmp(fired[i].name, expected->name) &&
		    fired[i].side == expected->side && fired[i].result == expected->result)
			expected++;
	if (!expected->name)
		return;
	KUNIT_FAIL(test, "missing here: %s, side %d, result %d; recorded",
		   expected->name, expected->side, expected->result);
	for (i = 0; i < count; i++)
		kunit_err(test, "%3d %s, side %d, result %d", i, fired[i].name,
			  fired[i].side, fired[i].result);
}

#define nmr_expect_fired(test, ...)					\
	expect_fired(test, (const struct nmr_fired[]){ __VA_ARGS__, {} })

static void steps_of_a_binding_fire(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");

	self->detach_result = -EINPROGRESS;
	nmr_mock_bind(self, peer);
	nmr_mock_deregister_ok(self);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(self), 0);
	nmr_mock_wait_ok(self);

	nmr_expect_fired(test,
			 { "register", -1, 0 }, { "register", -1, 0 },
			 { "attach_called", NMR_CLIENT, 0 },
			 { "attach_called", NMR_PROVIDER, 0 },
			 { "attach_returned", NMR_PROVIDER, 0 },
			 { "attach_returned", NMR_CLIENT, 0 },
			 { "attached", NMR_CLIENT, 0 },
			 { "deregister", -1, -EINPROGRESS },
			 { "detach_called", self->side, 0 },
			 { "detach_returned", self->side, -EINPROGRESS },
			 { "detach_called", peer->side, 0 },
			 { "detach_returned", peer->side, 0 },
			 { "cleanup_called", NMR_CLIENT, 0 },
			 { "cleanup_returned", NMR_CLIENT, 0 },
			 { "cleanup_called", NMR_PROVIDER, 0 },
			 { "cleanup_returned", NMR_PROVIDER, 0 },
			 { "unbound", NMR_CLIENT, 0 },
			 { "deregistered", -1, 0 }, { "wait", -1, 0 });
	/* Unordered with the steps of the thread that it wakes. */
	nmr_expect_fired(test, { "detach_returned", self->side, -EINPROGRESS },
			 { "detach_complete", self->side, 0 });
}

static void steps_of_a_declined_binding_fire(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");

	self->refuse = -ENODEV;
	nmr_mock_register_ok(self);
	nmr_mock_register_ok(peer);

	nmr_expect_fired(test, { "attach_called", self->side, 0 },
			 { "attach_returned", self->side, -ENODEV },
			 { "declined", NMR_CLIENT, -ENODEV });
}

static void steps_of_a_rundown_fire(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");

	self->use_rundown = true;
	nmr_mock_bind(self, peer);
	KUNIT_ASSERT_TRUE(test, nmr_rundown_enter(&self->context->rundown));
	nmr_mock_deregister_ok(self);
	nmr_rundown_exit(&self->context->rundown);
	nmr_mock_wait_ok(self);

	nmr_expect_fired(test, { "detach_called", self->side, 0 },
			 { "rundown_detach", self->side, -EINPROGRESS },
			 { "rundown_drained", self->side, 0 },
			 { "detach_complete", self->side, 0 });
}

static void refused_deregister_and_wait_fire(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");

	nmr_expect_log(test, 2, "nmr_test_");
	nmr_mock_register_ok(self);
	KUNIT_EXPECT_EQ(test, nmr_test_wait(self->side, self->handle), -EINVAL);
	nmr_mock_deregister_ok(self);
	KUNIT_EXPECT_EQ(test, nmr_test_deregister(self->side, self->handle), -EINVAL);
	nmr_mock_wait_ok(self);

	nmr_expect_fired(test, { "register", -1, 0 }, { "wait", -1, -EINVAL },
			 { "deregister", -1, -EINPROGRESS }, { "deregistered", -1, 0 },
			 { "deregister", -1, -EINVAL }, { "wait", -1, 0 });
}

#ifdef CONFIG_MODULES
static void register_that_fails_fires(struct kunit *test)
{
	static struct module going = { .name = "nmr_going" };
	struct nmr_mock *there = nmr_mock_here(test, "there");
	struct nmr_mock *late = nmr_mock_here(test, "late");

	nmr_expect_log(test, 1, "cannot register while it is being unloaded");
	WRITE_ONCE(going.state, MODULE_STATE_LIVE);
	there->owner = &going;
	late->owner = &going;
	nmr_mock_register_ok(there);
	WRITE_ONCE(going.state, MODULE_STATE_GOING);
	KUNIT_EXPECT_EQ(test, nmr_mock_register(late), -ESHUTDOWN);
	nmr_mock_unregister_ok(there);
	nmr_owner_unload(&going);

	nmr_expect_fired(test, { "register", -1, 0 }, { "register", -1, -ESHUTDOWN },
			 { "wait", -1, 0 });
}

static void steps_of_an_abandoned_registration_fire(struct kunit *test)
{
	static struct module going = { .name = "nmr_going" };
	struct nmr_mock *abandoned = nmr_mock_here(test, "abandoned");

	nmr_expect_log(test, 2, "nmr_going");
	WRITE_ONCE(going.state, MODULE_STATE_LIVE);
	abandoned->owner = &going;
	nmr_mock_register_ok(abandoned);
	WRITE_ONCE(going.state, MODULE_STATE_GOING);
	nmr_owner_unload(&going);
	abandoned->registered = false;

	nmr_expect_fired(test, { "register", -1, 0 }, { "deregister", -1, -EINPROGRESS },
			 { "deregistered", -1, 0 }, { "wait", -1, 0 });
}
#else
static void steps_of_an_abandoned_registration_fire(struct kunit *test)
{
	kunit_skip(test, "needs CONFIG_MODULES");
}

static void register_that_fails_fires(struct kunit *test)
{
	kunit_skip(test, "needs CONFIG_MODULES");
}
#endif

static void steps_of_a_rundown_without_calls_fire(struct kunit *test)
{
	struct nmr_mock *self = nmr_mock_here(test, "self");
	struct nmr_mock *peer = nmr_mock_there(test, "peer");

	self->use_rundown = true;
	nmr_mock_bind(self, peer);
	nmr_mock_unregister_ok(peer);

	nmr_expect_fired(test, { "detach_called", self->side, 0 },
			 { "rundown_detach", self->side, -EINPROGRESS },
			 { "rundown_drained", self->side, 0 },
			 { "detach_complete", self->side, 0 });
}

static void steps_of_a_client_that_fails_fire(struct kunit *test)
{
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");

	nmr_expect_log(test, 1, "attach_provider returned -5 after attaching");
	client->regret = -EIO;
	nmr_mock_register_ok(client);
	nmr_mock_register_ok(provider);

	nmr_expect_fired(test, { "attach_returned", NMR_PROVIDER, 0 },
			 { "attach_returned", NMR_CLIENT, -EIO },
			 { "detach_called", NMR_PROVIDER, 0 },
			 { "detach_returned", NMR_PROVIDER, 0 },
			 { "cleanup_called", NMR_PROVIDER, 0 },
			 { "cleanup_returned", NMR_PROVIDER, 0 },
			 { "unbound", NMR_CLIENT, 0 });
}

static struct kunit_case trace_cases[] = {
	KUNIT_CASE_PARAM(steps_of_a_binding_fire, nmr_side_gen_params),
	KUNIT_CASE_PARAM(steps_of_a_declined_binding_fire, nmr_side_gen_params),
	KUNIT_CASE_PARAM(steps_of_a_rundown_fire, nmr_side_gen_params),
	KUNIT_CASE_PARAM(refused_deregister_and_wait_fire, nmr_side_gen_params),
	KUNIT_CASE_PARAM(register_that_fails_fires, nmr_side_gen_params),
	KUNIT_CASE_PARAM(steps_of_an_abandoned_registration_fire, nmr_side_gen_params),
	KUNIT_CASE_PARAM(steps_of_a_rundown_without_calls_fire, nmr_side_gen_params),
	KUNIT_CASE(steps_of_a_client_that_fails_fire),
	{}
};

static struct kunit_suite trace_suite = {
	.name = "nmr_trace",
	.init = trace_test_init,
	.exit = trace_test_exit,
	.test_cases = trace_cases,
};

kunit_test_suite(trace_suite);
