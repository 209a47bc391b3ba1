// SPDX-License-Identifier: GPL-2.0
/*
 * The provider of the packet counts NPI: reports what the clients of the packet
 * tap have seen. It can be switched off and on while the module is loaded, so
 * module_exit() is not the only place that deregisters it.
 *
 * Its clients are usually the packet taps, whose client this module is. With
 * exported symbols that would be impossible: of two modules that import from
 * each other, neither can be loaded first and neither can be unloaded.
 */
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/nmr.h>
#include <linux/nmr_packet_counts.h>
#include <linux/sysfs.h>

#include "binding.h"
#include "counts.h"
#include "module_id.h"

static struct nmr_provider *counts_provider;

static int counts_read_seen(void *provider_binding_context, u8 protocol,
			    struct nmr_packet_count *seen)
{
	return client_demo_bindings_read_seen(protocol, seen);
}

static const struct nmr_packet_counts_provider_dispatch counts_dispatch = {
	.read_seen = counts_read_seen,
};

/* The provider keeps no state of a binding: no context, no cleanup. */
static int counts_attach_client(struct nmr_binding *nmr_binding, void *provider_context,
				const struct npi_registration_instance *client_instance,
				void *client_binding_context, const void *client_dispatch,
				void **provider_binding_context,
				const void **provider_dispatch)
{
	if (client_instance->version != NMR_PACKET_COUNTS_VERSION)
		return -ENODEV;

	*provider_binding_context = NULL;
	*provider_dispatch = &counts_dispatch;
	return 0;
}

/* The provider never calls its clients, so no call can be in flight. */
static int counts_detach_client(void *provider_binding_context)
{
	return 0;
}

static const struct nmr_provider_characteristics counts_characteristics = {
	.attach_client = counts_attach_client,
	.detach_client = counts_detach_client,
	.instance = {
		.version = NMR_PACKET_COUNTS_VERSION,
		.npi_id = &nmr_packet_counts_npi_id,
		.module_id = &client_demo_module_id,
	},
};

/*
 *	  WANTED <--- write ---> UNWANTED	before module_init()
 *	     |                      |
 *	     | module_init()        | module_init()
 *	     v                      v
 *	    ON <----- write -----> OFF
 *	     |                      |
 *	     | module_exit()        | module_exit()
 *	     v                      v
 *	    OVER <-----------------/
 *
 * The provider is registered in ON only; from ON to OVER module_exit()
 * deregisters it.
 */
enum sharing {
	SHARING_WANTED,
	SHARING_UNWANTED,
	SHARING_ON,
	SHARING_OFF,
	SHARING_OVER,
};

/*
 * The lock guards @sharing and @counts_provider. A parameter is set from
 * insmod's command line before module_init(), and its file exists from before
 * module_init() until after module_exit(), so writes race with both; the
 * kernel's own parameter lock serialises only the writes.
 *
 * It is held while a write registers, deregisters and waits, so in ON the
 * provider is registered, in OFF it is not, and writes do not overlap. No
 * callback of the provider takes it, nor does any function that its clients
 * call.
 */
static DEFINE_MUTEX(sharing_lock);
static enum sharing sharing = SHARING_WANTED;

/* A move to the current state does nothing. */
static int sharing_move(enum sharing to)
{
	int err = 0;

	lockdep_assert_held(&sharing_lock);

	if (to == SHARING_ON && sharing != SHARING_ON) {
		err = nmr_register_provider(&counts_characteristics, NULL,
					    &counts_provider);
	} else if (to == SHARING_OFF && sharing == SHARING_ON) {
		nmr_deregister_provider(counts_provider);
		nmr_wait_for_provider_deregister_complete(counts_provider);
	}

	if (!err)
		sharing = to;
	return err;
}

static int sharing_write(bool share)
{
	lockdep_assert_held(&sharing_lock);

	switch (sharing) {
	case SHARING_WANTED:
	case SHARING_UNWANTED:
		return sharing_move(share ? SHARING_WANTED : SHARING_UNWANTED);
	case SHARING_ON:
	case SHARING_OFF:
		return sharing_move(share ? SHARING_ON : SHARING_OFF);
	case SHARING_OVER:
	default:
		return -ENODEV;
	}
}

static int set_share_counts(const char *val, const struct kernel_param *kp)
{
	bool share;
	int err;

	err = kstrtobool(val, &share);
	if (err)
		return err;

	mutex_lock(&sharing_lock);
	err = sharing_write(share);
	mutex_unlock(&sharing_lock);
	return err;
}

static int get_share_counts(char *buffer, const struct kernel_param *kp)
{
	bool share;

	mutex_lock(&sharing_lock);
	share = sharing == SHARING_WANTED || sharing == SHARING_ON;
	mutex_unlock(&sharing_lock);

	return sysfs_emit(buffer, "%c\n", share ? 'Y' : 'N');
}

static const struct kernel_param_ops share_counts_ops = {
	.set = set_share_counts,
	.get = get_share_counts,
};

module_param_cb(share_counts, &share_counts_ops, NULL, 0644);
__MODULE_PARM_TYPE(share_counts, "bool");
MODULE_PARM_DESC(share_counts, "provide the packet counts NPI (default Y)");

int client_demo_counts_begin(void)
{
	int err;

	mutex_lock(&sharing_lock);
	err = sharing_move(sharing == SHARING_WANTED ? SHARING_ON : SHARING_OFF);
	mutex_unlock(&sharing_lock);
	return err;
}

/*
 * Returns the handle for the caller to deregister, or NULL if the provider is
 * not registered. No later write registers it.
 */
struct nmr_provider *client_demo_counts_end(void)
{
	struct nmr_provider *registered;

	mutex_lock(&sharing_lock);
	registered = sharing == SHARING_ON ? counts_provider : NULL;
	sharing = SHARING_OVER;
	mutex_unlock(&sharing_lock);
	return registered;
}
