// SPDX-License-Identifier: GPL-2.0
/* Names of the steps, and the tracepoints. */
#include "log.h"

#define CREATE_TRACE_POINTS
#include <trace/events/nmr.h>

#if IS_ENABLED(CONFIG_NMR_KUNIT_TEST)
EXPORT_TRACEPOINT_SYMBOL_GPL(nmr_register);
EXPORT_TRACEPOINT_SYMBOL_GPL(nmr_deregister);
EXPORT_TRACEPOINT_SYMBOL_GPL(nmr_deregistered);
EXPORT_TRACEPOINT_SYMBOL_GPL(nmr_wait);
EXPORT_TRACEPOINT_SYMBOL_GPL(nmr_attach_called);
EXPORT_TRACEPOINT_SYMBOL_GPL(nmr_attach_returned);
EXPORT_TRACEPOINT_SYMBOL_GPL(nmr_attached);
EXPORT_TRACEPOINT_SYMBOL_GPL(nmr_declined);
EXPORT_TRACEPOINT_SYMBOL_GPL(nmr_detach_called);
EXPORT_TRACEPOINT_SYMBOL_GPL(nmr_detach_returned);
EXPORT_TRACEPOINT_SYMBOL_GPL(nmr_detach_complete);
EXPORT_TRACEPOINT_SYMBOL_GPL(nmr_rundown_detach);
EXPORT_TRACEPOINT_SYMBOL_GPL(nmr_rundown_drained);
EXPORT_TRACEPOINT_SYMBOL_GPL(nmr_cleanup_called);
EXPORT_TRACEPOINT_SYMBOL_GPL(nmr_cleanup_returned);
EXPORT_TRACEPOINT_SYMBOL_GPL(nmr_unbound);
#endif

const char * const nmr_step_names[NMR_STEPS][NMR_SIDES] = {
	[NMR_STEP_REGISTER]	= { "register_provider", "register_client" },
	[NMR_STEP_DEREGISTER]	= { "deregister_provider", "deregister_client" },
	[NMR_STEP_DEREGISTERED]	= { "deregistered_provider", "deregistered_client" },
	[NMR_STEP_WAIT]		= { "wait_provider", "wait_client" },
	[NMR_STEP_ATTACH]	= { "attach_client", "attach_provider" },
	[NMR_STEP_ATTACHED]	= { [NMR_CLIENT] = "attached" },
	[NMR_STEP_DECLINED]	= { [NMR_CLIENT] = "declined" },
	[NMR_STEP_DETACH]	= { "detach_client", "detach_provider" },
	[NMR_STEP_DETACH_COMPLETE] = { "provider_detach_complete", "client_detach_complete" },
	[NMR_STEP_RUNDOWN_DETACH] = { "provider_rundown_detach", "client_rundown_detach" },
	[NMR_STEP_RUNDOWN_DRAINED] = { "provider_rundown_drained", "client_rundown_drained" },
	[NMR_STEP_CLEANUP]	= { "cleanup_provider", "cleanup_client" },
	[NMR_STEP_UNBOUND]	= { [NMR_CLIENT] = "unbound" },
};
