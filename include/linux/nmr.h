/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network Module Registrar: lets providers and clients of network programming
 * interfaces attach to each other, and detach in any order.
 */
#ifndef _LINUX_NMR_H
#define _LINUX_NMR_H

#include <linux/export.h>
#include <linux/lockdep.h>
#include <linux/types.h>
#include <linux/uuid.h>

/**
 * DOC: what the registrar does
 *
 * A Network Programming Interface (NPI) is a GUID and the two dispatch tables
 * that its sides agreed on. A module that offers an NPI registers as its
 * provider, a module that uses it as its client, in any order. For each pair of
 * a provider and a client of the same NPI, the registrar makes one binding:
 *
 * 1. It calls the client's @attach_provider. The client looks at the provider
 *    and either declines with -ENODEV, or calls nmr_client_attach_provider().
 * 2. On that the registrar calls the provider's @attach_client, which accepts
 *    with 0 or declines. The client returns that result.
 * 3. The two call each other directly, through their dispatch tables. Each side
 *    must know when its last call has returned: &struct nmr_rundown counts its
 *    calls, and &struct nmr_gate is for calls that do not sleep.
 * 4. Either side deregisters. The registrar calls both detach callbacks, the
 *    deregistering side's first. A side with a rundown or a gate returns
 *    -EINPROGRESS, and the registrar says detach complete for it. Any other side
 *    returns 0 if it has no call in progress, or else -EINPROGRESS, and says detach
 *    complete after the last.
 * 5. When both sides are done, the registrar calls both
 *    @cleanup_binding_context, the client's first. The contexts may be freed
 *    there.
 *
 * Deregister only begins this. A module must also wait before it is unloaded:
 * only once wait has returned does the registrar no longer touch its code and
 * data.
 *
 * All callbacks run in process context, without locks of the registrar held,
 * and may sleep, register, deregister and attach. Callbacks of different
 * bindings may run concurrently. Those of one binding never do, except that its
 * two detach callbacks are independent of each other.
 *
 * A detach callback may take cpus_read_lock(). So do not call register, deregister
 * or wait from CPU hotplug callbacks or with that lock held; the _atomic deregister
 * calls are fine there.
 *
 * A module that is unloaded, or whose init fails, while it is still registered
 * is deregistered and waited for by nmr_core, and named in the log. Its
 * callbacks then run while the loader's notifier chain waits for them:
 * registering or unregistering a module notifier deadlocks and loading a module
 * may, and every later load and unload blocks with it. Once its exit function
 * runs, a module can register nothing more.
 *
 * Handles (&struct nmr_provider, &struct nmr_client, &struct nmr_binding) are
 * opaque and never dereferenced: the registrar looks each up among the live
 * ones. On 64 bit a handle is never reused; on 32 bit it may be, after some
 * 2^21 registrations and bindings. A NULL, stale or invalid handle gets -EINVAL
 * and a rate-limited line in the log.
 */

struct module;
struct nmr_provider;
struct nmr_client;
struct nmr_binding;

/**
 * enum npi_module_id_type - which member of &struct npi_module_id is set
 * @NPI_MODULE_ID_GUID: @guid
 * @NPI_MODULE_ID_IF_LUID: @if_luid
 */
enum npi_module_id_type {
	NPI_MODULE_ID_GUID = 1,
	NPI_MODULE_ID_IF_LUID = 2,
};

/**
 * struct npi_module_id - identifies a module to the other side of an NPI
 * @length: size of the structure, for ported Windows drivers; else 0
 * @type: which member is set
 * @guid: the module's GUID
 * @if_luid: locally unique id of the network interface the module stands for
 *
 * Passed to the other side; the registrar does not interpret it.
 */
struct npi_module_id {
	u16 length;
	enum npi_module_id_type type;
	union {
		guid_t guid;
		u64 if_luid;
	};
};

/**
 * npi_module_id_equal() - compare two module ids
 * @a: one module's id, or NULL
 * @b: the other's, or NULL
 *
 * Context: Any.
 * Return: true, neither is NULL and they have the same type and value.
 */
static inline bool npi_module_id_equal(const struct npi_module_id *a,
				       const struct npi_module_id *b)
{
	if (!a || !b || a->type != b->type)
		return false;
	if (a->type == NPI_MODULE_ID_GUID)
		return guid_equal(&a->guid, &b->guid);
	return a->if_luid == b->if_luid;
}

/**
 * struct npi_registration_instance - what one side shows the other of itself
 * @version: version of the NPI
 * @size: size of the structure, for ported Windows drivers; else 0
 * @npi_id: the NPI, the only thing that the registrar matches on; never NULL
 * @module_id: the registering module; may be NULL
 * @number: distinguishes several registrations of one module
 * @npi_specific_characteristics: whatever the NPI defines; may be NULL
 *
 * The other side gets a pointer to it in its attach callback and checks
 * @version, @module_id and @number there; the registrar accepts any value of
 * them. The structure and all that it points to belong to the registering
 * module and must stay valid and unchanged until wait has returned.
 *
 * This and &struct npi_module_id have the memory layout of Windows: a ported
 * driver gets the same pointer (wdk/netioddk.h).
 */
struct npi_registration_instance {
	u16 version;
	u16 size;
	const guid_t *npi_id;
	const struct npi_module_id *module_id;
	u32 number;
	const void *npi_specific_characteristics;
};

/**
 * struct nmr_provider_characteristics - a provider's callbacks and identity
 * @attach_client: a client wants to attach. Check @client_instance, keep
 *	@client_binding_context and @client_dispatch to call the client with,
 *	store the provider's own through @provider_binding_context and
 *	@provider_dispatch, and return 0; or return -ENODEV to decline silently,
 *	or another error. Required.
 * @detach_client: stop calling the client. Return 0 if no call is in progress,
 *	else -EINPROGRESS and call nmr_provider_detach_client_complete() after
 *	the last. A side with a rundown or a gate returns nmr_rundown_detach() or
 *	nmr_gate_detach(), and does not call it. Called once for each binding that
 *	attached. Required.
 * @cleanup_binding_context: both sides are detached; the context may be freed.
 *	Called once for each binding that attached. May be NULL.
 * @instance: what clients see of this provider
 *
 * Stays the caller's memory; must stay valid until
 * nmr_wait_for_provider_deregister_complete() has returned. See
 * Documentation/contract.rst, section 2.
 */
struct nmr_provider_characteristics {
	int (*attach_client)(struct nmr_binding *binding, void *provider_context,
			     const struct npi_registration_instance *client_instance,
			     void *client_binding_context, const void *client_dispatch,
			     void **provider_binding_context,
			     const void **provider_dispatch);
	int (*detach_client)(void *provider_binding_context);
	void (*cleanup_binding_context)(void *provider_binding_context);
	struct npi_registration_instance instance;
};

/**
 * struct nmr_client_characteristics - a client's callbacks and identity
 * @attach_provider: a provider is available. Check @provider_instance and
 *	return -ENODEV to decline silently, or another error; or call
 *	nmr_client_attach_provider() and return what it returned. Required.
 * @detach_provider: stop calling the provider. Return 0 if no call is in
 *	progress, else -EINPROGRESS and call
 *	nmr_client_detach_provider_complete() after the last; or as
 *	@detach_client with a rundown or a gate. Called once for each binding that
 *	attached. Required.
 * @cleanup_binding_context: both sides are detached; the context may be freed.
 *	Called once for each binding that attached. May be NULL.
 * @instance: what providers see of this client
 *
 * Stays the caller's memory; must stay valid until
 * nmr_wait_for_client_deregister_complete() has returned. See
 * Documentation/contract.rst, section 2.
 */
struct nmr_client_characteristics {
	int (*attach_provider)(struct nmr_binding *binding, void *client_context,
			       const struct npi_registration_instance *provider_instance);
	int (*detach_provider)(void *client_binding_context);
	void (*cleanup_binding_context)(void *client_binding_context);
	struct npi_registration_instance instance;
};

/**
 * struct nmr_layer - hooks of a layer that registers on behalf of modules
 * @instance: returns the instance that peers see instead of that in the
 *	characteristics, given the layer's @provider_context or @client_context
 * @detach_result: converts what the modules' detach callbacks return to 0 or a
 *	negative errno
 * @released: the registration is complete, and wait has not returned yet: the
 *	layer's @provider_context or @client_context may be freed. Called in
 *	process context, once for each registration that succeeded
 *
 * The attach callbacks are the layer's and get its context. Detach and cleanup
 * callbacks are the modules' own: they get only the module's binding context,
 * from which a layer could not find the module.
 */
struct nmr_layer {
	const struct npi_registration_instance *(*instance)(void *context);
	int (*detach_result)(int result);
	void (*released)(void *context);
};

int __nmr_register_provider(const struct nmr_provider_characteristics *characteristics,
			    void *provider_context, struct nmr_provider **provider,
			    struct module *owner, struct lock_class_key *key,
			    const char *name, const struct nmr_layer *layer);
/* The kernel-doc of these is in nmr_core/provider.c and client.c. */
int nmr_deregister_provider(struct nmr_provider *provider);
int nmr_deregister_provider_atomic(struct nmr_provider *provider);
int nmr_wait_for_provider_deregister_complete(struct nmr_provider *provider);
int nmr_provider_detach_client_complete(struct nmr_binding *binding);

int __nmr_register_client(const struct nmr_client_characteristics *characteristics,
			  void *client_context, struct nmr_client **client,
			  struct module *owner, struct lock_class_key *key,
			  const char *name, const struct nmr_layer *layer);
int nmr_deregister_client(struct nmr_client *client);
int nmr_deregister_client_atomic(struct nmr_client *client);
int nmr_wait_for_client_deregister_complete(struct nmr_client *client);
int nmr_client_detach_provider_complete(struct nmr_binding *binding);

int nmr_client_attach_provider(struct nmr_binding *binding,
			       void *client_binding_context, const void *client_dispatch,
			       void **provider_binding_context,
			       const void **provider_dispatch);

/*
 * Macros, so that each call site has its own owner and its own lockdep class,
 * as with alloc_workqueue() and mutex_init(). If a callback of one registration
 * waits for another to deregister, the two must not share a call site, or
 * lockdep takes them for one.
 */
#define __nmr_register(call, characteristics, context, handle)			\
({										\
	static struct lock_class_key __key;					\
										\
	call(characteristics, context, handle, THIS_MODULE, &__key, #handle,	\
	     NULL);								\
})

/**
 * nmr_register_provider() - register a provider of an NPI
 * @characteristics: &struct nmr_provider_characteristics; not copied
 * @provider_context: passed to @attach_client
 * @provider: where to store the handle; stored before the first callback runs
 *
 * Before it returns, offers the provider to every registered client of the same
 * NPI; those that register later are offered it as they do. A client that
 * declines is no error.
 *
 * Allocates all memory before the first callback: on -ENOMEM none was called.
 *
 * See Documentation/contract.rst, sections 2 and 3, rows 4.1, 4.6, 5.2 and 5.7.
 *
 * Context: Process context, may sleep; @attach_provider and @attach_client
 *	callbacks run inside it.
 * Return: 0; -EINVAL, a required part is missing; -ENOMEM; -ESHUTDOWN, the
 *	module is being unloaded. On an error nothing is registered and nothing
 *	is stored.
 */
#define nmr_register_provider(characteristics, provider_context, provider)	\
	__nmr_register(__nmr_register_provider, characteristics,		\
		       provider_context, provider)

/**
 * nmr_register_client() - register a client of an NPI
 * @characteristics: &struct nmr_client_characteristics; not copied
 * @client_context: passed to @attach_provider
 * @client: where to store the handle; stored before the first callback runs
 *
 * The mirror image of nmr_register_provider().
 *
 * See Documentation/contract.rst, sections 2 and 3, rows 4.1, 4.6, 5.2 and 5.7.
 *
 * Context: Process context, may sleep; @attach_provider and @attach_client
 *	callbacks run inside it.
 * Return: 0; -EINVAL, a required part is missing; -ENOMEM; -ESHUTDOWN, the
 *	module is being unloaded. On an error nothing is registered and nothing
 *	is stored.
 */
#define nmr_register_client(characteristics, client_context, client)		\
	__nmr_register(__nmr_register_client, characteristics,			\
		       client_context, client)

#endif /* _LINUX_NMR_H */
