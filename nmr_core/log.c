// SPDX-License-Identifier: GPL-2.0
/*
 * The lines of the trace. All have one grammar, described for readers and
 * scripts in Documentation/trace.rst; change both together.
 */
#include "log.h"

#include "binding.h"
#include "registration.h"

#define NMR_STEP_FMT "%s npi=%pUl provider=%s#%u client=%s#%u binding=%lu "

/**
 * nmr_log_registration() - a step of a registration
 * @step: without the side, which is put behind it
 * @registration: whose
 * @result: 0 or a negative errno
 */
void nmr_log_registration(const char *step, const struct nmr_registration *registration,
			  int result)
{
	const guid_t *npi = &registration->npi->id;

	if (registration->registrant.side == NMR_PROVIDER)
		pr_debug("%s_provider npi=%pUl provider=%s#%u client=- binding=- result=%d\n",
			 step, npi, registration->owner, registration->number, result);
	else
		pr_debug("%s_client npi=%pUl provider=- client=%s#%u binding=- result=%d\n",
			 step, npi, registration->owner, registration->number, result);
}

/**
 * nmr_log_call() - a callback of a binding is about to be called
 * @step: the callback
 * @binding: whose
 */
void nmr_log_call(const char *step, const struct nmr_binding_object *binding)
{
	const struct nmr_registration *provider = binding->registration[NMR_PROVIDER];
	const struct nmr_registration *client = binding->registration[NMR_CLIENT];

	pr_debug(NMR_STEP_FMT "result=-\n", step, &provider->npi->id,
		 provider->owner, provider->number, client->owner, client->number,
		 binding->handle.id);
}

/**
 * nmr_log_result() - a step of a binding is over
 * @step: the callback that returned, or what came of it
 * @binding: whose
 * @result: 0 or a negative errno
 */
void nmr_log_result(const char *step, const struct nmr_binding_object *binding,
		    int result)
{
	const struct nmr_registration *provider = binding->registration[NMR_PROVIDER];
	const struct nmr_registration *client = binding->registration[NMR_CLIENT];

	pr_debug(NMR_STEP_FMT "result=%d\n", step, &provider->npi->id,
		 provider->owner, provider->number, client->owner, client->number,
		 binding->handle.id, result);
}
