// SPDX-License-Identifier: GPL-2.0
#include "nmr_test.h"

#include <linux/console.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kmsg_dump.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "../nmr_core/misuse.h"

/* Seconds until a wait fails; generous, for slow machines. */
#define NMR_BOUND 20

#define NMR_LOG_SIZE 512

/* What the next thread that reaches a race point is to do. */
struct nmr_hold {
	bool armed;
	struct nmr_test_gate gate;
	void (*action)(struct nmr_mock *mock);
	struct nmr_mock *mock;
};

/* The state of a case. */
struct nmr_case {
	struct kunit *test;
	/* Guards the lists and the events, in any context. Nothing nests in it. */
	raw_spinlock_t lock;
	struct list_head mocks;
	struct list_head contexts;
	struct list_head threads;
	struct nmr_event events[NMR_LOG_SIZE];
	int event_count;
	struct nmr_hold hold[NMR_RACE_POINTS];
	/* The lines that the registrar is expected to log, and their text. */
	int log_count;
	int log_found;
	char log_other[128];
	const char *log_text;
	bool warns;
	int loglevel;
	struct kmsg_dump_iter log;
	/* A thread did not end: leak all this, it may still use it. */
	bool stuck;
};

static struct nmr_case *nmr_current_case;

static struct nmr_case *nmr_case(struct kunit *test)
{
	return test->priv;
}

unsigned long nmr_test_bound(void)
{
	return jiffies + NMR_BOUND * HZ;
}

void __nmr_await(struct kunit *test, struct completion *completion, const char *what)
{
	if (!wait_for_completion_timeout(completion, NMR_BOUND * HZ))
		KUNIT_ASSERT_TRUE_MSG(test, false, "timed out waiting for: %s", what);
}

/* Gates. */

static void nmr_test_gate_init(struct nmr_test_gate *gate)
{
	gate->closed = false;
	init_completion(&gate->reached);
	init_completion(&gate->opened);
}

void nmr_test_close(struct nmr_test_gate *gate)
{
	WRITE_ONCE(gate->closed, true);
}

void nmr_test_open(struct nmr_test_gate *gate)
{
	WRITE_ONCE(gate->closed, false);
	complete_all(&gate->opened);
}

static bool nmr_may_sleep(void)
{
	return !preempt_count() && !irqs_disabled() && !rcu_preempt_depth();
}

static void nmr_pass(struct kunit *test, struct nmr_test_gate *gate)
{
	unsigned long end = nmr_test_bound();

	if (!READ_ONCE(gate->closed))
		return;
	complete(&gate->reached);
	if (nmr_may_sleep()) {
		wait_for_completion_timeout(&gate->opened, NMR_BOUND * HZ);
	} else {
		while (!completion_done(&gate->opened) && time_before(jiffies, end))
			cpu_relax();
	}
	KUNIT_EXPECT_TRUE_MSG(test, completion_done(&gate->opened),
			      "timed out at a gate that was not opened");
}

/* The events of a case. */

static const char *const nmr_event_names[] = {
	[NMR_EV_ATTACH] = "attach",
	[NMR_EV_ATTACHED] = "attached",
	[NMR_EV_DECLINED] = "declined",
	[NMR_EV_DETACH] = "detach",
	[NMR_EV_DETACHED] = "detached",
	[NMR_EV_CLEANUP] = "cleanup",
	[NMR_EV_CLEANED] = "cleaned",
	[NMR_EV_REGISTERED] = "registered",
	[NMR_EV_DEREGISTER] = "deregister",
	[NMR_EV_DEREGISTERED] = "deregistered",
	[NMR_EV_COMPLETE] = "complete",
	[NMR_EV_WAITED] = "waited",
	[NMR_EV_RELEASED] = "released",
	[NMR_EV_HELD] = "held",
	[NMR_EV_RESUMED] = "resumed",
};

void nmr_test_note(struct kunit *test, enum nmr_event_type type, const struct nmr_mock *mock)
{
	struct nmr_case *c = nmr_case(test);
	unsigned long flags;

	raw_spin_lock_irqsave(&c->lock, flags);
	if (c->event_count < NMR_LOG_SIZE)
		c->events[c->event_count++] = (struct nmr_event){ type, mock };
	raw_spin_unlock_irqrestore(&c->lock, flags);
}

int nmr_test_count(struct kunit *test, enum nmr_event_type type, const struct nmr_mock *mock)
{
	struct nmr_case *c = nmr_case(test);
	unsigned long flags;
	int i, count = 0;

	raw_spin_lock_irqsave(&c->lock, flags);
	for (i = 0; i < c->event_count; i++)
		if (c->events[i].type == type && c->events[i].mock == mock)
			count++;
	raw_spin_unlock_irqrestore(&c->lock, flags);
	return count;
}

static const char *nmr_mock_name(const struct nmr_mock *mock)
{
	return mock ? mock->name : "thread";
}

static void nmr_show_events(struct nmr_case *c, int count)
{
	int i;

	for (i = 0; i < count; i++)
		kunit_err(c->test, "%3d %s %s", i, nmr_mock_name(c->events[i].mock),
			  nmr_event_names[c->events[i].type]);
}

void __nmr_expect_order(struct kunit *test, const struct nmr_event *events)
{
	struct nmr_case *c = nmr_case(test);
	unsigned long flags;
	int i, count;

	raw_spin_lock_irqsave(&c->lock, flags);
	count = c->event_count;
	raw_spin_unlock_irqrestore(&c->lock, flags);

	for (i = 0; i < count && events->type; i++)
		if (c->events[i].type == events->type && c->events[i].mock == events->mock)
			events++;
	if (!events->type)
		return;
	KUNIT_FAIL(test, "missing here: %s %s; recorded", nmr_mock_name(events->mock),
		   nmr_event_names[events->type]);
	nmr_show_events(c, count);
}

/* Mocks. */

static void nmr_enter(struct nmr_mock *mock, enum nmr_event_type type)
{
	nmr_test_note(mock->test, type, mock);
	KUNIT_EXPECT_TRUE_MSG(mock->test, nmr_may_sleep(),
			      "%s: %s callback in atomic context", mock->name,
			      nmr_event_names[type]);
}

/* Do not let fault injection fail a mock's own allocations. */
static void *nmr_zalloc(size_t size)
{
	void *memory;
#ifdef CONFIG_FAULT_INJECTION
	unsigned int fail_nth = current->fail_nth;

	current->fail_nth = 0;
#endif
	memory = kzalloc(size, GFP_KERNEL);
#ifdef CONFIG_FAULT_INJECTION
	current->fail_nth = fail_nth;
#endif
	return memory;
}

static struct nmr_context *nmr_new_context(struct nmr_mock *mock,
					   struct nmr_binding *binding)
{
	struct nmr_context *context = nmr_zalloc(sizeof(*context));
	struct nmr_case *c = nmr_case(mock->test);
	unsigned long flags;

	if (!context)
		return NULL;
	context->mock = mock;
	WRITE_ONCE(mock->context, context);
	context->binding = binding;
	raw_spin_lock_irqsave(&c->lock, flags);
	list_add(&context->list, &c->contexts);
	raw_spin_unlock_irqrestore(&c->lock, flags);
	return context;
}

static void nmr_enter_attach(struct nmr_mock *mock, struct nmr_binding *binding,
			     const struct npi_registration_instance *instance)
{
	nmr_enter(mock, NMR_EV_ATTACH);
	WRITE_ONCE(mock->binding, binding);
	WRITE_ONCE(mock->last_instance, instance);
	if (mock->in_attach)
		mock->in_attach(mock, binding);
	nmr_pass(mock->test, &mock->gate[NMR_IN_ATTACH]);
}

static int nmr_leave_attach(struct nmr_mock *mock, int result)
{
	nmr_pass(mock->test, &mock->gate[NMR_IN_ATTACHED]);
	if (!result && !mock->forget_attach)
		atomic_inc(&mock->attached);
	nmr_test_note(mock->test, result ? NMR_EV_DECLINED : NMR_EV_ATTACHED, mock);
	return result;
}

static int nmr_mock_attach_client(struct nmr_binding *binding, void *provider_context,
				  const struct npi_registration_instance *client_instance,
				  void *client_binding_context, const void *client_dispatch,
				  void **provider_binding_context,
				  const void **provider_dispatch)
{
	struct nmr_mock *mock = provider_context;
	struct nmr_context *context;

	nmr_enter_attach(mock, binding, client_instance);
	if (mock->refuse)
		return nmr_leave_attach(mock, mock->refuse);

	context = nmr_new_context(mock, binding);
	if (!context)
		return nmr_leave_attach(mock, -ENOMEM);
	if (mock->use_rundown && nmr_rundown_init_provider(&context->rundown, binding,
							   GFP_KERNEL))
		return nmr_leave_attach(mock, -ENOMEM);
	if (mock->use_gate)
		KUNIT_EXPECT_EQ(mock->test, nmr_gate_init_provider(&context->gate, binding), 0);
	context->peer = client_binding_context;
	context->peer_dispatch = client_dispatch;
	*provider_binding_context = context;
	*provider_dispatch = nmr_mock_dispatch(mock);
	return nmr_leave_attach(mock, mock->regret);
}

static int nmr_mock_attach_provider(struct nmr_binding *binding, void *client_context,
				    const struct npi_registration_instance *provider_instance)
{
	struct nmr_mock *mock = client_context;
	struct nmr_context *context;
	void *peer = NULL;
	int err;

	nmr_enter_attach(mock, binding, provider_instance);
	if (mock->refuse)
		return nmr_leave_attach(mock, mock->refuse);
	if (mock->forget_attach)
		return nmr_leave_attach(mock, 0);

	context = nmr_new_context(mock, binding);
	if (!context)
		return nmr_leave_attach(mock, -ENOMEM);
	if (mock->use_rundown && nmr_rundown_init_client(&context->rundown, binding,
							 GFP_KERNEL))
		return nmr_leave_attach(mock, -ENOMEM);
	if (mock->use_gate)
		KUNIT_EXPECT_EQ(mock->test, nmr_gate_init_client(&context->gate, binding), 0);
	err = nmr_client_attach_provider(binding, context, nmr_mock_dispatch(mock), &peer,
					 &context->peer_dispatch);
	if (mock->use_rundown && err)
		nmr_rundown_destroy(&context->rundown);
	context->peer = peer;
	return nmr_leave_attach(mock, err ?: mock->regret);
}

static int nmr_mock_detach(void *binding_context)
{
	struct nmr_context *context = binding_context;
	struct nmr_mock *mock = context->mock;
	struct kunit *test = mock->test;
	int err;

	nmr_enter(mock, NMR_EV_DETACH);
	KUNIT_EXPECT_EQ_MSG(test, atomic_inc_return(&context->detaches), 1,
			    "%s: a second detach", mock->name);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&context->cleanups), 0,
			    "%s: detach after cleanup", mock->name);
	atomic_inc(&mock->detached);
	if (mock->in_detach)
		mock->in_detach(context);
	nmr_pass(test, &mock->gate[NMR_IN_DETACH]);
	nmr_test_note(test, NMR_EV_DETACHED, mock);
	if (mock->use_gate)
		return nmr_gate_detach(&context->gate);
	if (!mock->use_rundown)
		return READ_ONCE(mock->detach_result);
	err = nmr_rundown_detach(&context->rundown);
	return mock->ignore_rundown ? 0 : err;
}

static void nmr_mock_cleanup(void *binding_context)
{
	struct nmr_context *context = binding_context;
	struct nmr_mock *mock = context->mock;
	struct kunit *test = mock->test;

	nmr_enter(mock, NMR_EV_CLEANUP);
	KUNIT_EXPECT_EQ_MSG(test, atomic_inc_return(&context->cleanups), 1,
			    "%s: a second cleanup", mock->name);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&context->detaches), 1,
			    "%s: cleanup before detach", mock->name);
	if (mock->in_cleanup)
		mock->in_cleanup(context);
	nmr_pass(test, &mock->gate[NMR_IN_CLEANUP]);
	if (mock->use_rundown)
		nmr_rundown_destroy(&context->rundown);
	atomic_inc(&mock->cleaned);
	nmr_test_note(test, NMR_EV_CLEANED, mock);
}

struct nmr_mock *nmr_mock_client(struct nmr_mock *first, struct nmr_mock *second)
{
	return first->side == NMR_CLIENT ? first : second;
}

struct nmr_mock *nmr_mock_provider(struct nmr_mock *first, struct nmr_mock *second)
{
	return first->side == NMR_PROVIDER ? first : second;
}

int nmr_mock_pairs(struct nmr_mock *first, struct nmr_mock *second)
{
	struct nmr_case *c = nmr_case(first->test);
	struct nmr_mock *client = nmr_mock_client(first, second);
	struct nmr_mock *provider = nmr_mock_provider(first, second);
	struct nmr_context *context;
	unsigned long flags;
	int count = 0;

	raw_spin_lock_irqsave(&c->lock, flags);
	list_for_each_entry(context, &c->contexts, list)
		if (context->mock == client && context->peer &&
		    context->peer->mock == provider)
			count++;
	raw_spin_unlock_irqrestore(&c->lock, flags);
	return count;
}

const enum nmr_side nmr_test_sides[NMR_SIDES] = { NMR_PROVIDER, NMR_CLIENT };

void nmr_test_side_desc(const enum nmr_side *side, char *desc)
{
	strscpy(desc, *side == NMR_PROVIDER ? "provider" : "client",
		KUNIT_PARAM_DESC_SIZE);
}

enum nmr_side nmr_test_side(struct kunit *test)
{
	return *(const enum nmr_side *)test->param_value;
}

static const struct npi_module_id nmr_mock_module_id = {
	.type = NPI_MODULE_ID_IF_LUID,
	.if_luid = 1,
};

struct nmr_mock *nmr_mock(struct kunit *test, enum nmr_side side, const char *name)
{
	struct nmr_mock *mock = kzalloc(sizeof(*mock), GFP_KERNEL);
	struct nmr_case *c = nmr_case(test);
	struct npi_registration_instance *instance;
	enum nmr_place place;
	unsigned long flags;

	KUNIT_ASSERT_NOT_NULL(test, mock);
	mock->test = test;
	mock->side = side;
	mock->name = name;
	mock->as_provider.attach_client = nmr_mock_attach_client;
	mock->as_provider.detach_client = nmr_mock_detach;
	mock->as_provider.cleanup_binding_context = nmr_mock_cleanup;
	mock->as_client.attach_provider = nmr_mock_attach_provider;
	mock->as_client.detach_provider = nmr_mock_detach;
	mock->as_client.cleanup_binding_context = nmr_mock_cleanup;
	for (place = 0; place < NMR_PLACES; place++)
		nmr_test_gate_init(&mock->gate[place]);
	instance = nmr_mock_instance(mock);
	instance->npi_id = &mock->npi_id;
	instance->module_id = &nmr_mock_module_id;
	nmr_mock_set_npi(mock, 0);

	raw_spin_lock_irqsave(&c->lock, flags);
	list_add_tail(&mock->list, &c->mocks);
	raw_spin_unlock_irqrestore(&c->lock, flags);
	return mock;
}

struct nmr_mock *nmr_mock_here(struct kunit *test, const char *name)
{
	return nmr_mock(test, nmr_test_side(test), name);
}

struct nmr_mock *nmr_mock_there(struct kunit *test, const char *name)
{
	return nmr_mock(test, nmr_other_side(nmr_test_side(test)), name);
}

void nmr_mock_set_npi(struct nmr_mock *mock, u32 number)
{
	mock->npi_id = GUID_INIT(number, 0x4b55, 0x4e49, 0x54, 0x2d, 0x6e, 0x6d, 0x72,
				 0x2d, 0x30, 0x31);
}

struct npi_registration_instance *nmr_mock_instance(struct nmr_mock *mock)
{
	return mock->side == NMR_PROVIDER ? &mock->as_provider.instance :
					    &mock->as_client.instance;
}

const void *nmr_mock_dispatch(const struct nmr_mock *mock)
{
	return &mock->name;
}

/* The calls. */

/* On behalf of a layer, or as another module. */
static int nmr_register_for(struct nmr_mock *mock)
{
	static struct lock_class_key key[NMR_SIDES];
	struct module *owner = mock->owner ?: THIS_MODULE;

	if (mock->side == NMR_PROVIDER)
		return __nmr_register_provider(&mock->as_provider, mock,
					       (struct nmr_provider **)&mock->handle,
					       owner, &key[NMR_PROVIDER],
					       "provider of another", mock->layer);
	return __nmr_register_client(&mock->as_client, mock,
				     (struct nmr_client **)&mock->handle, owner,
				     &key[NMR_CLIENT], "client of another", mock->layer);
}

int nmr_mock_register(struct nmr_mock *mock)
{
	int err;

	/* Set before: by the time it returns, another thread may have waited. */
	WRITE_ONCE(mock->registered, true);
	WRITE_ONCE(mock->deregistered, false);
	if (mock->layer || mock->owner)
		err = nmr_register_for(mock);
	else if (mock->side == NMR_PROVIDER)
		err = nmr_register_provider(&mock->as_provider, mock,
					    (struct nmr_provider **)&mock->handle);
	else
		err = nmr_register_client(&mock->as_client, mock,
					  (struct nmr_client **)&mock->handle);
	if (err)
		WRITE_ONCE(mock->registered, false);
	nmr_test_note(mock->test, NMR_EV_REGISTERED, mock);
	return err;
}

/*
 * Warnings name the caller, which must be one of these functions: prevent tail
 * calls.
 */
#define nmr_call(call)			\
({					\
	int __err = call;		\
					\
	barrier();			\
	__err;				\
})

noinline int nmr_test_deregister(enum nmr_side side, void *handle)
{
	return side == NMR_PROVIDER ? nmr_call(nmr_deregister_provider(handle)) :
				      nmr_call(nmr_deregister_client(handle));
}

noinline int nmr_test_deregister_atomic(enum nmr_side side, void *handle)
{
	return side == NMR_PROVIDER ? nmr_call(nmr_deregister_provider_atomic(handle)) :
				      nmr_call(nmr_deregister_client_atomic(handle));
}

noinline int nmr_test_wait(enum nmr_side side, void *handle)
{
	return side == NMR_PROVIDER ?
		       nmr_call(nmr_wait_for_provider_deregister_complete(handle)) :
		       nmr_call(nmr_wait_for_client_deregister_complete(handle));
}

noinline int nmr_test_complete(enum nmr_side side, void *binding)
{
	return side == NMR_PROVIDER ?
		       nmr_call(nmr_provider_detach_client_complete(binding)) :
		       nmr_call(nmr_client_detach_provider_complete(binding));
}

int nmr_mock_deregister(struct nmr_mock *mock)
{
	int err;

	nmr_test_note(mock->test, NMR_EV_DEREGISTER, mock);
	err = nmr_test_deregister(mock->side, mock->handle);
	if (err == -EINPROGRESS)
		WRITE_ONCE(mock->deregistered, true);
	nmr_test_note(mock->test, NMR_EV_DEREGISTERED, mock);
	return err;
}

int nmr_mock_deregister_atomic(struct nmr_mock *mock)
{
	int err;

	nmr_test_note(mock->test, NMR_EV_DEREGISTER, mock);
	err = nmr_test_deregister_atomic(mock->side, mock->handle);
	if (err == -EINPROGRESS)
		WRITE_ONCE(mock->deregistered, true);
	nmr_test_note(mock->test, NMR_EV_DEREGISTERED, mock);
	return err;
}

int nmr_mock_wait(struct nmr_mock *mock)
{
	int err = nmr_test_wait(mock->side, mock->handle);

	nmr_test_note(mock->test, NMR_EV_WAITED, mock);
	if (!err)
		WRITE_ONCE(mock->registered, false);
	return err;
}

int nmr_mock_complete(struct nmr_mock *mock)
{
	nmr_test_note(mock->test, NMR_EV_COMPLETE, mock);
	return nmr_test_complete(mock->side, READ_ONCE(mock->binding));
}

void nmr_mock_register_ok(struct nmr_mock *mock)
{
	KUNIT_ASSERT_EQ_MSG(mock->test, nmr_mock_register(mock), 0, "register %s", mock->name);
}

void nmr_mock_deregister_ok(struct nmr_mock *mock)
{
	KUNIT_ASSERT_EQ_MSG(mock->test, nmr_mock_deregister(mock), -EINPROGRESS,
			    "deregister %s", mock->name);
}

/* In another thread, so that a hang can be reported from here. */
void nmr_mock_wait_ok(struct nmr_mock *mock)
{
	struct nmr_thread *thread = nmr_test_start(mock->test, nmr_mock_wait, mock);

	KUNIT_EXPECT_EQ_MSG(mock->test, nmr_test_join(thread), 0, "wait for %s", mock->name);
}

void nmr_mock_unregister_ok(struct nmr_mock *mock)
{
	nmr_mock_deregister_ok(mock);
	nmr_mock_wait_ok(mock);
}

void nmr_mock_bind(struct nmr_mock *first, struct nmr_mock *second)
{
	nmr_mock_register_ok(first);
	nmr_mock_register_ok(second);
	KUNIT_ASSERT_EQ(first->test, atomic_read(&first->attached), 1);
	KUNIT_ASSERT_EQ(first->test, atomic_read(&second->attached), 1);
}

/* Threads. */

static int nmr_thread(void *data)
{
	struct nmr_thread *thread = data;

	thread->result = thread->call(thread->mock);
	complete_all(&thread->done);
	return 0;
}

struct nmr_thread *nmr_test_start(struct kunit *test, int (*call)(struct nmr_mock *mock),
				  struct nmr_mock *mock)
{
	struct nmr_thread *thread = kzalloc(sizeof(*thread), GFP_KERNEL);
	struct nmr_case *c = nmr_case(test);
	unsigned long flags;

	KUNIT_ASSERT_NOT_NULL(test, thread);
	thread->test = test;
	thread->call = call;
	thread->mock = mock;
	init_completion(&thread->done);
	thread->task = kthread_create(nmr_thread, thread, "nmr_test");
	if (IS_ERR(thread->task)) {
		kfree(thread);
		KUNIT_ASSERT_TRUE_MSG(test, false, "no thread");
	}
	/* nmr_sleeps_or_ended() reads its state. */
	get_task_struct(thread->task);
	raw_spin_lock_irqsave(&c->lock, flags);
	list_add_tail(&thread->list, &c->threads);
	raw_spin_unlock_irqrestore(&c->lock, flags);
	wake_up_process(thread->task);
	return thread;
}

static bool nmr_ended(struct nmr_thread *thread)
{
	if (!wait_for_completion_timeout(&thread->done, NMR_BOUND * HZ))
		return false;
	thread->joined = true;
	return true;
}

int nmr_test_join(struct nmr_thread *thread)
{
	KUNIT_ASSERT_TRUE_MSG(thread->test, nmr_ended(thread),
			      "never returned: %ps(%s)", thread->call,
			      nmr_mock_name(thread->mock));
	return thread->result;
}

static bool nmr_sleeps_or_ended(struct nmr_thread *thread)
{
	return completion_done(&thread->done) ||
	       READ_ONCE(thread->task->__state) == TASK_UNINTERRUPTIBLE;
}

void nmr_await_waiting(struct nmr_thread *thread)
{
	nmr_await_true(thread->test, nmr_sleeps_or_ended(thread));
	KUNIT_ASSERT_FALSE_MSG(thread->test, completion_done(&thread->done),
			       "returned instead of waiting: %ps(%s)", thread->call,
			       nmr_mock_name(thread->mock));
}

/* Two processors at once. */

void nmr_test_pin(unsigned int cpu)
{
	set_cpus_allowed_ptr(current, cpumask_of(cpu));
}

void nmr_test_unpin(void)
{
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

#define NMR_DUEL_OVER INT_MAX

/* Spins, to react at once. */
static bool nmr_duel_await(const int *round, int awaited)
{
	unsigned long end = nmr_test_bound();

	/* Pairs with the release in nmr_duel_reach(). */
	while (smp_load_acquire(round) < awaited) {
		if (time_after(jiffies, end))
			return false;
		cpu_relax();
	}
	return true;
}

static void nmr_duel_reach(int *round, int reached)
{
	/* Pairs with the acquire in nmr_duel_await(). */
	smp_store_release(round, reached);
}

static int nmr_duel_thread(struct nmr_mock *carrier)
{
	struct nmr_duel *duel = carrier->private;
	int round;

	nmr_test_pin(1);
	for (round = 1; ; round++) {
		nmr_duel_reach(&duel->ready, round);
		if (!nmr_duel_await(&duel->round, round))
			return -ETIMEDOUT;
		if (READ_ONCE(duel->round) == NMR_DUEL_OVER)
			return 0;
		duel->second.result = duel->second.call(duel->second.mock);
		nmr_duel_reach(&duel->done, round);
	}
}

struct nmr_duel *nmr_duel(struct kunit *test, int (*first)(struct nmr_mock *mock),
			  struct nmr_mock *first_mock, int (*second)(struct nmr_mock *mock),
			  struct nmr_mock *second_mock)
{
	struct nmr_mock *carrier = nmr_mock(test, NMR_CLIENT, "duel");
	struct nmr_duel *duel = kunit_kzalloc(test, sizeof(*duel), GFP_KERNEL);

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two processors");
	KUNIT_ASSERT_NOT_NULL(test, duel);
	*duel = (struct nmr_duel){
		.test = test,
		.first = { .call = first, .mock = first_mock },
		.second = { .call = second, .mock = second_mock },
	};
	nmr_test_pin(0);
	carrier->private = duel;
	duel->thread = nmr_test_start(test, nmr_duel_thread, carrier);
	return duel;
}

void nmr_duel_round(struct nmr_duel *duel)
{
	int round = duel->round + 1, i;

	KUNIT_ASSERT_TRUE(duel->test, nmr_duel_await(&duel->ready, round));
	nmr_duel_reach(&duel->round, round);
	/* The other thread starts somewhere in here. */
	for (i = 0; i < 8 * (round % 128); i++)
		barrier();
	duel->first.result = duel->first.call(duel->first.mock);
	KUNIT_ASSERT_TRUE(duel->test, nmr_duel_await(&duel->done, round));
}

void nmr_duel_end(struct nmr_duel *duel)
{
	nmr_duel_reach(&duel->round, NMR_DUEL_OVER);
	KUNIT_EXPECT_EQ(duel->test, nmr_test_join(duel->thread), 0);
	nmr_test_unpin();
}

/* Contexts. */

const char *const nmr_test_context_names[NMR_TEST_CONTEXTS] = {
	[NMR_TASK] = "task",
	[NMR_SPINLOCK] = "spinlock",
	[NMR_SOFTIRQ] = "softirq",
	[NMR_HARDIRQ] = "hardirq",
};

struct nmr_context_call {
	int (*call)(struct nmr_mock *mock);
	struct nmr_mock *mock;
	int result;
	bool as_asked;
	struct completion done;
	struct tasklet_struct tasklet;
	struct irq_work irq_work;
};

static void nmr_context_call(struct nmr_context_call *call, bool as_asked)
{
	call->as_asked = as_asked;
	call->result = call->call(call->mock);
	complete(&call->done);
}

static void nmr_call_tasklet(struct tasklet_struct *tasklet)
{
	struct nmr_context_call *call = from_tasklet(call, tasklet, tasklet);

	nmr_context_call(call, in_serving_softirq());
}

static void nmr_call_irq_work(struct irq_work *irq_work)
{
	nmr_context_call(container_of(irq_work, struct nmr_context_call, irq_work),
			 in_hardirq());
}

int nmr_test_call_in(struct kunit *test, enum nmr_test_context context,
		     int (*function)(struct nmr_mock *mock), struct nmr_mock *mock)
{
	static DEFINE_RAW_SPINLOCK(lock);
	struct nmr_context_call call = { .call = function, .mock = mock };

	init_completion(&call.done);
	tasklet_setup(&call.tasklet, nmr_call_tasklet);
	call.irq_work = IRQ_WORK_INIT_HARD(nmr_call_irq_work);
	switch (context) {
	case NMR_SPINLOCK:
		raw_spin_lock(&lock);
		nmr_context_call(&call, true);
		raw_spin_unlock(&lock);
		break;
	case NMR_SOFTIRQ:
		tasklet_schedule(&call.tasklet);
		break;
	case NMR_HARDIRQ:
		irq_work_queue(&call.irq_work);
		break;
	default:
		nmr_context_call(&call, true);
		break;
	}
	/* Unbounded, as @call is on this stack. */
	wait_for_completion(&call.done);
	tasklet_kill(&call.tasklet);
	irq_work_sync(&call.irq_work);
	KUNIT_EXPECT_TRUE_MSG(test, call.as_asked, "not in the requested context");
	return call.result;
}

/* Race points. */

static void nmr_race_hook(enum nmr_race_point point)
{
	struct nmr_case *c = nmr_current_case;
	struct nmr_hold *hold = &c->hold[point];

	if (!xchg(&hold->armed, false))
		return;
	nmr_test_note(c->test, NMR_EV_HELD, NULL);
	if (hold->action)
		hold->action(hold->mock);
	else
		nmr_pass(c->test, &hold->gate);
	nmr_test_note(c->test, NMR_EV_RESUMED, NULL);
}

struct nmr_test_gate *nmr_test_hold_at(struct kunit *test, enum nmr_race_point point)
{
	struct nmr_hold *hold = &nmr_case(test)->hold[point];

	nmr_test_gate_init(&hold->gate);
	nmr_test_close(&hold->gate);
	hold->action = NULL;
	/* Pairs with xchg() in nmr_race_hook(). */
	smp_store_release(&hold->armed, true);
	return &hold->gate;
}

void nmr_test_do_at(struct kunit *test, enum nmr_race_point point,
		    void (*action)(struct nmr_mock *mock), struct nmr_mock *mock)
{
	struct nmr_hold *hold = &nmr_case(test)->hold[point];

	hold->action = action;
	hold->mock = mock;
	/* Pairs with xchg() in nmr_race_hook(). */
	smp_store_release(&hold->armed, true);
}

/* Log lines of the registrar. */

static bool nmr_is_registrars(const char *line)
{
	const char *found = strstr(line, "nmr_core: ") ?: strstr(line, "nmr_wdk: ");

	/* Only a time stamp may precede it. */
	return found && (found == line || !strncmp(found - 2, "] ", 2));
}

/* A warning of the kernel. */
static bool nmr_is_alarm(const char *line)
{
	return (strstr(line, "WARNING: ") || strstr(line, "BUG: ") ||
		strstr(line, "INFO: ")) && !strstr(line, "KCSAN: ");
}

/*
 * Reads the new lines of the log. Returns how many the case expects; copies the
 * last one of the others to @other.
 */
static int nmr_read_log(struct nmr_case *c, char *other, size_t size)
{
	static char line[512];
	int count = 0;
	size_t len;

	while (kmsg_dump_get_line(&c->log, false, line, sizeof(line) - 1, &len)) {
		line[len] = '\0';
		if (nmr_is_registrars(line) && c->log_text &&
		    strstr(line, c->log_text))
			count++;
		else if (c->warns && nmr_is_alarm(line))
			c->warns = false;
		else if (nmr_is_registrars(line) || nmr_is_alarm(line))
			strscpy(other, line, size);
	}
	return count;
}

static void nmr_expect_log_as_told(struct nmr_case *c)
{
	const char *other = c->log_other;

	c->log_found += nmr_read_log(c, c->log_other, sizeof(c->log_other));
	KUNIT_EXPECT_EQ_MSG(c->test, c->log_found, c->log_count, "lines with \"%s\" in the log",
			    c->log_text ?: "");
	KUNIT_EXPECT_FALSE_MSG(c->test, c->warns, "no warning");
	if (*other)
		KUNIT_FAIL(c->test, "unexpected in the log: %s", other);
}

/*
 * The level applies when a line reaches the console: flush those before. The
 * last line of KUnit has no newline and is held back until another follows. On
 * PREEMPT_RT a thread prints later: do not change the level there.
 */
static void nmr_set_loglevel(struct kunit *test, int level)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return;
	kunit_log(KERN_DEBUG, test, "log level %d", level);
	console_lock();
	console_unlock();
	console_loglevel = level;
}

void nmr_expect_log(struct kunit *test, int count, const char *text)
{
	struct nmr_case *c = nmr_case(test);

	c->log_count = count;
	c->log_text = text;
	nmr_set_loglevel(test, LOGLEVEL_WARNING);
}

void nmr_await_log(struct kunit *test, int count)
{
	struct nmr_case *c = nmr_case(test);

	nmr_await_true(test, (c->log_found += nmr_read_log(c, c->log_other,
							   sizeof(c->log_other))) >= count);
}

void nmr_limit_misuse(bool limit)
{
	nmr_misuse_limit(limit ? DEFAULT_RATELIMIT_INTERVAL : 0, DEFAULT_RATELIMIT_BURST);
}

void nmr_mute_misuse(void)
{
	nmr_misuse_limit(3600 * HZ, 0);
}

void nmr_expect_warn(struct kunit *test)
{
	nmr_case(test)->warns = true;
}

/* Before and after each case. */

int nmr_test_init(struct kunit *test)
{
	struct nmr_case *c = kzalloc(sizeof(*c), GFP_KERNEL);
	char ignored[8];
	int i;

	if (!c)
		return -ENOMEM;
	c->test = test;
	test->priv = c;
	raw_spin_lock_init(&c->lock);
	INIT_LIST_HEAD(&c->mocks);
	INIT_LIST_HEAD(&c->contexts);
	INIT_LIST_HEAD(&c->threads);
	for (i = 0; i < NMR_RACE_POINTS; i++)
		nmr_test_gate_init(&c->hold[i].gate);
	c->loglevel = console_loglevel;
	kmsg_dump_rewind(&c->log);
	nmr_read_log(c, ignored, sizeof(ignored));
	nmr_current_case = c;
	nmr_limit_misuse(false);
	nmr_set_race_hook(nmr_race_hook);
	return 0;
}

static int nmr_end(struct nmr_mock *mock)
{
	if (!READ_ONCE(mock->deregistered))
		nmr_mock_deregister(mock);
	return nmr_mock_wait(mock);
}

static void nmr_open_all(struct nmr_case *c)
{
	struct nmr_mock *mock;
	int i;

	for (i = 0; i < NMR_RACE_POINTS; i++) {
		xchg(&c->hold[i].armed, false);
		nmr_test_open(&c->hold[i].gate);
	}
	list_for_each_entry(mock, &c->mocks, list)
		for (i = 0; i < NMR_PLACES; i++)
			nmr_test_open(&mock->gate[i]);
}

/* Opens all gates, and ends what is still registered. */
static void nmr_end_all(struct nmr_case *c)
{
	struct nmr_thread *thread;
	struct nmr_mock *mock;

	nmr_open_all(c);
	list_for_each_entry(mock, &c->mocks, list) {
		if (c->stuck || !READ_ONCE(mock->registered))
			continue;
		thread = nmr_test_start(c->test, nmr_end, mock);
		c->stuck |= !nmr_ended(thread) || thread->result;
		KUNIT_EXPECT_FALSE_MSG(c->test, c->stuck, "%s does not end", mock->name);
	}
	list_for_each_entry(thread, &c->threads, list) {
		if (thread->joined || nmr_ended(thread))
			continue;
		c->stuck = true;
		KUNIT_FAIL(c->test, "still running: %ps(%s)", thread->call,
			   nmr_mock_name(thread->mock));
	}
}

static bool nmr_cleans_up(const struct nmr_mock *mock)
{
	return mock->side == NMR_PROVIDER ? mock->as_provider.cleanup_binding_context :
					    mock->as_client.cleanup_binding_context;
}

static void nmr_expect_all_ended(struct nmr_case *c)
{
	struct nmr_mock *mock;

	list_for_each_entry(mock, &c->mocks, list) {
		KUNIT_EXPECT_EQ_MSG(c->test, atomic_read(&mock->attached),
				    atomic_read(&mock->detached),
				    "%s: bindings attached and detached", mock->name);
		if (!nmr_cleans_up(mock))
			continue;
		KUNIT_EXPECT_EQ_MSG(c->test, atomic_read(&mock->attached),
				    atomic_read(&mock->cleaned),
				    "%s: bindings attached and cleaned up", mock->name);
	}
}

static void nmr_free_all(struct nmr_case *c)
{
	struct nmr_context *context, *next_context;
	struct nmr_thread *thread, *next_thread;
	struct nmr_mock *mock, *next_mock;

	list_for_each_entry_safe(thread, next_thread, &c->threads, list) {
		kthread_stop(thread->task);
		put_task_struct(thread->task);
		kfree(thread);
	}
	list_for_each_entry_safe(context, next_context, &c->contexts, list)
		kfree(context);
	list_for_each_entry_safe(mock, next_mock, &c->mocks, list)
		kfree(mock);
	kfree(c);
}

void nmr_test_exit(struct kunit *test)
{
	struct nmr_case *c = nmr_case(test);

	if (!c)
		return;
	nmr_end_all(c);
	nmr_expect_all_ended(c);
	nmr_set_race_hook(NULL);
	nmr_expect_log_as_told(c);
	nmr_set_loglevel(test, c->loglevel);
	nmr_limit_misuse(true);
	if (!c->stuck)
		nmr_free_all(c);
	test->priv = NULL;
}

MODULE_DESCRIPTION("KUnit tests of the Network Module Registrar");
MODULE_LICENSE("GPL");
