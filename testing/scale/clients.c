// SPDX-License-Identifier: GPL-2.0
/*
 * Many clients, alone or bound to one provider. They stay registered between
 * parts, while user space reads the registrar's files. Each callback of each
 * binding is counted and must be called exactly once.
 */
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/nmr.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "clients.h"
#include "delay.h"
#include "npi.h"
#include "report.h"

enum scale_side {
	SCALE_PROVIDER,
	SCALE_CLIENT,
	SCALE_SIDES
};

static const char * const scale_side_names[] = { "provider", "client" };

/* How often the callbacks of one side of a binding were called. */
struct scale_calls {
	u8 attach;
	u8 detach;
	u8 cleanup;
};

/* A client and its only binding; both sides' context of that binding. */
struct scale_client {
	struct nmr_client *handle;
	struct nmr_binding *binding;
	struct scale_calls calls[SCALE_SIDES];
};

/* One NPI of the clients. */
struct scale_clients_npi {
	guid_t id;
	struct nmr_client_characteristics characteristics;
};

static struct scale_client *scale_clients;
static struct scale_clients_npi *scale_npis;
static unsigned int scale_count;

static struct nmr_provider *scale_provider;
static struct nmr_provider_characteristics scale_provider_characteristics;

/* The side that owes detach complete; SCALE_SIDES for none. */
static enum scale_side scale_pending = SCALE_SIDES;

/*
 * A call that handles many bindings lets other tasks run (contract, section 7).
 */

static ktime_t scale_watch_began;

static void scale_watch_delay(void)
{
	scale_delay_recent();
	scale_watch_began = ktime_get();
}

/* With fewer bindings the host's own delays dominate. */
#define SCALE_DELAY_BINDINGS 100000

/* Fails if others could not run for most of the time since scale_watch_delay(). */
static int scale_check_delay(const char *call)
{
	s64 took = ktime_us_delta(ktime_get(), scale_watch_began);
	s64 waited = scale_delay_recent();

	scale_report("the provider's %s: %lld us, others waited %lld us\n", call, took,
		     waited);
	return took > 100 * USEC_PER_MSEC && waited > took * 2 / 3 &&
	       scale_count >= SCALE_DELAY_BINDINGS ? -EIO : 0;
}

/*
 * Callbacks.
 */

static int scale_attach_provider(struct nmr_binding *binding, void *client_context,
				 const struct npi_registration_instance *provider_instance)
{
	struct scale_client *client = client_context;
	const void *dispatch;
	void *context;
	int err;

	/* Do not count the time before the first attach, when register allocates. */
	if (client == scale_clients)
		scale_watch_delay();
	client->binding = binding;
	err = nmr_client_attach_provider(binding, client, NULL, &context, &dispatch);
	if (!err)
		client->calls[SCALE_CLIENT].attach++;
	return err;
}

static int scale_attach_client(struct nmr_binding *binding, void *provider_context,
			       const struct npi_registration_instance *client_instance,
			       void *client_binding_context, const void *client_dispatch,
			       void **provider_binding_context,
			       const void **provider_dispatch)
{
	struct scale_client *client = client_binding_context;

	client->calls[SCALE_PROVIDER].attach++;
	*provider_binding_context = client;
	return 0;
}

static int scale_detach(struct scale_client *client, enum scale_side side)
{
	client->calls[side].detach++;
	return side == scale_pending ? -EINPROGRESS : 0;
}

static int scale_detach_provider(void *client_binding_context)
{
	return scale_detach(client_binding_context, SCALE_CLIENT);
}

static int scale_detach_client(void *provider_binding_context)
{
	return scale_detach(provider_binding_context, SCALE_PROVIDER);
}

static void scale_cleanup_client(void *client_binding_context)
{
	struct scale_client *client = client_binding_context;

	client->calls[SCALE_CLIENT].cleanup++;
}

static void scale_cleanup_provider(void *provider_binding_context)
{
	struct scale_client *client = provider_binding_context;

	client->calls[SCALE_PROVIDER].cleanup++;
}

/* Checks how often each callback of each binding was called. */
static int scale_check_calls(u8 attach, u8 detach, u8 cleanup)
{
	const struct scale_calls expected = { attach, detach, cleanup };
	unsigned int i, wrong = 0;
	enum scale_side side;

	for (i = 0; i < scale_count; i++) {
		for (side = 0; side < SCALE_SIDES; side++) {
			struct scale_calls *calls = &scale_clients[i].calls[side];

			if (!memcmp(calls, &expected, sizeof(expected)) || wrong++)
				continue;
			scale_report("client %u, on the %s's side: %u, %u, %u\n", i,
				     scale_side_names[side], calls->attach,
				     calls->detach, calls->cleanup);
		}
	}
	scale_report("%u clients: %u attach, %u detach, %u cleanup callbacks per side, %u wrong\n",
		     scale_count, attach, detach, cleanup, wrong);
	return wrong ? -EIO : 0;
}

/*
 * Registering.
 */

static int scale_alloc(unsigned int count, unsigned int npis)
{
	unsigned int i;

	if (scale_count || !count || !npis)
		return -EINVAL;
	scale_clients = kvcalloc(count, sizeof(*scale_clients), GFP_KERNEL);
	scale_npis = kvcalloc(npis, sizeof(*scale_npis), GFP_KERNEL);
	if (!scale_clients || !scale_npis) {
		kvfree(scale_clients);
		kvfree(scale_npis);
		return -ENOMEM;
	}
	for (i = 0; i < npis; i++) {
		scale_npis[i].id = scale_npi_id(SCALE_NPI_CLIENTS + i);
		scale_npis[i].characteristics = (struct nmr_client_characteristics){
			.attach_provider = scale_attach_provider,
			.detach_provider = scale_detach_provider,
			.cleanup_binding_context = scale_cleanup_client,
			.instance.npi_id = &scale_npis[i].id,
		};
	}
	scale_count = count;
	return 0;
}

static void scale_free(void)
{
	kvfree(scale_clients);
	kvfree(scale_npis);
	scale_clients = NULL;
	scale_npis = NULL;
	scale_count = 0;
	scale_pending = SCALE_SIDES;
}

static int scale_register_provider(void)
{
	int err;

	scale_provider_characteristics = (struct nmr_provider_characteristics){
		.attach_client = scale_attach_client,
		.detach_client = scale_detach_client,
		.cleanup_binding_context = scale_cleanup_provider,
		.instance.npi_id = &scale_npis[0].id,
	};
	scale_watch_delay();
	err = nmr_register_provider(&scale_provider_characteristics, NULL, &scale_provider);
	if (err) {
		scale_report("the provider does not register: %d\n", err);
		return err;
	}
	return scale_check_delay("attach callbacks");
}

static int scale_register_clients(unsigned int npis)
{
	unsigned int i;
	int err;

	for (i = 0; i < scale_count; i++) {
		struct scale_client *client = &scale_clients[i];

		err = nmr_register_client(&scale_npis[i % npis].characteristics, client,
					  &client->handle);
		if (err) {
			scale_report("client %u does not register: %d\n", i, err);
			return err;
		}
	}
	return 0;
}

/*
 * Deregistering. Handles that are not registered are skipped.
 */

static int scale_deregister_clients(void)
{
	unsigned int i, wrong = 0;

	for (i = 0; i < scale_count; i++)
		if (scale_clients[i].handle &&
		    nmr_deregister_client(scale_clients[i].handle) != -EINPROGRESS)
			wrong++;
	if (wrong)
		scale_report("%u clients do not deregister\n", wrong);
	return wrong ? -EIO : 0;
}

static int scale_wait_for_clients(void)
{
	unsigned int i, wrong = 0;

	for (i = 0; i < scale_count; i++) {
		if (scale_clients[i].handle &&
		    nmr_wait_for_client_deregister_complete(scale_clients[i].handle))
			wrong++;
		scale_clients[i].handle = NULL;
	}
	if (wrong)
		scale_report("%u clients cannot be waited for\n", wrong);
	return wrong ? -EIO : 0;
}

static int scale_deregister_provider(void)
{
	int ret;

	if (!scale_provider)
		return 0;
	scale_watch_delay();
	ret = nmr_deregister_provider(scale_provider);
	if (ret == -EINPROGRESS)
		return scale_check_delay("detach callbacks");
	scale_report("the provider does not deregister: %d\n", ret);
	return -EIO;
}

static int scale_wait_for_provider(void)
{
	int err = scale_provider ?
		  nmr_wait_for_provider_deregister_complete(scale_provider) : 0;

	scale_provider = NULL;
	if (err)
		scale_report("the provider cannot be waited for: %d\n", err);
	return err;
}

/*
 * Parts.
 */

/* alone COUNT NPIS: clients of NPIS NPIs, and no provider */
int scale_clients_alone(const unsigned int *numbers)
{
	unsigned int npis = numbers[1];

	return scale_alloc(numbers[0], npis) ?: scale_register_clients(npis) ?:
	       scale_check_calls(0, 0, 0);
}

/* late-provider COUNT: clients of one NPI, and then its provider */
int scale_clients_late_provider(const unsigned int *numbers)
{
	int err = scale_alloc(numbers[0], 1) ?: scale_register_clients(1);

	if (err)
		return err;
	err = scale_register_provider();
	return scale_check_calls(1, 0, 0) ?: err;
}

/* early-provider COUNT: a provider, and then its clients */
int scale_clients_early_provider(const unsigned int *numbers)
{
	return scale_alloc(numbers[0], 1) ?: scale_register_provider() ?:
	       scale_register_clients(1) ?: scale_check_calls(1, 0, 0);
}

/* stick-one COUNT: the provider deregisters, each client owes detach complete */
int scale_clients_stick_one(const unsigned int *numbers)
{
	int err;

	scale_pending = SCALE_CLIENT;
	err = scale_clients_early_provider(numbers);
	if (err)
		return err;
	err = scale_deregister_provider();
	return scale_check_calls(1, 1, 0) ?: err;
}

/* stick-many COUNT: clients deregister, the provider owes each detach complete */
int scale_clients_stick_many(const unsigned int *numbers)
{
	scale_pending = SCALE_PROVIDER;
	return scale_clients_early_provider(numbers) ?: scale_deregister_clients() ?:
	       scale_check_calls(1, 1, 0);
}

static int scale_say_complete(void)
{
	unsigned int i, wrong = 0;

	for (i = 0; i < scale_count; i++) {
		struct nmr_binding *binding = scale_clients[i].binding;

		wrong += (scale_pending == SCALE_CLIENT ?
			  nmr_client_detach_provider_complete(binding) :
			  nmr_provider_detach_client_complete(binding)) != 0;
	}
	if (wrong)
		scale_report("%u of %u detach complete fail\n", wrong, scale_count);
	return wrong ? -EIO : 0;
}

/* complete: completes the stuck detaches, waits, and deregisters the other side */
int scale_clients_complete(const unsigned int *numbers)
{
	bool one = scale_pending == SCALE_CLIENT;
	int err;

	if (scale_pending == SCALE_SIDES)
		return -EINVAL;
	err = scale_say_complete();
	err = (one ? scale_wait_for_provider() : scale_wait_for_clients()) ?: err;
	err = scale_check_calls(1, 1, 1) ?: err;
	err = (one ? scale_deregister_clients() : scale_deregister_provider()) ?: err;
	err = (one ? scale_wait_for_clients() : scale_wait_for_provider()) ?: err;
	err = scale_check_calls(1, 1, 1) ?: err;
	scale_free();
	return err;
}

/* apart: deregisters the provider, if there is one, and then the clients */
int scale_clients_apart(const unsigned int *numbers)
{
	u8 bound = scale_provider ? 1 : 0;
	int err;

	err = scale_deregister_provider();
	err = scale_wait_for_provider() ?: err;
	err = scale_check_calls(bound, bound, bound) ?: err;
	err = scale_deregister_clients() ?: err;
	err = scale_wait_for_clients() ?: err;
	err = scale_check_calls(bound, bound, bound) ?: err;
	scale_free();
	return err;
}
