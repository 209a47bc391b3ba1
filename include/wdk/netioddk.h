/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The interface of Windows' Network Module Registrar, mapped onto <linux/nmr.h>.
 */
#ifndef _NMR_NETIODDK_H
#define _NMR_NETIODDK_H

#include "wdm.h"

/**
 * DOC: Windows' names for the registrar
 *
 * Handles are the registrar's own. Drivers and Linux modules get pointers to each
 * other's own registration instances, because struct npi_registration_instance
 * has the layout of NPI_REGISTRATION_INSTANCE.
 *
 * nmr_wdk.ko calls a driver's attach callbacks and converts their results. The
 * registrar calls the detach and cleanup callbacks directly.
 *
 * Functions are inline where possible, so that the registrar's warnings name the
 * driver as the caller.
 */

typedef GUID NPIID;
typedef const NPIID *PNPIID;

typedef enum _NPI_MODULEID_TYPE {
	MIT_GUID = 1,
	MIT_IF_LUID
} NPI_MODULEID_TYPE;

typedef struct _NPI_MODULEID {
	USHORT Length;
	NPI_MODULEID_TYPE Type;
	union {
		GUID Guid;
		LUID IfLuid;
	};
} NPI_MODULEID;

typedef const NPI_MODULEID *PNPI_MODULEID;

typedef struct _NPI_REGISTRATION_INSTANCE {
	USHORT Version;
	USHORT Size;
	PNPIID NpiId;
	PNPI_MODULEID ModuleId;
	ULONG Number;
	const VOID *NpiSpecificCharacteristics;
} NPI_REGISTRATION_INSTANCE, *PNPI_REGISTRATION_INSTANCE;

typedef NTSTATUS NPI_PROVIDER_ATTACH_CLIENT_FN(HANDLE NmrBindingHandle,
		PVOID ProviderContext,
		const NPI_REGISTRATION_INSTANCE *ClientRegistrationInstance,
		PVOID ClientBindingContext, const VOID *ClientDispatch,
		PVOID *ProviderBindingContext, const VOID **ProviderDispatch);
typedef NPI_PROVIDER_ATTACH_CLIENT_FN *PNPI_PROVIDER_ATTACH_CLIENT_FN;

typedef NTSTATUS NPI_PROVIDER_DETACH_CLIENT_FN(PVOID ProviderBindingContext);
typedef NPI_PROVIDER_DETACH_CLIENT_FN *PNPI_PROVIDER_DETACH_CLIENT_FN;

typedef VOID NPI_PROVIDER_CLEANUP_BINDING_CONTEXT_FN(PVOID ProviderBindingContext);
typedef NPI_PROVIDER_CLEANUP_BINDING_CONTEXT_FN *PNPI_PROVIDER_CLEANUP_BINDING_CONTEXT_FN;

typedef NTSTATUS NPI_CLIENT_ATTACH_PROVIDER_FN(HANDLE NmrBindingHandle, PVOID ClientContext,
		const NPI_REGISTRATION_INSTANCE *ProviderRegistrationInstance);
typedef NPI_CLIENT_ATTACH_PROVIDER_FN *PNPI_CLIENT_ATTACH_PROVIDER_FN;

typedef NTSTATUS NPI_CLIENT_DETACH_PROVIDER_FN(PVOID ClientBindingContext);
typedef NPI_CLIENT_DETACH_PROVIDER_FN *PNPI_CLIENT_DETACH_PROVIDER_FN;

typedef VOID NPI_CLIENT_CLEANUP_BINDING_CONTEXT_FN(PVOID ClientBindingContext);
typedef NPI_CLIENT_CLEANUP_BINDING_CONTEXT_FN *PNPI_CLIENT_CLEANUP_BINDING_CONTEXT_FN;

typedef struct _NPI_PROVIDER_CHARACTERISTICS {
	USHORT Version;
	USHORT Length;
	PNPI_PROVIDER_ATTACH_CLIENT_FN ProviderAttachClient;
	PNPI_PROVIDER_DETACH_CLIENT_FN ProviderDetachClient;
	PNPI_PROVIDER_CLEANUP_BINDING_CONTEXT_FN ProviderCleanupBindingContext;
	NPI_REGISTRATION_INSTANCE ProviderRegistrationInstance;
} NPI_PROVIDER_CHARACTERISTICS, *PNPI_PROVIDER_CHARACTERISTICS;

typedef struct _NPI_CLIENT_CHARACTERISTICS {
	USHORT Version;
	USHORT Length;
	PNPI_CLIENT_ATTACH_PROVIDER_FN ClientAttachProvider;
	PNPI_CLIENT_DETACH_PROVIDER_FN ClientDetachProvider;
	PNPI_CLIENT_CLEANUP_BINDING_CONTEXT_FN ClientCleanupBindingContext;
	NPI_REGISTRATION_INSTANCE ClientRegistrationInstance;
} NPI_CLIENT_CHARACTERISTICS, *PNPI_CLIENT_CHARACTERISTICS;

/**
 * NmrIsEqualNpiModuleId() - compare two module ids
 * @ModuleId1: one module's id, or NULL
 * @ModuleId2: the other's, or NULL
 *
 * Context: Any.
 * Return: TRUE if both have the same type and value.
 */
static inline BOOLEAN NmrIsEqualNpiModuleId(const NPI_MODULEID *ModuleId1,
					    const NPI_MODULEID *ModuleId2)
{
	/* A Linux module may have none. */
	if (!ModuleId1 || !ModuleId2 || ModuleId1->Type != ModuleId2->Type)
		return FALSE;
	if (ModuleId1->Type == MIT_GUID)
		return IsEqualGUID(&ModuleId1->Guid, &ModuleId2->Guid);
	return RtlEqualMemory(&ModuleId1->IfLuid, &ModuleId2->IfLuid, sizeof(LUID));
}

/* Exported by nmr_core.ko and declared as in <linux/nmr.h>. */
struct nmr_provider;
struct nmr_client;
struct nmr_binding;

int nmr_deregister_provider_atomic(struct nmr_provider *provider);
int nmr_wait_for_provider_deregister_complete(struct nmr_provider *provider);
int nmr_provider_detach_client_complete(struct nmr_binding *binding);
int nmr_deregister_client_atomic(struct nmr_client *client);
int nmr_wait_for_client_deregister_complete(struct nmr_client *client);
int nmr_client_detach_provider_complete(struct nmr_binding *binding);
int nmr_client_attach_provider(struct nmr_binding *binding,
			       void *client_binding_context, const void *client_dispatch,
			       void **provider_binding_context,
			       const void **provider_dispatch);

/* Exported by nmr_wdk.ko. */
struct nmr_wdk_attach {
	ULONG_PTR Reserved[6];
};

NTSTATUS nmr_wdk_status(int err);
NTSTATUS nmr_wdk_register_provider(const NPI_PROVIDER_CHARACTERISTICS *ProviderCharacteristics,
				   PVOID ProviderContext, PHANDLE NmrProviderHandle,
				   struct module *Owner, struct nmr_wdk_class *Class,
				   PCSTR Name);
NTSTATUS nmr_wdk_register_client(const NPI_CLIENT_CHARACTERISTICS *ClientCharacteristics,
				 PVOID ClientContext, PHANDLE NmrClientHandle,
				 struct module *Owner, struct nmr_wdk_class *Class,
				 PCSTR Name);
VOID nmr_wdk_attach_begin(struct nmr_wdk_attach *Attach, HANDLE NmrBindingHandle);
NTSTATUS nmr_wdk_attach_end(struct nmr_wdk_attach *Attach, int err);

/**
 * NmrRegisterProvider() - register a provider of an NPI
 * @ProviderCharacteristics: not copied; must stay valid until wait has returned
 * @ProviderContext: passed to ProviderAttachClient
 * @NmrProviderHandle: where to store the handle; stored before the first
 *	callback runs
 *
 * See nmr_register_provider(). A macro of the same name gives each place that
 * calls it a lockdep class of its own.
 *
 * Context: PASSIVE_LEVEL; attach callbacks run inside it.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER if a required part is missing;
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_DELETE_PENDING if the module is
 *	being unloaded.
 */
static inline NTSTATUS
NmrRegisterProvider(const NPI_PROVIDER_CHARACTERISTICS *ProviderCharacteristics,
		    PVOID ProviderContext, PHANDLE NmrProviderHandle)
{
	static struct nmr_wdk_class class;

	return nmr_wdk_register_provider(ProviderCharacteristics, ProviderContext,
					 NmrProviderHandle, NMR_WDK_OWNER, &class,
					 "NmrProviderHandle");
}

#define NmrRegisterProvider(ProviderCharacteristics, ProviderContext, NmrProviderHandle)\
	({									\
		static struct nmr_wdk_class __class;				\
										\
		nmr_wdk_register_provider(ProviderCharacteristics, ProviderContext,\
					  NmrProviderHandle, NMR_WDK_OWNER,	\
					  &__class, #NmrProviderHandle);	\
	})

/**
 * NmrRegisterClient() - register a client of an NPI
 * @ClientCharacteristics: not copied; must stay valid until wait has returned
 * @ClientContext: passed to ClientAttachProvider
 * @NmrClientHandle: where to store the handle; stored before the first callback
 *	runs
 *
 * The mirror image of NmrRegisterProvider().
 *
 * Context: PASSIVE_LEVEL; attach callbacks run inside it.
 * Return: as NmrRegisterProvider().
 */
static inline NTSTATUS
NmrRegisterClient(const NPI_CLIENT_CHARACTERISTICS *ClientCharacteristics,
		  PVOID ClientContext, PHANDLE NmrClientHandle)
{
	static struct nmr_wdk_class class;

	return nmr_wdk_register_client(ClientCharacteristics, ClientContext,
				       NmrClientHandle, NMR_WDK_OWNER, &class,
				       "NmrClientHandle");
}

#define NmrRegisterClient(ClientCharacteristics, ClientContext, NmrClientHandle)\
	({									\
		static struct nmr_wdk_class __class;				\
										\
		nmr_wdk_register_client(ClientCharacteristics, ClientContext,	\
					NmrClientHandle, NMR_WDK_OWNER,		\
					&__class, #NmrClientHandle);		\
	})

/**
 * NmrDeregisterProvider() - begin to deregister a provider
 * @NmrProviderHandle: from NmrRegisterProvider(); any other value is refused
 *
 * The detach callbacks run on the registrar's workqueue, before or after this
 * returns. They never run in the caller: a kernel without CONFIG_PREEMPT_COUNT
 * cannot tell whether it holds a spinlock, and drivers should behave the same on
 * all kernels.
 *
 * Context: <= DISPATCH_LEVEL; any but NMI.
 * Return: STATUS_PENDING whenever deregistration begins; STATUS_INVALID_PARAMETER
 *	if there is no such handle or it is already deregistered.
 */
static inline NTSTATUS NmrDeregisterProvider(HANDLE NmrProviderHandle)
{
	return nmr_wdk_status(nmr_deregister_provider_atomic(NmrProviderHandle));
}

/**
 * NmrDeregisterClient() - begin to deregister a client
 * @NmrClientHandle: from NmrRegisterClient(); any other value is refused
 *
 * The mirror image of NmrDeregisterProvider().
 *
 * Context: <= DISPATCH_LEVEL; any but NMI.
 * Return: as NmrDeregisterProvider().
 */
static inline NTSTATUS NmrDeregisterClient(HANDLE NmrClientHandle)
{
	return nmr_wdk_status(nmr_deregister_client_atomic(NmrClientHandle));
}

/**
 * NmrWaitForProviderDeregisterComplete() - wait until deregistration is complete
 * @NmrProviderHandle: the deregistered handle; any other value is refused
 *
 * Context: < DISPATCH_LEVEL; may sleep.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER if the handle is not
 *	deregistered or does not exist; STATUS_POSSIBLE_DEADLOCK if it would wait
 *	for a callback that the caller is inside.
 */
static inline NTSTATUS NmrWaitForProviderDeregisterComplete(HANDLE NmrProviderHandle)
{
	return nmr_wdk_status(nmr_wait_for_provider_deregister_complete(NmrProviderHandle));
}

/**
 * NmrWaitForClientDeregisterComplete() - wait until deregistration is complete
 * @NmrClientHandle: the deregistered handle; any other value is refused
 *
 * The mirror image of NmrWaitForProviderDeregisterComplete().
 *
 * Context: < DISPATCH_LEVEL; may sleep.
 * Return: as NmrWaitForProviderDeregisterComplete().
 */
static inline NTSTATUS NmrWaitForClientDeregisterComplete(HANDLE NmrClientHandle)
{
	return nmr_wdk_status(nmr_wait_for_client_deregister_complete(NmrClientHandle));
}

/**
 * NmrProviderDetachClientComplete() - complete the provider's detach
 * @NmrBindingHandle: from ProviderAttachClient
 *
 * Call this once the provider's last call into the client has returned. That may
 * be before ProviderDetachClient returns STATUS_PENDING, or before it is called.
 *
 * Context: <= DISPATCH_LEVEL; any but NMI.
 */
static inline void NmrProviderDetachClientComplete(HANDLE NmrBindingHandle)
{
	nmr_provider_detach_client_complete(NmrBindingHandle);
}

/**
 * NmrClientDetachProviderComplete() - complete the client's detach
 * @NmrBindingHandle: from ClientAttachProvider
 *
 * The mirror image of NmrProviderDetachClientComplete().
 *
 * Context: <= DISPATCH_LEVEL; any but NMI.
 */
static inline void NmrClientDetachProviderComplete(HANDLE NmrBindingHandle)
{
	nmr_client_detach_provider_complete(NmrBindingHandle);
}

/**
 * NmrClientAttachProvider() - attach to the provider that is offered
 * @NmrBindingHandle: as passed to ClientAttachProvider
 * @ClientBindingContext: the client's context of the binding
 * @ClientDispatch: the client's dispatch table, for the provider
 * @ProviderBindingContext: where to store the provider's context
 * @ProviderDispatch: where to store the provider's dispatch table
 *
 * Context: PASSIVE_LEVEL, inside this binding's ClientAttachProvider callback.
 * Return: the unchanged result of ProviderAttachClient, or the status for a Linux
 *	provider's errno; STATUS_INVALID_PARAMETER outside that callback or on a
 *	second call.
 */
static inline NTSTATUS NmrClientAttachProvider(HANDLE NmrBindingHandle,
					       PVOID ClientBindingContext,
					       const VOID *ClientDispatch,
					       PVOID *ProviderBindingContext,
					       const VOID **ProviderDispatch)
{
	struct nmr_wdk_attach attach;

	nmr_wdk_attach_begin(&attach, NmrBindingHandle);
	return nmr_wdk_attach_end(&attach,
				  nmr_client_attach_provider(NmrBindingHandle,
							     ClientBindingContext,
							     ClientDispatch,
							     ProviderBindingContext,
							     ProviderDispatch));
}

#endif /* _NMR_NETIODDK_H */
