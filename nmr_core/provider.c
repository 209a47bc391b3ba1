// SPDX-License-Identifier: GPL-2.0
/* The provider's calls, as wrappers around those that serve both sides. */
#include <linux/instruction_pointer.h>
#include <linux/nmr.h>

#include "binding.h"
#include "deregister.h"
#include "register.h"

/**
 * __nmr_register_provider() - register a provider, with its owner given
 * @characteristics: see nmr_register_provider()
 * @provider_context: see nmr_register_provider()
 * @provider: see nmr_register_provider()
 * @owner: the module that registers; NULL, built in
 * @key: lockdep class of the registration
 * @name: of the class
 * @layer: the layer that registers on behalf of @owner, or NULL
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
 * Detaches every attached binding: calls the provider's @detach_client, then
 * the client's @detach_provider, and unless either pends, cleanup. No new
 * binding is made. A binding whose attach is in flight is detached by the
 * thread that attaches it. Waits neither for those nor for pending ones:
 * nmr_wait_for_provider_deregister_complete() does, and must be called.
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
 * nmr_deregister_provider() for atomic context. The callbacks run on the
 * registrar's workqueue.
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
 * nmr_wait_for_provider_deregister_complete() - wait for a provider's
 *	deregistration
 * @provider: handle that was deregistered, or anything
 *
 * Once it has returned 0, the registrar no longer touches code or data of the
 * registration, and the handle is stale. The module must still stop its own
 * threads, timers and work items.
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
 * Required of a provider whose @detach_client returned -EINPROGRESS. May also
 * be called while that callback runs, or before it is called.
 *
 * Cleanup follows when the client is done too: on the registrar's workqueue, or
 * in the detach that is still running. It may be over before this returns.
 *
 * See Documentation/contract.rst, section 2, rows 4.4, 4.5, 4.7 and 5.1.
 *
 * Context: Any but NMI.
 * Return: 0; -EINVAL, no such binding; -EALREADY, called twice, or the detach
 *	callback has returned 0.
 */
int nmr_provider_detach_client_complete(struct nmr_binding *binding)
{
	return nmr_binding_detach_complete(binding, NMR_PROVIDER, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_provider_detach_client_complete);
