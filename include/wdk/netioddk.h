/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Windows' Network Module Registrar by its own names, onto this one's.
 */
#ifndef _NMR_NETIODDK_H
#define _NMR_NETIODDK_H

#include "wdm.h"

/**
 * DOC: the registrar, by Windows' names
 *
 * Handles are the registrar's own, and so are the instances that it shows: a
 * module of either kind gets the other's as it is in memory, as struct
 * npi_registration_instance has the layout of NPI_REGISTRATION_INSTANCE.
 *
 * A driver's attach callbacks are called by nmr_wdk.ko, which translates. Its
 * detach and cleanup callbacks the registrar calls itself.
 *
 * What a driver calls is inline where it can be: the registrar's warnings name
 * the caller, and that is to be the driver.
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
 * NmrIsEqualNpiModuleId() - are two modules the same?
 * @ModuleId1: one module's id, or NULL
 * @ModuleId2: the other's, or NULL
 *
 * Context: Any.
 * Return: TRUE, of one type, and the same value.
 */
static inline BOOLEAN NmrIsEqualNpiModuleId(const NPI_MODULEID *ModuleId1,
					    const NPI_MODULEID *ModuleId2)
{
	/* A Linux module need not have one. */
	if (!ModuleId1 || !ModuleId2 || ModuleId1->Type != ModuleId2->Type)
		return FALSE;
	if (ModuleId1->Type == MIT_GUID)
		return IsEqualGUID(&ModuleId1->Guid, &ModuleId2->Guid);
	return RtlEqualMemory(&ModuleId1->IfLuid, &ModuleId2->IfLuid, sizeof(LUID));
}

/* Of nmr_core.ko's, as <linux/nmr.h> declares them. */
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

/* Of nmr_wdk.ko's. */
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
 * @ProviderCharacteristics: not copied; stays valid until wait has returned
 * @ProviderContext: handed to ProviderAttachClient
 * @NmrProviderHandle: where to store the handle; stored before the first
 *	callback runs
 *
 * As nmr_register_provider(). Called by name it is a macro, so that each place
 * has a lockdep class of its own.
 *
 * Context: PASSIVE_LEVEL; attach callbacks run inside it.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER, a required part is missing;
 *	STATUS_INSUFFICIENT_RESOURCES.
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
 * @ClientCharacteristics: not copied; stays valid until wait has returned
 * @ClientContext: handed to ClientAttachProvider
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
 * @NmrProviderHandle: from NmrRegisterProvider(), or anything
 *
 * Its detach callbacks run on the registrar's workqueue, and may have run before
 * this returns or not have begun. Always there, as no kernel without
 * CONFIG_PREEMPT_COUNT can tell whether the caller holds a spinlock; and so that
 * a driver that is tested on one kernel has been tested on the others.
 *
 * Context: <= DISPATCH_LEVEL; any but NMI.
 * Return: STATUS_PENDING, always when initiated; STATUS_INVALID_PARAMETER, no
 *	such handle or deregistered already.
 */
static inline NTSTATUS NmrDeregisterProvider(HANDLE NmrProviderHandle)
{
	return nmr_wdk_status(nmr_deregister_provider_atomic(NmrProviderHandle));
}

/**
 * NmrDeregisterClient() - begin to deregister a client
 * @NmrClientHandle: from NmrRegisterClient(), or anything
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
 * NmrWaitForProviderDeregisterComplete() - wait until it is over
 * @NmrProviderHandle: what was deregistered, or anything
 *
 * Context: < DISPATCH_LEVEL; may sleep.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER, not deregistered or no such
 *	handle; STATUS_POSSIBLE_DEADLOCK, the caller is inside a callback that it
 *	would wait for.
 */
static inline NTSTATUS NmrWaitForProviderDeregisterComplete(HANDLE NmrProviderHandle)
{
	return nmr_wdk_status(nmr_wait_for_provider_deregister_complete(NmrProviderHandle));
}

/**
 * NmrWaitForClientDeregisterComplete() - wait until it is over
 * @NmrClientHandle: what was deregistered, or anything
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
 * NmrProviderDetachClientComplete() - the provider's last call returned
 * @NmrBindingHandle: from ProviderAttachClient
 *
 * May be called before ProviderDetachClient has returned STATUS_PENDING, and
 * before it was called.
 *
 * Context: <= DISPATCH_LEVEL; any but NMI.
 */
static inline void NmrProviderDetachClientComplete(HANDLE NmrBindingHandle)
{
	nmr_provider_detach_client_complete(NmrBindingHandle);
}

/**
 * NmrClientDetachProviderComplete() - the client's last call returned
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
 * @NmrBindingHandle: from the ClientAttachProvider callback that is under way
 * @ClientBindingContext: the client's own
 * @ClientDispatch: the client's dispatch table, for the provider
 * @ProviderBindingContext: where to store what the provider wants back
 * @ProviderDispatch: where to store the provider's dispatch table
 *
 * Context: PASSIVE_LEVEL, inside this binding's ClientAttachProvider callback.
 * Return: what ProviderAttachClient returned, to the bit, or what corresponds to
 *	a Linux provider's errno; STATUS_INVALID_PARAMETER, not inside that
 *	callback, or a second time.
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
