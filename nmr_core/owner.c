// SPDX-License-Identifier: GPL-2.0
/*
 * Modules that go, by rmmod or as their init fails, without having deregistered
 * and waited: it is done for them, while their code is still there to be called
 * back (contract 5.7).
 */
#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/rhashtable.h>

#include "deregister.h"
#include "handle.h"
#include "log.h"
#include "owner.h"
#include "registration.h"

/* The registration of @handle with a reference, if it is @owner's; or NULL. */
static struct nmr_registration *nmr_owner_get(struct nmr_handle *handle, struct module *owner)
{
	struct nmr_registration *registration;

	if (handle->kind == NMR_HANDLE_BINDING)
		return NULL;
	registration = container_of(handle, struct nmr_registration, handle);
	if (registration->registrant.owner != owner ||
	    !refcount_inc_not_zero(&registration->refs))
		return NULL;
	return registration;
}

/*
 * A registration that is left of @owner, with a reference: one that is still to
 * be deregistered if there is one, else one to be waited for; or NULL. Goes
 * through all from the start, as a walk that is interrupted misses some.
 */
static struct nmr_registration *nmr_owner_find(struct module *owner)
{
	struct nmr_registration *registration, *found = NULL;
	struct rhashtable_iter iter;
	struct nmr_handle *handle;

	nmr_handle_walk_enter(&iter);
	rhashtable_walk_start(&iter);
	while ((handle = rhashtable_walk_next(&iter))) {
		/* -EAGAIN: the table was resized, the walk began again. */
		if (IS_ERR(handle))
			continue;
		registration = nmr_owner_get(handle, owner);
		if (!registration)
			continue;
		if (found)
			nmr_registration_put(found);
		found = registration;
		if (nmr_registration_is_registered(found))
			break;
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return found;
}

/*
 * Deregisters all before it waits for one: that one's bindings may need a
 * callback of another registration to be over. Another thread may be inside a
 * callback of the module's and register more, so no wait is for good.
 */
static void nmr_owner_clean_up(struct nmr_registration *registration)
{
	bool registered = nmr_registration_is_registered(registration);

	if (!registered && !nmr_registration_is_marked(registration)) {
		/* A register call has not come that far. */
		schedule_timeout_uninterruptible(1);
		return;
	}
	if (!registration->left) {
		registration->left = true;
		pr_warn("%s#%u: did not %s; doing it now\n", registration->owner,
			registration->number, registered ? "deregister" : "wait");
	}
	if (registered)
		nmr_deregister_left(registration);
	else
		nmr_wait_left(registration, msecs_to_jiffies(100));
}

/* Not static for the tests only: a module that goes is hard to come by. */
void nmr_owner_goes(struct module *owner)
{
	struct nmr_registration *registration = nmr_owner_find(owner);

	WARN(registration, "module %s goes and leaves its registrations to nmr_core\n",
	     module_name(owner));
	while (registration) {
		nmr_owner_clean_up(registration);
		nmr_registration_put(registration);
		registration = nmr_owner_find(owner);
	}
}

#if IS_ENABLED(CONFIG_NMR_KUNIT_TEST)
EXPORT_SYMBOL_GPL(nmr_owner_goes);
#endif

static int nmr_owner_notify(struct notifier_block *block, unsigned long state, void *module)
{
	if (state == MODULE_STATE_GOING)
		nmr_owner_goes(module);
	return NOTIFY_DONE;
}

static struct notifier_block nmr_owner_notifier = {
	.notifier_call = nmr_owner_notify,
	/* The callbacks need all that others are going to take down. */
	.priority = INT_MAX,
};

int __init nmr_owner_init(void)
{
	return register_module_notifier(&nmr_owner_notifier);
}

void nmr_owner_exit(void)
{
	unregister_module_notifier(&nmr_owner_notifier);
}
