// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/debug/nmr: current registrations and bindings, and what holds
 * them up. Documentation/trace.rst describes the columns.
 */
#include <linux/debugfs.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>

#include "binding.h"
#include "debugfs.h"
#include "handle.h"
#include "log.h"
#include "registration.h"

static struct dentry *nmr_debugfs;

static const char * const nmr_phase_names[] = {
	[NMR_PROPOSED]	= "proposed",
	[NMR_OFFERED]	= "attaching",
	[NMR_ATTACHING]	= "attaching",
	[NMR_DECLINED]	= "attaching",
	[NMR_ACCEPTED]	= "attaching",
	[NMR_ATTACHED]	= "attached",
	[NMR_DETACHING]	= "detaching",
};

/* The state of one side's detach. */
static const char *nmr_detach_name(unsigned int debts, bool called)
{
	if (debts & NMR_ABSENT)
		return "absent";
	if (!debts)
		return "done";
	if (debts == NMR_OWES_COMPLETE)
		return "pending";
	if (called)
		return "called";
	return debts & NMR_OWES_COMPLETE ? "-" : "early";
}

static void nmr_show_registration(struct seq_file *seq,
				  struct nmr_registration *registration)
{
	bool provider = registration->registrant.side == NMR_PROVIDER;
	const char *state = "registered";

	if (completion_done(&registration->completed))
		state = "complete";
	else if (nmr_registration_is_deregistering(registration))
		state = "deregistering";
	seq_printf(seq, "%s %lu %pUl ", provider ? "provider" : "client",
		   registration->handle.id, &registration->npi->id);
	if (!provider)
		seq_puts(seq, "- ");
	seq_printf(seq, "%s#%u ", registration->owner->name, registration->number);
	if (provider)
		seq_puts(seq, "- ");
	seq_printf(seq, "%s - - - - - -\n", state);
}

static void nmr_show_side(struct seq_file *seq, struct nmr_binding_object *binding,
			  enum nmr_side side)
{
	const struct nmr_calls *calls = &binding->calls[side];
	/* One snapshot, in this order, for columns that agree. */
	unsigned int debts = nmr_binding_debts(binding, side) & ~NMR_OWES_CLOSE;
	unsigned long called_at = READ_ONCE(binding->called_at[side]);

	seq_printf(seq, " %s", nmr_detach_name(debts, called_at));
	if (called_at && debts & NMR_OWES_ALL)
		seq_printf(seq, " %u", jiffies_to_msecs(jiffies - called_at));
	else
		seq_puts(seq, " -");
	if (READ_ONCE(calls->guard) && !READ_ONCE(calls->is_gate))
		seq_printf(seq, " %d", nmr_calls_in_progress(calls));
	else
		seq_puts(seq, " -");
}

static void nmr_show_binding(struct seq_file *seq, struct nmr_binding_object *binding)
{
	struct nmr_registration *provider, *client;
	enum nmr_binding_phase phase;

	/* A snapshot, like the rest of the line. */
	phase = data_race(binding->phase);
	provider = binding->registration[NMR_PROVIDER];
	client = binding->registration[NMR_CLIENT];
	seq_printf(seq, "binding %lu %pUl %s#%u %s#%u %s", binding->handle.id,
		   &provider->npi->id, provider->owner->name, provider->number,
		   client->owner->name, client->number, nmr_phase_names[phase]);
	nmr_show_side(seq, binding, NMR_PROVIDER);
	nmr_show_side(seq, binding, NMR_CLIENT);
	seq_putc(seq, '\n');
}

/*
 * A line for each live handle. *pos is 0 for the header line, then the position
 * of the walk plus one: a handle that is live throughout is shown exactly once,
 * however long the reader takes between two buffers.
 */
static void *nmr_registry_find(loff_t *pos)
	__must_hold(RCU)
{
	unsigned long position = *pos - 1;
	struct nmr_handle *handle = nmr_handle_next(&position);

	/* The walk is past the handle. At its end, move on, or seq_file asks again. */
	*pos = handle ? position : position + 1;
	return handle;
}

static void *nmr_registry_start(struct seq_file *seq, loff_t *pos)
	__acquires(RCU)
{
	rcu_read_lock();
	return *pos ? nmr_registry_find(pos) : SEQ_START_TOKEN;
}

static void *nmr_registry_next(struct seq_file *seq, void *v, loff_t *pos)
	__must_hold(RCU)
{
	++*pos;
	return nmr_registry_find(pos);
}

static void nmr_registry_stop(struct seq_file *seq, void *v)
	__releases(RCU)
{
	rcu_read_unlock();
}

static int nmr_registry_show(struct seq_file *seq, void *v)
{
	struct nmr_handle *handle = v;

	if (v == SEQ_START_TOKEN)
		seq_puts(seq, "kind id npi provider client state provider_detach provider_ms provider_calls client_detach client_ms client_calls\n");
	else if (handle->kind == NMR_HANDLE_BINDING)
		nmr_show_binding(seq, container_of(handle, struct nmr_binding_object, handle));
	else
		nmr_show_registration(seq, container_of(handle, struct nmr_registration,
							handle));
	return 0;
}

static const struct seq_operations nmr_registry_sops = {
	.start = nmr_registry_start,
	.next = nmr_registry_next,
	.stop = nmr_registry_stop,
	.show = nmr_registry_show,
};
DEFINE_SEQ_ATTRIBUTE(nmr_registry);

enum nmr_total {
	NMR_TOTAL_PROVIDERS,
	NMR_TOTAL_CLIENTS,
	NMR_TOTAL_DEREGISTERING,
	NMR_TOTAL_BINDINGS,
	NMR_TOTAL_ATTACHED,
	NMR_TOTAL_PENDING,
	NMR_TOTAL_COMPLETE,
	NMR_TOTALS
};

static const char * const nmr_total_names[] = {
	[NMR_TOTAL_PROVIDERS]	= "providers",
	[NMR_TOTAL_CLIENTS]	= "clients",
	[NMR_TOTAL_DEREGISTERING] = "deregistering",
	[NMR_TOTAL_BINDINGS]	= "bindings",
	[NMR_TOTAL_ATTACHED]	= "attached",
	[NMR_TOTAL_PENDING]	= "pending",
	[NMR_TOTAL_COMPLETE]	= "complete",
};

static void nmr_count_registration(unsigned long *totals,
				   struct nmr_registration *registration)
{
	if (registration->registrant.side == NMR_PROVIDER)
		totals[NMR_TOTAL_PROVIDERS]++;
	else
		totals[NMR_TOTAL_CLIENTS]++;
	if (completion_done(&registration->completed))
		totals[NMR_TOTAL_COMPLETE]++;
	else if (nmr_registration_is_deregistering(registration))
		totals[NMR_TOTAL_DEREGISTERING]++;
}

static void nmr_count_binding(unsigned long *totals, struct nmr_binding_object *binding)
{
	totals[NMR_TOTAL_BINDINGS]++;
	/* A snapshot, like the other totals. */
	totals[NMR_TOTAL_ATTACHED] += data_race(binding->phase) == NMR_ATTACHED;
	totals[NMR_TOTAL_PENDING] +=
		nmr_binding_is_pending(binding, NMR_PROVIDER) ||
		nmr_binding_is_pending(binding, NMR_CLIENT);
}

static int nmr_stats_show(struct seq_file *seq, void *v)
{
	unsigned long totals[NMR_TOTALS] = {};
	unsigned long last_id = nmr_handle_last_id(), position = 0;
	struct nmr_handle *handle;
	enum nmr_total total;

	rcu_read_lock();
	while ((handle = nmr_handle_next(&position))) {
		/* Skip newer ones, or a total could exceed what ever existed at once. */
		if ((long)(handle->id - last_id) > 0)
			continue;
		if (handle->kind == NMR_HANDLE_BINDING)
			nmr_count_binding(totals, container_of(handle, struct nmr_binding_object,
							       handle));
		else
			nmr_count_registration(totals, container_of(handle,
								    struct nmr_registration,
								    handle));
	}
	rcu_read_unlock();

	for (total = 0; total < NMR_TOTALS; total++)
		seq_printf(seq, "%s %lu\n", nmr_total_names[total], totals[total]);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(nmr_stats);

void __init nmr_debugfs_init(void)
{
	nmr_debugfs = debugfs_create_dir("nmr", NULL);
	debugfs_create_file("registry", 0400, nmr_debugfs, NULL, &nmr_registry_fops);
	debugfs_create_file("stats", 0400, nmr_debugfs, NULL, &nmr_stats_fops);
}

void nmr_debugfs_exit(void)
{
	debugfs_remove(nmr_debugfs);
}
