/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The steps of registrations and bindings, as dynamic debug lines and as
 * tracepoints. Documentation/trace.rst defines the format of the lines, which
 * scripts parse; change both together. Inline, with a constant step, so that a
 * step costs two static branches while tracing is off.
 */
#ifndef _NMR_LOG_H
#define _NMR_LOG_H

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/printk.h>
#include <trace/events/nmr.h>

#include "binding.h"
#include "misuse.h"
#include "registration.h"
#include "side.h"

enum nmr_step {
	NMR_STEP_REGISTER,
	NMR_STEP_DEREGISTER,
	NMR_STEP_DEREGISTERED,
	NMR_STEP_WAIT,
	NMR_STEP_ATTACH,	/* of the side whose callback it is, also below */
	NMR_STEP_ATTACHED,
	NMR_STEP_DECLINED,
	NMR_STEP_DETACH,
	NMR_STEP_DETACH_COMPLETE,
	NMR_STEP_RUNDOWN_DETACH,
	NMR_STEP_RUNDOWN_DRAINED,
	NMR_STEP_CLEANUP,
	NMR_STEP_UNBOUND,
	NMR_STEPS
};

/* Steps of neither side are under NMR_CLIENT. */
extern const char * const nmr_step_names[NMR_STEPS][NMR_SIDES];

/**
 * nmr_log_registration() - log a step of a registration
 * @step: NMR_STEP_REGISTER to NMR_STEP_WAIT
 * @registration: the registration
 * @result: 0 or a negative errno
 */
static __always_inline void nmr_log_registration(enum nmr_step step,
						 const struct nmr_registration *registration,
						 int result)
{
	enum nmr_side side = registration->registrant.side;
	const guid_t *npi = &registration->npi->id;
	const char *owner = registration->owner->name;
	u32 number = registration->number;

	if (side == NMR_PROVIDER)
		pr_debug("%s npi=%pUl provider=%s#%u client=- binding=- result=%d\n",
			 nmr_step_names[step][side], npi, owner, number, result);
	else
		pr_debug("%s npi=%pUl provider=- client=%s#%u binding=- result=%d\n",
			 nmr_step_names[step][side], npi, owner, number, result);

	switch (step) {
	case NMR_STEP_REGISTER:
		return trace_nmr_register(registration, result);
	case NMR_STEP_DEREGISTER:
		return trace_nmr_deregister(registration, result);
	case NMR_STEP_DEREGISTERED:
		return trace_nmr_deregistered(registration, result);
	default:
		return trace_nmr_wait(registration, result);
	}
}

/**
 * nmr_log_call() - log that a callback of a binding is about to be called
 * @step: NMR_STEP_ATTACH, NMR_STEP_DETACH or NMR_STEP_CLEANUP
 * @side: whose callback
 * @binding: the binding
 */
static __always_inline void nmr_log_call(enum nmr_step step, enum nmr_side side,
					 const struct nmr_binding_object *binding)
{
	const struct nmr_registration *provider = binding->registration[NMR_PROVIDER];
	const struct nmr_registration *client = binding->registration[NMR_CLIENT];

	pr_debug("%s npi=%pUl provider=%s#%u client=%s#%u binding=%lu result=-\n",
		 nmr_step_names[step][side], &provider->npi->id, provider->owner->name,
		 provider->number, client->owner->name, client->number, binding->handle.id);

	switch (step) {
	case NMR_STEP_ATTACH:
		return trace_nmr_attach_called(binding, side, 0);
	case NMR_STEP_DETACH:
		return trace_nmr_detach_called(binding, side, 0);
	default:
		return trace_nmr_cleanup_called(binding, side, 0);
	}
}

/**
 * nmr_log_result() - log the result of a step of a binding
 * @step: the callback that returned, or another step
 * @side: whose step; NMR_CLIENT if of neither side
 * @binding: the binding
 * @result: 0 or a negative errno
 */
static __always_inline void nmr_log_result(enum nmr_step step, enum nmr_side side,
					   const struct nmr_binding_object *binding,
					   int result)
{
	const struct nmr_registration *provider = binding->registration[NMR_PROVIDER];
	const struct nmr_registration *client = binding->registration[NMR_CLIENT];

	pr_debug("%s npi=%pUl provider=%s#%u client=%s#%u binding=%lu result=%d\n",
		 nmr_step_names[step][side], &provider->npi->id, provider->owner->name,
		 provider->number, client->owner->name, client->number, binding->handle.id,
		 result);

	switch (step) {
	case NMR_STEP_ATTACH:
		return trace_nmr_attach_returned(binding, side, result);
	case NMR_STEP_ATTACHED:
		return trace_nmr_attached(binding, side, result);
	case NMR_STEP_DECLINED:
		return trace_nmr_declined(binding, side, result);
	case NMR_STEP_DETACH:
		return trace_nmr_detach_returned(binding, side, result);
	case NMR_STEP_DETACH_COMPLETE:
		return trace_nmr_detach_complete(binding, side, result);
	case NMR_STEP_RUNDOWN_DETACH:
		return trace_nmr_rundown_detach(binding, side, result);
	case NMR_STEP_RUNDOWN_DRAINED:
		return trace_nmr_rundown_drained(binding, side, result);
	case NMR_STEP_CLEANUP:
		return trace_nmr_cleanup_returned(binding, side, result);
	default:
		return trace_nmr_unbound(binding, side, result);
	}
}

#endif /* _NMR_LOG_H */
