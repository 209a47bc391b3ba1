// SPDX-License-Identifier: GPL-2.0
/*
 * The client of the packet counts NPI: compares what the taps delivered with
 * what the modules that they delivered to report to have seen.
 *
 * Those modules are clients of this one and its providers here. With exported
 * symbols that would be impossible: of two modules that import from each other,
 * neither can be loaded first and neither can be unloaded.
 */
#include <linux/in.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/nmr.h>
#include <linux/nmr_gate.h>
#include <linux/nmr_packet_counts.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>

#include "binding.h"
#include "counts.h"

/*
 * The client's context of one binding. @provider_instance is the provider's
 * memory and valid until cleanup: use it only in an RCU read section in which
 * @calls is open.
 */
struct counts_binding {
	struct list_head link;
	struct rcu_head rcu;
	const struct npi_registration_instance *provider_instance;
	const struct nmr_packet_counts_provider_dispatch *provider;
	void *provider_binding_context;
	struct nmr_gate calls;
};

/*
 * The lock guards additions and removals; no other lock nests in it. Readers are
 * in RCU read sections and may find a binding after its cleanup, where the gate is
 * closed.
 */
static LIST_HEAD(counts_bindings);
static DEFINE_SPINLOCK(counts_bindings_lock);

/* Calls the provider, so it runs only where the binding's gate is open. */
static int counts_binding_show_protocols(struct counts_binding *binding,
					 char *buffer, int at)
{
	static const struct {
		const char *name;
		u8 protocol;
	} shown[] = {
		{ "icmp", IPPROTO_ICMP },
		{ "tcp", IPPROTO_TCP },
		{ "udp", IPPROTO_UDP },
	};
	struct nmr_packet_count seen;
	unsigned int i;
	int length = 0;

	for (i = 0; i < ARRAY_SIZE(shown); i++) {
		if (!binding->provider->read_seen(binding->provider_binding_context,
						  shown[i].protocol, &seen))
			length += sysfs_emit_at(buffer, at + length, " %s=%llu",
						shown[i].name, seen.packets);
	}
	return length;
}

/*
 * Packets keep arriving, and the tap counts each one before it calls the
 * client. So the counts are read in the reverse order of counting, and no
 * number is greater than the corresponding one to its right.
 */
static int counts_binding_show(struct counts_binding *binding, char *buffer, int at)
{
	struct nmr_packet_count delivered, seen = {};
	int length;

	length = sysfs_emit_at(buffer, at, "client %u: seen",
			       binding->provider_instance->number);
	length += counts_binding_show_protocols(binding, buffer, at + length);

	binding->provider->read_seen(binding->provider_binding_context,
				     NMR_PACKET_TAP_ALL_PROTOCOLS, &seen);
	provider_demo_bindings_read_delivered(binding->provider_instance->module_id,
					      &delivered);
	length += sysfs_emit_at(buffer, at + length,
				" packets=%llu bytes=%llu delivered packets=%llu bytes=%llu\n",
				seen.packets, seen.bytes,
				delivered.packets, delivered.bytes);
	return length;
}

/*
 * May run before module_init() and during module_exit(), because a module's
 * parameter files exist for longer: it then finds no binding, or a closed gate.
 * A gate is enough, as read_seen() does not sleep.
 */
static int get_compare(char *buffer, const struct kernel_param *kp)
{
	struct counts_binding *binding;
	int length = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(binding, &counts_bindings, link) {
		if (nmr_gate_is_open(&binding->calls))
			length += counts_binding_show(binding, buffer, length);
	}
	rcu_read_unlock();
	return length;
}

/* insmod's command line does not look at the file's permissions. */
static int set_compare(const char *val, const struct kernel_param *kp)
{
	return -EINVAL;
}

static const struct kernel_param_ops compare_ops = {
	.set = set_compare,
	.get = get_compare,
};

module_param_cb(compare, &compare_ops, NULL, 0444);
MODULE_PARM_DESC(compare, "packets that clients report as seen, beside those delivered to them (read-only)");

static int counts_attach_provider(struct nmr_binding *nmr_binding, void *client_context,
				  const struct npi_registration_instance *provider_instance)
{
	struct counts_binding *binding;
	const void *provider_dispatch;
	int err;

	if (provider_instance->version != NMR_PACKET_COUNTS_VERSION)
		return -ENODEV;

	binding = kzalloc(sizeof(*binding), GFP_KERNEL);
	if (!binding)
		return -ENOMEM;
	binding->provider_instance = provider_instance;

	err = nmr_gate_init_client(&binding->calls, nmr_binding);
	if (err)
		goto err_free;

	err = nmr_client_attach_provider(nmr_binding, binding, NULL,
					 &binding->provider_binding_context,
					 &provider_dispatch);
	if (err)
		goto err_free;
	binding->provider = provider_dispatch;

	spin_lock(&counts_bindings_lock);
	list_add_tail_rcu(&binding->link, &counts_bindings);
	spin_unlock(&counts_bindings_lock);
	return 0;

err_free:
	kfree(binding);
	return err;
}

static int counts_detach_provider(void *client_binding_context)
{
	struct counts_binding *binding = client_binding_context;

	return nmr_gate_detach(&binding->calls);
}

static void counts_cleanup_binding_context(void *client_binding_context)
{
	struct counts_binding *binding = client_binding_context;

	spin_lock(&counts_bindings_lock);
	list_del_rcu(&binding->link);
	spin_unlock(&counts_bindings_lock);

	kfree_rcu(binding, rcu);
}

const struct nmr_client_characteristics provider_demo_counts_characteristics = {
	.attach_provider = counts_attach_provider,
	.detach_provider = counts_detach_provider,
	.cleanup_binding_context = counts_cleanup_binding_context,
	.instance = {
		.version = NMR_PACKET_COUNTS_VERSION,
		.npi_id = &nmr_packet_counts_npi_id,
	},
};
