// SPDX-License-Identifier: GPL-2.0
/* Rundowns: calls that may sleep, counted on each processor. */
#include <linux/export.h>
#include <linux/instruction_pointer.h>
#include <linux/nmr.h>
#include <linux/nmr_rundown.h>
#include <linux/percpu.h>

#include "binding.h"
#include "calls.h"
#include "log.h"

/* A second init in the same attach callback finds the counters of the first. */
static int nmr_rundown_alloc(struct nmr_calls *calls, gfp_t gfp)
{
	unsigned int __percpu *count = calls->count;
	unsigned int cpu;

	if (!count)
		count = alloc_percpu_gfp(unsigned int, gfp);
	if (!count)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		WRITE_ONCE(*per_cpu_ptr(count, cpu), 0);
	/* Pairs with READ_ONCE() in nmr_calls_counted(), for debugfs. */
	smp_store_release(&calls->count, count);
	return 0;
}

static int nmr_rundown_init(struct nmr_rundown *rundown, struct nmr_binding *handle,
			    enum nmr_side side, gfp_t gfp, unsigned long caller)
{
	struct nmr_binding_object *binding;
	struct nmr_calls *calls;

	if (!rundown) {
		nmr_warn_caller(caller, "rundown_init: no such rundown");
		return -EINVAL;
	}
	/*
	 * Fail closed until initialisation has succeeded. Keep @binding: outside the
	 * callback the rundown may be in use, with calls in progress.
	 */
	WRITE_ONCE(rundown->count, NULL);
	binding = nmr_calls_init(rundown, false, handle, side, "rundown_init", caller);
	if (!binding)
		return -EINVAL;
	calls = &binding->calls[side];
	if (nmr_rundown_alloc(calls, gfp)) {
		WRITE_ONCE(calls->guard, NULL);
		WRITE_ONCE(rundown->binding, NULL);
		return -ENOMEM;
	}
	WRITE_ONCE(rundown->binding, handle);
	WRITE_ONCE(rundown->count, calls->count);
	return 0;
}

/**
 * nmr_rundown_init_client() - begin to count a client's calls to the provider
 * @rundown: the client's memory, not used by other threads yet
 * @binding: handle that @attach_provider got
 * @gfp: for the per-CPU counters
 *
 * See Documentation/contract.rst, section 6, row 5.9.
 *
 * Context: As @gfp allows; inside the @attach_provider callback of @binding,
 *	and before nmr_client_attach_provider(), as detach may follow
 *	immediately.
 * Return: 0, and nmr_rundown_destroy() must follow; -EINVAL, not inside that
 *	callback, or the client has a rundown or a gate for this binding already;
 *	-ENOMEM. On an error nmr_rundown_enter() returns false.
 */
int nmr_rundown_init_client(struct nmr_rundown *rundown,
			    struct nmr_binding *binding, gfp_t gfp)
{
	return nmr_rundown_init(rundown, binding, NMR_CLIENT, gfp, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_rundown_init_client);

/**
 * nmr_rundown_init_provider() - begin to count a provider's calls to the client
 * @rundown: the provider's memory, not used by other threads yet
 * @binding: handle that @attach_client got
 * @gfp: for the per-CPU counters
 *
 * See Documentation/contract.rst, section 6, row 5.9.
 *
 * Context: As @gfp allows; inside the @attach_client callback of @binding.
 * Return: as nmr_rundown_init_client().
 */
int nmr_rundown_init_provider(struct nmr_rundown *rundown,
			      struct nmr_binding *binding, gfp_t gfp)
{
	return nmr_rundown_init(rundown, binding, NMR_PROVIDER, gfp, _RET_IP_);
}
EXPORT_SYMBOL_GPL(nmr_rundown_init_provider);

/* A call ended after its rundown was closed. */
void __nmr_rundown_exit(struct nmr_rundown *rundown)
{
	struct nmr_binding *handle = READ_ONCE(rundown->binding);
	struct nmr_binding_object *binding;
	enum nmr_side side;
	bool last = false;

	/*
	 * The binding is gone, or the rundown is destroyed, only if the module did not
	 * wait for this call. If this call is not the last, @rundown may be freed as soon
	 * as it is subtracted.
	 */
	rcu_read_lock();
	binding = nmr_calls_find(rundown, handle, &side);
	if (binding)
		last = atomic_dec_and_test(&binding->calls[side].remaining);
	rcu_read_unlock();
	if (last)
		nmr_calls_drained(handle, side, _RET_IP_);
}
EXPORT_SYMBOL_GPL(__nmr_rundown_exit);

/**
 * nmr_rundown_detach() - refuse new calls
 * @rundown: initialised, or zero
 *
 * When no call is in progress any more, and a grace period has passed, the registrar
 * calls detach complete for this side, possibly before this returns.
 *
 * See Documentation/contract.rst, section 6, rows 4.4 and 5.9.
 *
 * Context: Process context, inside the binding's detach callback, which returns what
 *	this returns; does not sleep.
 * Return: -EINPROGRESS; 0, the rundown was never initialised; -EINVAL, not inside that
 *	callback, and nothing was done.
 */
int nmr_rundown_detach(struct nmr_rundown *rundown)
{
	struct nmr_binding *handle = READ_ONCE(rundown->binding);
	struct nmr_binding_object *binding;
	enum nmr_side side;

	if (!handle)
		return 0;
	binding = nmr_calls_find_in_detach(rundown, handle, &side, "rundown_detach", _RET_IP_);
	if (!binding)
		return -EINVAL;
	WRITE_ONCE(rundown->count, NULL);
	if (nmr_calls_are_closed(binding, side)) {
		nmr_warn_caller(_RET_IP_, "rundown_detach: called twice");
		return -EINPROGRESS;
	}
	nmr_log_result(NMR_STEP_RUNDOWN_DETACH, side, binding, -EINPROGRESS);
	nmr_calls_close(binding, side);
	return -EINPROGRESS;
}
EXPORT_SYMBOL_GPL(nmr_rundown_detach);

/**
 * nmr_rundown_destroy() - end the use of a rundown
 * @rundown: drained, never attached, or zero
 *
 * nmr_rundown_enter() continues to return false.
 *
 * See Documentation/contract.rst, section 6.
 *
 * Context: Any but NMI; from @cleanup_binding_context, or from an attach
 *	callback that fails, if no other thread uses @rundown yet.
 */
void nmr_rundown_destroy(struct nmr_rundown *rundown)
{
	struct nmr_binding *handle = READ_ONCE(rundown->binding);
	struct nmr_binding_object *binding;
	enum nmr_side side;
	int calling = 0;

	WRITE_ONCE(rundown->count, NULL);
	WRITE_ONCE(rundown->binding, NULL);
	rcu_read_lock();
	binding = nmr_calls_find(rundown, handle, &side);
	if (binding) {
		calling = nmr_calls_in_progress(&binding->calls[side]);
		WRITE_ONCE(binding->calls[side].guard, NULL);
	}
	rcu_read_unlock();
	if (calling)
		nmr_warn_caller(_RET_IP_, "rundown destroyed with %d calls in progress", calling);
}
EXPORT_SYMBOL_GPL(nmr_rundown_destroy);
