// SPDX-License-Identifier: GPL-2.0
/* Gates: calls that do not sleep, in RCU read sections. */
#include <linux/export.h>
#include <linux/instruction_pointer.h>
#include <linux/nmr.h>
#include <linux/nmr_gate.h>

#include "binding.h"
#include "calls.h"
#include "log.h"

static int nmr_gate_init(struct nmr_gate *gate, struct nmr_binding *binding,
			 enum nmr_side side, unsigned long caller)
{
	if (!gate) {
		nmr_warn_caller(caller, "gate_init: no such gate");
		return -EINVAL;
	}
	/* As in nmr_rundown_init(). */
	WRITE_ONCE(gate->open, false);
	if (!nmr_calls_init(gate, true, binding, side, "gate_init", caller))
		return -EINVAL;
	WRITE_ONCE(gate->binding, binding);
	WRITE_ONCE(gate->open, true);
	return 0;
}

/**
 * nmr_gate_init_client() - open a gate for a client's calls to the provider
 * @gate: the client's memory, not used by other threads yet
 * @binding: handle that @attach_provider got
 *
 * See Documentation/contract.rst, section 6, row 5.9.
 *
 * Context: Process context, inside the @attach_provider callback of @binding, and before
 *	nmr_client_attach_provider(), as detach may follow immediately.
 * Return: 0; -EINVAL, not inside that callback, or the client has a rundown or a gate
 *	for this binding already, and nmr_gate_enter() returns false.
 */
int nmr_gate_init_client(struct nmr_gate *gate, struct nmr_binding *binding)
{
	return nmr_gate_init(gate, binding, NMR_CLIENT, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_gate_init_client);

/**
 * nmr_gate_init_provider() - open a gate for a provider's calls to the client
 * @gate: the provider's memory, not used by other threads yet
 * @binding: handle that @attach_client got
 *
 * See Documentation/contract.rst, section 6, row 5.9.
 *
 * Context: Process context, inside the @attach_client callback of @binding.
 * Return: as nmr_gate_init_client().
 */
int nmr_gate_init_provider(struct nmr_gate *gate, struct nmr_binding *binding)
{
	return nmr_gate_init(gate, binding, NMR_PROVIDER, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_gate_init_provider);

/**
 * nmr_gate_detach() - refuse new calls
 * @gate: open, or zero
 *
 * A grace period later, when no call is in progress any more, the registrar calls
 * detach complete for this side, possibly before this returns.
 *
 * See Documentation/contract.rst, section 6, rows 4.4 and 5.9.
 *
 * Context: Process context, inside the binding's detach callback, which returns what
 *	this returns; does not sleep.
 * Return: -EINPROGRESS; 0, the gate was never opened; -EINVAL, not inside that callback,
 *	and nothing was done.
 */
int nmr_gate_detach(struct nmr_gate *gate)
{
	struct nmr_binding *handle = READ_ONCE(gate->binding);
	struct nmr_binding_object *binding;
	enum nmr_side side;

	if (!handle)
		return 0;
	binding = nmr_calls_find_in_detach(gate, handle, &side, "gate_detach", _RET_IP_);
	if (!binding)
		return -EINVAL;
	WRITE_ONCE(gate->open, false);
	if (nmr_calls_are_closed(binding, side))
		nmr_warn_caller(_RET_IP_, "gate_detach: called twice");
	else
		nmr_calls_close(binding, side);
	return -EINPROGRESS;
}
EXPORT_SYMBOL_GPL(nmr_gate_detach);
