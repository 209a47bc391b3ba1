// SPDX-License-Identifier: GPL-2.0
/* Calls in progress: a percpu_ref that says detach complete as it drains. */
#include <linux/instruction_pointer.h>
#include <linux/nmr.h>
#include <linux/nmr_rundown.h>

#include "binding.h"
#include "log.h"

static void nmr_rundown_drained(struct percpu_ref *calls)
{
	struct nmr_rundown *rundown = container_of(calls, struct nmr_rundown, calls);

	rundown->complete(rundown->binding);
}

static int nmr_rundown_init(struct nmr_rundown *rundown, struct nmr_binding *binding,
			    int (*complete)(struct nmr_binding *binding), gfp_t gfp,
			    unsigned long caller)
{
	bool found;

	rcu_read_lock();
	found = nmr_binding_find(binding);
	rcu_read_unlock();
	if (!rundown || !found) {
		nmr_warn_caller(caller, "rundown_init: no such %s",
				rundown ? "binding" : "rundown");
		return -EINVAL;
	}
	rundown->binding = binding;
	rundown->complete = complete;
	return percpu_ref_init(&rundown->calls, nmr_rundown_drained, 0, gfp);
}

/**
 * nmr_rundown_init_client() - begin to count a client's calls to the provider
 * @rundown: memory of the client's
 * @binding: handle that @attach_provider got
 * @gfp: for the counters of each processor
 *
 * Context: As @gfp allows; from @attach_provider, before
 *	nmr_client_attach_provider().
 * Contract: section 6.
 * Return: 0, and nmr_rundown_destroy() is owed; -EINVAL, no such binding;
 *	-ENOMEM.
 */
int nmr_rundown_init_client(struct nmr_rundown *rundown,
			    struct nmr_binding *binding, gfp_t gfp)
{
	return nmr_rundown_init(rundown, binding, nmr_client_detach_provider_complete,
				gfp, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_rundown_init_client);

/**
 * nmr_rundown_init_provider() - begin to count a provider's calls to the client
 * @rundown: memory of the provider's
 * @binding: handle that @attach_client got
 * @gfp: for the counters of each processor
 *
 * Context: As @gfp allows; from @attach_client.
 * Contract: section 6.
 * Return: as nmr_rundown_init_client().
 */
int nmr_rundown_init_provider(struct nmr_rundown *rundown,
			      struct nmr_binding *binding, gfp_t gfp)
{
	return nmr_rundown_init(rundown, binding, nmr_provider_detach_client_complete,
				gfp, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_rundown_init_provider);

/**
 * nmr_rundown_detach() - let no call in any more
 * @rundown: initialised
 *
 * When the last call is out, or at once if there is none, detach complete is
 * said for this side. It may be before this returns.
 *
 * Context: Process context; from the detach callback, which returns what this
 *	returns.
 * Contract: section 6; 4.4.
 * Return: -EINPROGRESS.
 */
int nmr_rundown_detach(struct nmr_rundown *rundown)
{
	if (percpu_ref_is_dying(&rundown->calls))
		nmr_warn_caller(_RET_IP_, "rundown_detach: a second time");
	else
		percpu_ref_kill(&rundown->calls);
	return -EINPROGRESS;
}
EXPORT_SYMBOL_GPL(nmr_rundown_detach);

/**
 * nmr_rundown_destroy() - give back the counters
 * @rundown: drained, or never attached
 *
 * Context: Any; from @cleanup_binding_context, or from an attach callback that
 *	fails. nmr_rundown_enter() says false from then on.
 * Contract: section 6.
 */
void nmr_rundown_destroy(struct nmr_rundown *rundown)
{
	percpu_ref_exit(&rundown->calls);
}
EXPORT_SYMBOL_GPL(nmr_rundown_destroy);
