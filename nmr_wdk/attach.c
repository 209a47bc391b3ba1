// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching: between two drivers, the provider's NTSTATUS gets to the client to
 * the bit. The registrar hands an errno from one to the other, which is all that
 * a Linux module wants, and not enough here; so the client's call leaves word,
 * for as long as it lasts, where the provider's answer is to be put.
 */
#include <linux/export.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/sched.h>

/* Does not read what it needs of the above. */
#include <linux/list_bl.h>

#include "attach.h"
#include "status.h"
#include "windows.h"

/* A driver's NmrClientAttachProvider(), on its stack. */
struct nmr_wdk_attaching {
	struct hlist_bl_node node;
	HANDLE binding;
	struct task_struct *task;
	NTSTATUS status;
	bool answered;
};

static_assert(sizeof(struct nmr_wdk_attach) >= sizeof(struct nmr_wdk_attaching));

#define NMR_WDK_ATTACHING_BITS 6

/* Each under its own bit lock, in which nothing nests. Process context. */
static struct hlist_bl_head nmr_wdk_attachings[1 << NMR_WDK_ATTACHING_BITS];

static struct hlist_bl_head *nmr_wdk_attaching_head(HANDLE binding)
{
	return &nmr_wdk_attachings[hash_ptr(binding, NMR_WDK_ATTACHING_BITS)];
}

/**
 * nmr_wdk_attach_begin() - what NmrClientAttachProvider() does first
 * @Attach: its memory, until nmr_wdk_attach_end()
 * @NmrBindingHandle: what it was called with
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
 * nmr_wdk_attach_answer() - the provider's attach callback, a driver's, returned
 * @binding: whose
 * @status: what it returned
 *
 * The registrar calls it in the client's task, inside the client's call. If the
 * client is a Linux module there is no such call.
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
 * nmr_wdk_attach_end() - what NmrClientAttachProvider() does last
 * @Attach: from nmr_wdk_attach_begin()
 * @err: what nmr_client_attach_provider() returned
 *
 * Context: PASSIVE_LEVEL.
 * Return: what the provider's callback returned, if that is a driver's; else
 *	what corresponds to @err, and is a success only if that is 0.
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
