// SPDX-License-Identifier: GPL-2.0
/*
 * The calls that are allowed in any context, from hard interrupts of a processor
 * that keeps registering and deregistering. An interrupt makes one call with a bad
 * handle, or the due calls with a live one, and checks the results and the time
 * (contract 5.10).
 */
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/nmr.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include "interrupts.h"
#include "npi.h"
#include "report.h"

/* Time from the end of an interrupt to the next one. */
#define INTERRUPT_PAUSE_NS (50 * NSEC_PER_USEC)
/* Clients of the crowd for each pair. */
#define INTERRUPT_PAIR_EVERY 100
#define INTERRUPT_LONGEST_NS NSEC_PER_SEC

/* The state of one processor. */
struct interrupts {
	struct hrtimer timer;
	struct completion done;
	unsigned int rounds;
	unsigned int count;
	int err;

	guid_t crowd_id;
	guid_t pair_id;
	struct nmr_client_characteristics crowd;
	struct nmr_client_characteristics client;
	struct nmr_provider_characteristics provider;
	/* The pair's binding, once it attaches. */
	struct nmr_binding *binding;

	/*
	 * The thread passes these to an interrupt, which sets them to NULL. Both
	 * run on one processor, so READ_ONCE() and WRITE_ONCE() are enough.
	 */
	struct nmr_binding *owing;
	struct nmr_client *leaving;
	/* A registered client, or NULL. */
	struct nmr_client *live;
	/* Handles of objects that no longer exist. */
	struct nmr_binding *stale_binding;
	struct nmr_client *stale_client;
	struct nmr_provider *stale_provider;

	/* Written by the interrupts. */
	unsigned int turn;
	unsigned long calls;
	unsigned long completed;
	unsigned long deregistered;
	unsigned long wrong;
	unsigned int wrong_turn;
	int wrong_result;
	s64 longest;
};

static DEFINE_PER_CPU(struct interrupts, interrupts);

/*
 * The interrupt.
 */

#define interrupt_call(interrupts, expected, call)			\
do {									\
	ktime_t __began = ktime_get();					\
	int __result = call;						\
									\
	interrupt_called(interrupts, __result, expected,		\
			 ktime_to_ns(ktime_sub(ktime_get(), __began)));	\
} while (0)

static void interrupt_called(struct interrupts *interrupts, int result, int expected,
			     s64 took)
{
	interrupts->calls++;
	interrupts->longest = max(interrupts->longest, took);
	if (result == expected || interrupts->wrong++)
		return;
	interrupts->wrong_turn = interrupts->turn;
	interrupts->wrong_result = result;
}

/* Both sides of this binding are pending, so it exists until the last call. */
static void interrupt_completes(struct interrupts *interrupts, struct nmr_binding *owing)
{
	interrupt_call(interrupts, 0, nmr_client_detach_provider_complete(owing));
	interrupt_call(interrupts, -EALREADY, nmr_client_detach_provider_complete(owing));
	interrupt_call(interrupts, 0, nmr_provider_detach_client_complete(owing));
	interrupts->completed++;
	WRITE_ONCE(interrupts->owing, NULL);
}

/* The thread does not wait for this client before the last call. */
static void interrupt_deregisters(struct interrupts *interrupts, struct nmr_client *leaving)
{
	interrupt_call(interrupts, -EINPROGRESS, nmr_deregister_client_atomic(leaving));
	interrupt_call(interrupts, -EINVAL, nmr_deregister_client_atomic(leaving));
	interrupts->deregistered++;
	WRITE_ONCE(interrupts->leaving, NULL);
}

static void interrupt_calls_badly(struct interrupts *interrupts)
{
	void *made_up = (void *)((interrupts->calls * 2 + 1) * GOLDEN_RATIO_64 >> 1);
	void *live = READ_ONCE(interrupts->live);

	switch (interrupts->turn++ % 10) {
	case 0:
		interrupt_call(interrupts, -EINVAL,
			       nmr_client_detach_provider_complete(interrupts->stale_binding));
		break;
	case 1:
		interrupt_call(interrupts, -EINVAL,
			       nmr_provider_detach_client_complete(interrupts->stale_binding));
		break;
	case 2:
		interrupt_call(interrupts, -EINVAL,
			       nmr_deregister_client_atomic(interrupts->stale_client));
		break;
	case 3:
		interrupt_call(interrupts, -EINVAL,
			       nmr_deregister_provider_atomic(interrupts->stale_provider));
		break;
	case 4:
		interrupt_call(interrupts, -EINVAL, nmr_client_detach_provider_complete(made_up));
		break;
	case 5:
		interrupt_call(interrupts, -EINVAL, nmr_provider_detach_client_complete(made_up));
		break;
	case 6:
		interrupt_call(interrupts, -EINVAL, nmr_deregister_client_atomic(made_up));
		break;
	case 7:
		interrupt_call(interrupts, -EINVAL, nmr_deregister_provider_atomic(made_up));
		break;
	case 8:	/* A live handle of another kind. */
		interrupt_call(interrupts, -EINVAL, nmr_client_detach_provider_complete(live));
		break;
	case 9:
		interrupt_call(interrupts, -EINVAL, nmr_deregister_provider_atomic(live));
		break;
	}
}

static enum hrtimer_restart interrupt(struct hrtimer *timer)
{
	struct interrupts *interrupts = container_of(timer, struct interrupts, timer);
	struct nmr_binding *owing = READ_ONCE(interrupts->owing);
	struct nmr_client *leaving = READ_ONCE(interrupts->leaving);

	if (owing)
		interrupt_completes(interrupts, owing);
	else if (leaving)
		interrupt_deregisters(interrupts, leaving);
	else
		interrupt_calls_badly(interrupts);
	hrtimer_forward_now(timer, ns_to_ktime(INTERRUPT_PAUSE_NS));
	return HRTIMER_RESTART;
}

/*
 * The thread that is interrupted.
 */

static int crowd_attach_provider(struct nmr_binding *binding, void *client_context,
				 const struct npi_registration_instance *provider_instance)
{
	return -ENODEV;
}

static int pair_attach_provider(struct nmr_binding *binding, void *client_context,
				const struct npi_registration_instance *provider_instance)
{
	struct interrupts *interrupts = client_context;
	const void *dispatch;
	void *context;

	interrupts->binding = binding;
	return nmr_client_attach_provider(binding, NULL, NULL, &context, &dispatch);
}

static int pair_attach_client(struct nmr_binding *binding, void *provider_context,
			      const struct npi_registration_instance *client_instance,
			      void *client_binding_context, const void *client_dispatch,
			      void **provider_binding_context,
			      const void **provider_dispatch)
{
	return 0;
}

static int pair_detach(void *binding_context)
{
	return -EINPROGRESS;
}

/* Returns 0 once an interrupt has handled what the thread passed to it. */
static int interrupts_await(struct interrupts *interrupts)
{
	unsigned int tries;

	for (tries = 0; tries < 100000; tries++) {
		if (!READ_ONCE(interrupts->owing) && !READ_ONCE(interrupts->leaving))
			return 0;
		usleep_range(50, 100);
	}
	return -ETIMEDOUT;
}

/*
 * A pair whose provider the thread deregisters. One interrupt completes the
 * detach, another one deregisters the client. Then the handles are stale.
 */
static int interrupts_pair(struct interrupts *interrupts)
{
	struct nmr_provider *provider;
	struct nmr_client *client;
	int err;

	err = nmr_register_client(&interrupts->client, interrupts, &client);
	if (err)
		return err;
	err = nmr_register_provider(&interrupts->provider, NULL, &provider);
	if (err)
		goto err_client;
	nmr_deregister_provider(provider);
	WRITE_ONCE(interrupts->owing, interrupts->binding);
	err = interrupts_await(interrupts);
	if (err) {
		nmr_client_detach_provider_complete(interrupts->binding);
		nmr_provider_detach_client_complete(interrupts->binding);
	}
	nmr_wait_for_provider_deregister_complete(provider);
	if (err)
		goto err_client;
	WRITE_ONCE(interrupts->leaving, client);
	err = interrupts_await(interrupts);
	if (err)
		goto err_client;
	nmr_wait_for_client_deregister_complete(client);
	WRITE_ONCE(interrupts->stale_binding, interrupts->binding);
	WRITE_ONCE(interrupts->stale_provider, provider);
	WRITE_ONCE(interrupts->stale_client, client);
	return 0;

err_client:
	nmr_deregister_client(client);
	nmr_wait_for_client_deregister_complete(client);
	return err;
}

static int interrupts_round(struct interrupts *interrupts, struct nmr_client **clients)
{
	unsigned int i, registered = 0;
	int err = 0;

	while (!err && registered < interrupts->count) {
		err = nmr_register_client(&interrupts->crowd, NULL, &clients[registered]);
		if (err)
			break;
		WRITE_ONCE(interrupts->live, clients[registered++]);
		if (registered % INTERRUPT_PAIR_EVERY == 0)
			err = interrupts_pair(interrupts);
	}
	WRITE_ONCE(interrupts->live, NULL);
	for (i = 0; i < registered; i++)
		nmr_deregister_client(clients[i]);
	for (i = 0; i < registered; i++)
		nmr_wait_for_client_deregister_complete(clients[i]);
	return err;
}

static int interrupts_thread(void *data)
{
	struct interrupts *interrupts = data;
	struct nmr_client **clients;
	int err = -ENOMEM;

	clients = kvcalloc(interrupts->count, sizeof(*clients), GFP_KERNEL);
	if (clients) {
		hrtimer_start(&interrupts->timer, ns_to_ktime(INTERRUPT_PAUSE_NS),
			      HRTIMER_MODE_REL_PINNED_HARD);
		for (err = 0; !err && interrupts->rounds; interrupts->rounds--)
			err = interrupts_round(interrupts, clients);
		hrtimer_cancel(&interrupts->timer);
	}
	kvfree(clients);
	interrupts->err = err;
	complete(&interrupts->done);
	return 0;
}

/*
 * The part.
 */

static void interrupts_init(struct interrupts *interrupts, unsigned int cpu)
{
	*interrupts = (struct interrupts){
		.crowd_id = scale_npi_id(SCALE_NPI_INTERRUPTS + 2 * cpu),
		.pair_id = scale_npi_id(SCALE_NPI_INTERRUPTS + 2 * cpu + 1),
		.crowd = {
			.attach_provider = crowd_attach_provider,
			.detach_provider = pair_detach,
			.instance.npi_id = &interrupts->crowd_id,
		},
		.client = {
			.attach_provider = pair_attach_provider,
			.detach_provider = pair_detach,
			.instance.npi_id = &interrupts->pair_id,
		},
		.provider = {
			.attach_client = pair_attach_client,
			.detach_client = pair_detach,
			.instance.npi_id = &interrupts->pair_id,
		},
	};
	init_completion(&interrupts->done);
	hrtimer_init(&interrupts->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	interrupts->timer.function = interrupt;
}

static int interrupts_report(struct interrupts *interrupts, unsigned int cpu)
{
	scale_report("processor %u: %lu calls, the longest took %lld us; ", cpu,
		     interrupts->calls, div_s64(interrupts->longest, NSEC_PER_USEC));
	scale_report("%lu pairs were completed and %lu clients deregistered\n",
		     interrupts->completed, interrupts->deregistered);
	if (interrupts->err)
		scale_report("its thread failed: %d\n", interrupts->err);
	if (interrupts->wrong)
		scale_report("%lu calls returned wrong results, the first in turn %u: %d\n",
			     interrupts->wrong, interrupts->wrong_turn,
			     interrupts->wrong_result);
	return interrupts->err || interrupts->wrong ||
	       interrupts->longest > INTERRUPT_LONGEST_NS ? -EIO : 0;
}

/* interrupts ROUNDS COUNT: for COUNT clients in each round, on each processor */
int scale_interrupts(const unsigned int *numbers)
{
	struct task_struct *thread;
	int err = 0, cpu;

	cpus_read_lock();
	for_each_online_cpu(cpu) {
		struct interrupts *each = per_cpu_ptr(&interrupts, cpu);

		interrupts_init(each, cpu);
		each->rounds = numbers[0];
		each->count = numbers[1];
		thread = kthread_create_on_cpu(interrupts_thread, each, cpu, "nmr_scale_irq/%u");
		each->err = PTR_ERR_OR_ZERO(thread);
		if (each->err)
			complete(&each->done);
		else
			wake_up_process(thread);
	}
	for_each_online_cpu(cpu) {
		struct interrupts *each = per_cpu_ptr(&interrupts, cpu);

		wait_for_completion(&each->done);
		err = interrupts_report(each, cpu) ?: err;
	}
	cpus_read_unlock();
	return err;
}
