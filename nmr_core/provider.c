// SPDX-License-Identifier: GPL-2.0
/* The provider's calls: each is the common one with the side filled in. */
#include <linux/instruction_pointer.h>
#include <linux/nmr.h>

#include "binding.h"
#include "deregister.h"
#include "register.h"

/**
 * __nmr_register_provider() - what nmr_register_provider() calls
 * @characteristics: see nmr_register_provider()
 * @provider_context: see nmr_register_provider()
 * @provider: see nmr_register_provider()
 * @owner: the module that registers; NULL, built in
 * @key: lockdep class of the registration
 * @name: of the class
 * @layer: on behalf of whom it registers; NULL, for itself
 *
 * For layers that register on behalf of another module.
 *
 * Context: Process context, may sleep; attach callbacks run inside it.
 * Return: see nmr_register_provider().
 */
int __nmr_register_provider(const struct nmr_provider_characteristics *characteristics,
			    void *provider_context, struct nmr_provider **provider,
			    struct module *owner, struct lock_class_key *key,
			    const char *name, const struct nmr_layer *layer)
{
	struct nmr_registrant registrant = {
		.side = NMR_PROVIDER,
		.module = owner,
		.layer = layer,
		.context = provider_context,
	};

	if (!IS_ERR_OR_NULL(characteristics)) {
		registrant.instance = layer ? layer->instance(provider_context) :
					      &characteristics->instance;
		registrant.attach_client = characteristics->attach_client;
		registrant.detach = characteristics->detach_client;
		registrant.cleanup = characteristics->cleanup_binding_context;
	}
	return nmr_register(&registrant, (void **)provider, key, name);
}
EXPORT_SYMBOL_GPL(__nmr_register_provider);

/**
 * nmr_deregister_provider() - begin to deregister a provider
 * @provider: handle from nmr_register_provider(), or anything
 *
 * Detaches every attached binding: the provider's @detach_client is called,
 * then the client's @detach_provider, and where neither is pending cleanup. No
 * binding is begun any more; one whose attach is under way is attached, and
 * detached by the thread that attached it. Does not wait for those and for
 * pending ones; nmr_wait_for_provider_deregister_complete() does, and must be
 * called.
 *
 * See Documentation/contract.rst, sections 2 and 3, rows 4.2, 4.3, 4.12, 5.1
 * and 5.3.
 *
 * Context: Process context, may sleep. Also from any callback.
 * Return: -EINPROGRESS, always when initiated; -EINVAL, no such handle or
 *	deregistered already.
 */
int nmr_deregister_provider(struct nmr_provider *provider)
{
	return nmr_deregister(provider, NMR_PROVIDER, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_deregister_provider);

/**
 * nmr_deregister_provider_atomic() - begin to deregister a provider, anywhere
 * @provider: handle from nmr_register_provider(), or anything
 *
 * nmr_deregister_provider() for where one may not sleep. The callbacks run on
 * the registrar's workqueue.
 *
 * See Documentation/contract.rst, section 2, rows 4.15, 5.1 and 5.3.
 *
 * Context: Any but NMI; with spinlocks held too, on PREEMPT_RT as well.
 * Return: as nmr_deregister_provider().
 */
int nmr_deregister_provider_atomic(struct nmr_provider *provider)
{
	return nmr_deregister_atomic(provider, NMR_PROVIDER, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_deregister_provider_atomic);

/**
 * nmr_wait_for_provider_deregister_complete() - wait until it is over
 * @provider: handle that was deregistered, or anything
 *
 * After it returned 0 the registrar touches no code and no data of the
 * registration, and the handle reaches nothing. Threads, timers and work items
 * of the module's own are still the module's to stop.
 *
 * See Documentation/contract.rst, section 2, rows 4.8, 4.13, 5.1, 5.4 and 5.5.
 *
 * Context: Process context, may sleep. Not from a callback of one of its own
 *	bindings.
 * Return: 0; -EINVAL, no such handle or not deregistered; -EDEADLK, the caller
 *	is inside a callback that it would wait for.
 */
int nmr_wait_for_provider_deregister_complete(struct nmr_provider *provider)
{
	return nmr_wait(provider, NMR_PROVIDER, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_wait_for_provider_deregister_complete);

/**
 * nmr_provider_detach_client_complete() - the provider's last call returned
 * @binding: handle from @attach_client, or anything
 *
 * Owed by a provider whose @detach_client returned -EINPROGRESS. It counts as
 * well while that callback runs, and before it was called at all.
 *
 * Cleanup follows when the client is done too: on the registrar's workqueue, or
 * in the detach that is still under way. It may be over before this returns.
 *
 * See Documentation/contract.rst, section 2, rows 4.4, 4.5, 4.7 and 5.1.
 *
 * Context: Any but NMI.
 * Return: 0; -EINVAL, no such binding; -EALREADY, said twice.
 */
int nmr_provider_detach_client_complete(struct nmr_binding *binding)
{
	return nmr_binding_detach_complete(binding, NMR_PROVIDER, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_provider_detach_client_complete);
