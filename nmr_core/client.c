// SPDX-License-Identifier: GPL-2.0
/* The client's calls, as wrappers around those that serve both sides. */
#include <linux/instruction_pointer.h>
#include <linux/nmr.h>

#include "binding.h"
#include "deregister.h"
#include "register.h"

/**
 * __nmr_register_client() - register a client, with its owner given
 * @characteristics: see nmr_register_client()
 * @client_context: see nmr_register_client()
 * @client: see nmr_register_client()
 * @owner: the module that registers; NULL, built in
 * @key: lockdep class of the registration
 * @name: of the class
 * @layer: the layer that registers on behalf of @owner, or NULL
 *
 * For layers that register on behalf of another module.
 *
 * Context: Process context, may sleep; attach callbacks run inside it.
 * Return: see nmr_register_client().
 */
int __nmr_register_client(const struct nmr_client_characteristics *characteristics,
			  void *client_context, struct nmr_client **client,
			  struct module *owner, struct lock_class_key *key,
			  const char *name, const struct nmr_layer *layer)
{
	struct nmr_registrant registrant = {
		.side = NMR_CLIENT,
		.module = owner,
		.layer = layer,
		.context = client_context,
	};

	if (!IS_ERR_OR_NULL(characteristics)) {
		registrant.instance = layer ? layer->instance(client_context) :
					      &characteristics->instance;
		registrant.attach_provider = characteristics->attach_provider;
		registrant.detach = characteristics->detach_provider;
		registrant.cleanup = characteristics->cleanup_binding_context;
	}
	return nmr_register(&registrant, (void **)client, key, name);
}
EXPORT_SYMBOL_GPL(__nmr_register_client);

/**
 * nmr_deregister_client() - begin to deregister a client
 * @client: handle from nmr_register_client(), or anything
 *
 * The mirror image of nmr_deregister_provider().
 *
 * See Documentation/contract.rst, sections 2 and 3, rows 4.2, 4.3, 4.12, 5.1
 * and 5.3.
 *
 * Context: Process context, may sleep. Also from any callback.
 * Return: -EINPROGRESS, always when initiated; -EINVAL, no such handle or
 *	deregistered already.
 */
int nmr_deregister_client(struct nmr_client *client)
{
	return nmr_deregister(client, NMR_CLIENT, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_deregister_client);

/**
 * nmr_deregister_client_atomic() - begin to deregister a client, anywhere
 * @client: handle from nmr_register_client(), or anything
 *
 * The mirror image of nmr_deregister_provider_atomic().
 *
 * See Documentation/contract.rst, section 2, rows 4.15, 5.1 and 5.3.
 *
 * Context: Any but NMI; with spinlocks held too, on PREEMPT_RT as well.
 * Return: as nmr_deregister_client().
 */
int nmr_deregister_client_atomic(struct nmr_client *client)
{
	return nmr_deregister_atomic(client, NMR_CLIENT, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_deregister_client_atomic);

/**
 * nmr_wait_for_client_deregister_complete() - wait for a client's
 *	deregistration
 * @client: handle that was deregistered, or anything
 *
 * The mirror image of nmr_wait_for_provider_deregister_complete().
 *
 * See Documentation/contract.rst, section 2, rows 4.8, 4.13, 5.1, 5.4 and 5.5.
 *
 * Context: Process context, may sleep. Not from a callback of one of its own
 *	bindings.
 * Return: 0; -EINVAL, no such handle or not deregistered; -EDEADLK, the caller
 *	is inside a callback that it would wait for.
 */
int nmr_wait_for_client_deregister_complete(struct nmr_client *client)
{
	return nmr_wait(client, NMR_CLIENT, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_wait_for_client_deregister_complete);

/**
 * nmr_client_detach_provider_complete() - the client's last call returned
 * @binding: handle from @attach_provider, or anything
 *
 * The mirror image of nmr_provider_detach_client_complete().
 *
 * See Documentation/contract.rst, section 2, rows 4.4, 4.5, 4.7 and 5.1.
 *
 * Context: Any but NMI.
 * Return: 0; -EINVAL, no such binding; -EALREADY, called twice, or the detach
 *	callback has returned 0.
 */
int nmr_client_detach_provider_complete(struct nmr_binding *binding)
{
	return nmr_binding_detach_complete(binding, NMR_CLIENT, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_client_detach_provider_complete);

/**
 * nmr_client_attach_provider() - attach to the provider that is offered
 * @binding: handle that the running @attach_provider callback got
 * @client_binding_context: passed to the client's detach and cleanup callbacks,
 *	and by the provider's calls
 * @client_dispatch: the client's dispatch table, for the provider
 * @provider_binding_context: where to store what the client passes to the
 *	provider
 * @provider_dispatch: where to store the provider's dispatch table
 *
 * Passes @client_binding_context and @client_dispatch to @attach_client of the
 * provider. The provider may call the client before this returns, so the client
 * must be ready before it calls this. Once it has returned 0 the client may
 * call the provider. What is stored through the last two belongs to the
 * provider and is valid until the client's detach is complete. On an error
 * nothing is stored.
 *
 * See Documentation/contract.rst, sections 2 and 3, rows 4.2 and 4.10.
 *
 * Context: Process context, in the task that is inside this binding's
 *	@attach_provider callback; may sleep.
 * Return: what @attach_client returned, for the callback to return; -EINVAL,
 *	not inside that callback, or called twice.
 */
int nmr_client_attach_provider(struct nmr_binding *binding,
			       void *client_binding_context, const void *client_dispatch,
			       void **provider_binding_context,
			       const void **provider_dispatch)
{
	return nmr_binding_attach_client(binding, client_binding_context,
					 client_dispatch, provider_binding_context,
					 provider_dispatch, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_client_attach_provider);
