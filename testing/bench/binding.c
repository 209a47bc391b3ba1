// SPDX-License-Identifier: GPL-2.0
/* A client of the callee, as in any other module. */
#include <linux/nmr.h>

#include "bench.h"
#include "binding.h"

const struct bench_callee_dispatch *bench_callee;
struct nmr_rundown bench_rundown;
struct nmr_gate bench_gate;

static struct nmr_client *client;

/* Whether the calls go through the gate, and not through the rundown. */
static bool gated;

/* Called by the detach callback, and the result of bench_close() in it. */
static void (*in_detach)(void);
static int detach_result;

static int attach_provider(struct nmr_binding *binding, void *client_context,
			   const struct npi_registration_instance *provider_instance)
{
	const void *dispatch;
	void *context;
	int err;

	err = gated ? nmr_gate_init_client(&bench_gate, binding) :
		      nmr_rundown_init_client(&bench_rundown, binding, GFP_KERNEL);
	if (err)
		return err;
	err = nmr_client_attach_provider(binding, NULL, NULL, &context, &dispatch);
	if (err)
		nmr_rundown_destroy(&bench_rundown);
	else
		bench_callee = dispatch;
	return err;
}

static int detach_provider(void *binding_context)
{
	detach_result = -EINVAL;
	in_detach();
	if (detach_result && detach_result != -EINPROGRESS)
		bench_failed();
	return detach_result;
}

static void cleanup(void *binding_context)
{
	nmr_rundown_destroy(&bench_rundown);
	bench_callee = NULL;
}

static const guid_t npi = BENCH_CALLEE_NPI;

static const struct nmr_client_characteristics characteristics = {
	.attach_provider = attach_provider,
	.detach_provider = detach_provider,
	.cleanup_binding_context = cleanup,
	.instance.npi_id = &npi,
};

static int bind(bool with_gate)
{
	int err;

	gated = with_gate;
	err = nmr_register_client(&characteristics, NULL, &client);
	if (err)
		return err;
	if (bench_callee)
		return 0;
	bench_unbind();
	return -ENODEV;
}

int bench_bind(void)
{
	return bind(false);
}

int bench_bind_gate(void)
{
	return bind(true);
}

void bench_close(void)
{
	detach_result = gated ? nmr_gate_detach(&bench_gate) :
				nmr_rundown_detach(&bench_rundown);
}

void bench_begin_unbind(void (*detach)(void))
{
	in_detach = detach;
	nmr_deregister_client(client);
}

void bench_end_unbind(void)
{
	nmr_wait_for_client_deregister_complete(client);
}

void bench_unbind(void)
{
	bench_begin_unbind(bench_close);
	bench_end_unbind();
}
