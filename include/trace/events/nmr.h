/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM nmr

#if !defined(_TRACE_NMR_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_NMR_H

#include <linux/tracepoint.h>

struct nmr_binding_object;
struct nmr_registration;

/*
 * The steps of Documentation/trace.rst as trace events, with the same fields. side
 * is the side whose callback it is, or that made the call.
 */

TRACE_DEFINE_ENUM(NMR_PROVIDER);
TRACE_DEFINE_ENUM(NMR_CLIENT);

#define nmr_trace_show_side(side)						\
	__print_symbolic(side, { NMR_PROVIDER, "provider" }, { NMR_CLIENT, "client" })

DECLARE_EVENT_CLASS(nmr_registration,
		    TP_PROTO(const struct nmr_registration *registration, int result),
		    TP_ARGS(registration, result),
		    TP_STRUCT__entry(__array(u8, npi, sizeof(guid_t))
				     __array(char, owner, MODULE_NAME_LEN)
				     __field(u32, number)
				     __field(int, side)
				     __field(int, result)),
		    TP_fast_assign(export_guid(__entry->npi, &registration->npi->id);
				   strscpy(__entry->owner, registration->owner->name,
					   MODULE_NAME_LEN);
				   __entry->number = registration->number;
				   __entry->side = registration->registrant.side;
				   __entry->result = result;),
		    TP_printk("npi=%pUl side=%s owner=%s#%u result=%d", __entry->npi,
			      nmr_trace_show_side(__entry->side), __entry->owner,
			      __entry->number, __entry->result)
);

#define NMR_REGISTRATION_EVENT(name)						\
DEFINE_EVENT(nmr_registration, name,						\
	     TP_PROTO(const struct nmr_registration *registration, int result),	\
	     TP_ARGS(registration, result))

NMR_REGISTRATION_EVENT(nmr_register);
NMR_REGISTRATION_EVENT(nmr_deregister);
NMR_REGISTRATION_EVENT(nmr_deregistered);
NMR_REGISTRATION_EVENT(nmr_wait);

#define nmr_trace_provider(binding) ((binding)->registration[NMR_PROVIDER])
#define nmr_trace_client(binding) ((binding)->registration[NMR_CLIENT])

DECLARE_EVENT_CLASS(nmr_binding,
		    TP_PROTO(const struct nmr_binding_object *binding, int side,
			     int result),
		    TP_ARGS(binding, side, result),
		    TP_STRUCT__entry(__array(u8, npi, sizeof(guid_t))
				     __array(char, provider, MODULE_NAME_LEN)
				     __array(char, client, MODULE_NAME_LEN)
				     __field(u32, provider_number)
				     __field(u32, client_number)
				     __field(unsigned long, binding)
				     __field(int, side)
				     __field(int, result)),
		    TP_fast_assign(export_guid(__entry->npi,
					       &nmr_trace_provider(binding)->npi->id);
				   strscpy(__entry->provider,
					   nmr_trace_provider(binding)->owner->name,
					   MODULE_NAME_LEN);
				   strscpy(__entry->client,
					   nmr_trace_client(binding)->owner->name,
					   MODULE_NAME_LEN);
				   __entry->provider_number =
					nmr_trace_provider(binding)->number;
				   __entry->client_number =
					nmr_trace_client(binding)->number;
				   __entry->binding = binding->handle.id;
				   __entry->side = side;
				   __entry->result = result;),
		    TP_printk("npi=%pUl provider=%s#%u client=%s#%u binding=%lu side=%s result=%d",
			      __entry->npi, __entry->provider, __entry->provider_number,
			      __entry->client, __entry->client_number, __entry->binding,
			      nmr_trace_show_side(__entry->side), __entry->result)
);

#define NMR_BINDING_EVENT(name)							\
DEFINE_EVENT(nmr_binding, name,							\
	     TP_PROTO(const struct nmr_binding_object *binding, int side,	\
		      int result),						\
	     TP_ARGS(binding, side, result))

/* A callback of @side is about to be called; result is 0. */
NMR_BINDING_EVENT(nmr_attach_called);
NMR_BINDING_EVENT(nmr_detach_called);
NMR_BINDING_EVENT(nmr_cleanup_called);
/* A callback of @side returned result. */
NMR_BINDING_EVENT(nmr_attach_returned);
NMR_BINDING_EVENT(nmr_detach_returned);
NMR_BINDING_EVENT(nmr_cleanup_returned);
/* Outcome of the attach; result is what the client returned. */
NMR_BINDING_EVENT(nmr_attached);
NMR_BINDING_EVENT(nmr_declined);
/* @side called detach complete. */
NMR_BINDING_EVENT(nmr_detach_complete);
/* @side's rundown refuses new calls; result is -EINPROGRESS. */
NMR_BINDING_EVENT(nmr_rundown_detach);
/* A grace period later, no call is in progress any more. */
NMR_BINDING_EVENT(nmr_rundown_drained);
NMR_BINDING_EVENT(nmr_unbound);

#endif /* _TRACE_NMR_H */

#include <trace/define_trace.h>
