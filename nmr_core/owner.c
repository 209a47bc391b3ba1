// SPDX-License-Identifier: GPL-2.0
/*
 * Modules that go, by rmmod or as their init fails, without having deregistered
 * and waited: it is done for them, while their code is still there to be called
 * back (contract 5.7).
 */
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

static void nmr_owner_clean_up(struct nmr_registration *registration)
{
	bool deregistered = nmr_registration_is_marked(registration);

	pr_warn("%s#%u: did not %s; doing it now\n", registration->owner,
		registration->number, deregistered ? "wait" : "deregister");
	nmr_deregister_and_wait(registration);
	nmr_registration_put(registration);
}

static void nmr_owner_goes(struct module *owner)
{
	struct nmr_registration *registration;
	struct rhashtable_iter iter;
	struct nmr_handle *handle;
	bool left = false;

	nmr_handle_walk_enter(&iter);
	rhashtable_walk_start(&iter);
	while ((handle = rhashtable_walk_next(&iter))) {
		/* -EAGAIN: the table was resized, the walk began again. */
		if (IS_ERR(handle))
			continue;
		registration = nmr_owner_get(handle, owner);
		if (!registration)
			continue;
		rhashtable_walk_stop(&iter);
		WARN(!left, "module %s goes and leaves its registrations to nmr_core\n",
		     module_name(owner));
		left = true;
		nmr_owner_clean_up(registration);
		rhashtable_walk_start(&iter);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

static int nmr_owner_notify(struct notifier_block *block, unsigned long state, void *module)
{
	if (state == MODULE_STATE_GOING)
		nmr_owner_goes(module);
	return NOTIFY_DONE;
}

static struct notifier_block nmr_owner_notifier = {
	.notifier_call = nmr_owner_notify,
};

int __init nmr_owner_init(void)
{
	return register_module_notifier(&nmr_owner_notifier);
}

void nmr_owner_exit(void)
{
	unregister_module_notifier(&nmr_owner_notifier);
}
