// SPDX-License-Identifier: GPL-2.0
/* Registering on behalf of a driver. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/nmr.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "attach.h"
#include "status.h"
#include "windows.h"

/* Each side gets a pointer to the other's own instance and module id. */
#define ASSERT_SAME_PLACE(windows, member, linux, same) \
	static_assert(offsetof(windows, member) == offsetof(linux, same))

#define ASSERT_SAME_INSTANCE(member, same) \
	ASSERT_SAME_PLACE(NPI_REGISTRATION_INSTANCE, member, \
			  struct npi_registration_instance, same)

#define ASSERT_SAME_MODULE_ID(member, same) \
	ASSERT_SAME_PLACE(NPI_MODULEID, member, struct npi_module_id, same)

ASSERT_SAME_INSTANCE(Version, version);
ASSERT_SAME_INSTANCE(Size, size);
ASSERT_SAME_INSTANCE(NpiId, npi_id);
ASSERT_SAME_INSTANCE(ModuleId, module_id);
ASSERT_SAME_INSTANCE(Number, number);
ASSERT_SAME_INSTANCE(NpiSpecificCharacteristics, npi_specific_characteristics);
ASSERT_SAME_MODULE_ID(Length, length);
ASSERT_SAME_MODULE_ID(Type, type);
ASSERT_SAME_MODULE_ID(Guid, guid);
ASSERT_SAME_MODULE_ID(IfLuid, if_luid);
static_assert(sizeof(NPI_REGISTRATION_INSTANCE) == sizeof(struct npi_registration_instance));
static_assert(sizeof(NPI_MODULEID) == sizeof(struct npi_module_id));
static_assert(sizeof(GUID) == sizeof(guid_t));
static_assert((int)MIT_GUID == (int)NPI_MODULE_ID_GUID);
static_assert((int)MIT_IF_LUID == (int)NPI_MODULE_ID_IF_LUID);
static_assert(sizeof(struct nmr_wdk_class) >= sizeof(struct lock_class_key));

/*
 * A driver's registration, with the characteristics that the registrar has of it.
 * It is the registrar's context and is freed when the registrar releases it, so
 * it needs neither a list nor a lock.
 */
struct nmr_wdk_registration {
	PVOID context;
	const NPI_REGISTRATION_INSTANCE *instance;
	union {
		PNPI_PROVIDER_ATTACH_CLIENT_FN attach_client;
		PNPI_CLIENT_ATTACH_PROVIDER_FN attach_provider;
	};
	union {
		struct nmr_provider_characteristics as_provider;
		struct nmr_client_characteristics as_client;
	};
};

static const struct npi_registration_instance *nmr_wdk_instance(void *context)
{
	const struct nmr_wdk_registration *registration = context;

	return (const void *)registration->instance;
}

static void nmr_wdk_released(void *context)
{
	kfree(context);
}

static const struct nmr_layer nmr_wdk_layer = {
	.instance = nmr_wdk_instance,
	.detach_result = nmr_wdk_detach_errno,
	.released = nmr_wdk_released,
};

static struct nmr_wdk_registration *nmr_wdk_registration_alloc(PVOID context)
{
	struct nmr_wdk_registration *registration;

	registration = kzalloc(sizeof(*registration), GFP_KERNEL);
	if (registration)
		registration->context = context;
	return registration;
}

static int nmr_wdk_attach_client(struct nmr_binding *binding, void *provider_context,
				 const struct npi_registration_instance *client_instance,
				 void *client_binding_context, const void *client_dispatch,
				 void **provider_binding_context,
				 const void **provider_dispatch)
{
	struct nmr_wdk_registration *registration = provider_context;
	NTSTATUS status;

	status = registration->attach_client(binding, registration->context,
					     (const void *)client_instance,
					     client_binding_context, client_dispatch,
					     provider_binding_context, provider_dispatch);
	nmr_wdk_attach_answer(binding, status);
	if (NT_SUCCESS(status) && status != STATUS_SUCCESS)
		pr_warn("%ps: returned 0x%08x, which attaches like any success; should be STATUS_SUCCESS\n",
			registration->attach_client, status);
	return nmr_wdk_attach_errno(status);
}

static int nmr_wdk_attach_provider(struct nmr_binding *binding, void *client_context,
				   const struct npi_registration_instance *provider_instance)
{
	struct nmr_wdk_registration *registration = client_context;
	NTSTATUS status;

	status = registration->attach_provider(binding, registration->context,
					       (const void *)provider_instance);
	return nmr_wdk_attach_errno(status);
}

/**
 * nmr_wdk_register_provider() - implement NmrRegisterProvider()
 * @ProviderCharacteristics: see NmrRegisterProvider()
 * @ProviderContext: see NmrRegisterProvider()
 * @NmrProviderHandle: see NmrRegisterProvider()
 * @Owner: the driver's module; NULL if built in
 * @Class: lockdep class of the registration
 * @Name: name of the class
 *
 * Context: PASSIVE_LEVEL; attach callbacks run inside it.
 * Return: see NmrRegisterProvider().
 */
NTSTATUS nmr_wdk_register_provider(const NPI_PROVIDER_CHARACTERISTICS *ProviderCharacteristics,
				   PVOID ProviderContext, PHANDLE NmrProviderHandle,
				   struct module *Owner, struct nmr_wdk_class *Class,
				   PCSTR Name)
{
	const NPI_PROVIDER_CHARACTERISTICS *theirs = ProviderCharacteristics;
	struct nmr_provider_characteristics *ours = NULL;
	struct nmr_wdk_registration *registration;
	int err;

	registration = nmr_wdk_registration_alloc(ProviderContext);
	if (!registration)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (!IS_ERR_OR_NULL(theirs)) {
		ours = &registration->as_provider;
		registration->attach_client = theirs->ProviderAttachClient;
		if (theirs->ProviderAttachClient)
			ours->attach_client = nmr_wdk_attach_client;
		ours->detach_client = theirs->ProviderDetachClient;
		ours->cleanup_binding_context = theirs->ProviderCleanupBindingContext;
		registration->instance = &theirs->ProviderRegistrationInstance;
	}
	err = __nmr_register_provider(ours, registration,
				      (struct nmr_provider **)NmrProviderHandle, Owner,
				      (struct lock_class_key *)Class, Name, &nmr_wdk_layer);
	if (err)
		kfree(registration);
	return nmr_wdk_status(err);
}
EXPORT_SYMBOL_GPL(nmr_wdk_register_provider);

/**
 * nmr_wdk_register_client() - implement NmrRegisterClient()
 * @ClientCharacteristics: see NmrRegisterClient()
 * @ClientContext: see NmrRegisterClient()
 * @NmrClientHandle: see NmrRegisterClient()
 * @Owner: the driver's module; NULL if built in
 * @Class: lockdep class of the registration
 * @Name: name of the class
 *
 * Context: PASSIVE_LEVEL; attach callbacks run inside it.
 * Return: see NmrRegisterClient().
 */
NTSTATUS nmr_wdk_register_client(const NPI_CLIENT_CHARACTERISTICS *ClientCharacteristics,
				 PVOID ClientContext, PHANDLE NmrClientHandle,
				 struct module *Owner, struct nmr_wdk_class *Class,
				 PCSTR Name)
{
	const NPI_CLIENT_CHARACTERISTICS *theirs = ClientCharacteristics;
	struct nmr_client_characteristics *ours = NULL;
	struct nmr_wdk_registration *registration;
	int err;

	registration = nmr_wdk_registration_alloc(ClientContext);
	if (!registration)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (!IS_ERR_OR_NULL(theirs)) {
		ours = &registration->as_client;
		registration->attach_provider = theirs->ClientAttachProvider;
		if (theirs->ClientAttachProvider)
			ours->attach_provider = nmr_wdk_attach_provider;
		ours->detach_provider = theirs->ClientDetachProvider;
		ours->cleanup_binding_context = theirs->ClientCleanupBindingContext;
		registration->instance = &theirs->ClientRegistrationInstance;
	}
	err = __nmr_register_client(ours, registration,
				    (struct nmr_client **)NmrClientHandle, Owner,
				    (struct lock_class_key *)Class, Name, &nmr_wdk_layer);
	if (err)
		kfree(registration);
	return nmr_wdk_status(err);
}
EXPORT_SYMBOL_GPL(nmr_wdk_register_client);
