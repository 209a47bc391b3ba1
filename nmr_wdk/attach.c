// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching: between two drivers, the client gets exactly the NTSTATUS that the
 * provider returned. The registrar passes on an errno, which cannot hold it; so
 * while the client's call is in progress, its record is listed here, and the
 * provider's status is stored in it.
 */
#include <linux/export.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/sched.h>

/* Does not include all that it needs, so it comes after the above. */
#include <linux/list_bl.h>

#include "attach.h"
#include "status.h"
#include "windows.h"

/* A driver's call of NmrClientAttachProvider(); on the caller's stack. */
struct nmr_wdk_attaching {
	struct hlist_bl_node node;
	HANDLE binding;
	struct task_struct *task;
	NTSTATUS status;
	bool answered;
};

static_assert(sizeof(struct nmr_wdk_attach) >= sizeof(struct nmr_wdk_attaching));

#define NMR_WDK_ATTACHING_BITS 6

/* Each list is guarded by its bit lock, in which no lock nests. */
static struct hlist_bl_head nmr_wdk_attachings[1 << NMR_WDK_ATTACHING_BITS];

static struct hlist_bl_head *nmr_wdk_attaching_head(HANDLE binding)
{
	return &nmr_wdk_attachings[hash_ptr(binding, NMR_WDK_ATTACHING_BITS)];
}

/**
 * nmr_wdk_attach_begin() - first step of NmrClientAttachProvider()
 * @Attach: the caller's memory; in use until nmr_wdk_attach_end()
 * @NmrBindingHandle: see NmrClientAttachProvider()
 *
 * Context: PASSIVE_LEVEL.
 */
void nmr_wdk_attach_begin(struct nmr_wdk_attach *Attach, HANDLE NmrBindingHandle)
{
	struct hlist_bl_head *head = nmr_wdk_attaching_head(NmrBindingHandle);
	struct nmr_wdk_attaching *attaching = (void *)Attach;

	might_sleep();
	attaching->binding = NmrBindingHandle;
	attaching->task = current;
	attaching->answered = false;
	hlist_bl_lock(head);
	hlist_bl_add_head(&attaching->node, head);
	hlist_bl_unlock(head);
}
EXPORT_SYMBOL_GPL(nmr_wdk_attach_begin);

/**
 * nmr_wdk_attach_answer() - record what a driver's ProviderAttachClient returned
 * @binding: the binding
 * @status: the result
 *
 * Runs in the client's task, inside its call of NmrClientAttachProvider(); a
 * client that is a Linux module has no such call, and nothing is recorded.
 *
 * Context: Process context.
 */
void nmr_wdk_attach_answer(HANDLE binding, NTSTATUS status)
{
	struct hlist_bl_head *head = nmr_wdk_attaching_head(binding);
	struct nmr_wdk_attaching *attaching;
	struct hlist_bl_node *node;

	hlist_bl_lock(head);
	hlist_bl_for_each_entry(attaching, node, head, node) {
		if (attaching->binding != binding || attaching->task != current)
			continue;
		attaching->status = status;
		attaching->answered = true;
		break;
	}
	hlist_bl_unlock(head);
}

/**
 * nmr_wdk_attach_end() - last step of NmrClientAttachProvider()
 * @Attach: from nmr_wdk_attach_begin()
 * @err: result of nmr_client_attach_provider()
 *
 * Context: PASSIVE_LEVEL.
 * Return: the result of the provider's callback if the provider is a driver; else
 *	the status for @err, which is a success only if @err is 0.
 */
NTSTATUS nmr_wdk_attach_end(struct nmr_wdk_attach *Attach, int err)
{
	struct nmr_wdk_attaching *attaching = (void *)Attach;
	struct hlist_bl_head *head = nmr_wdk_attaching_head(attaching->binding);

	hlist_bl_lock(head);
	hlist_bl_del(&attaching->node);
	hlist_bl_unlock(head);
	return attaching->answered ? attaching->status : nmr_wdk_attach_status(err);
}
EXPORT_SYMBOL_GPL(nmr_wdk_attach_end);
