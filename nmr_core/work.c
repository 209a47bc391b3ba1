// SPDX-License-Identifier: GPL-2.0
/* The workqueue for callbacks that their caller's context does not allow. */
#include "work.h"

struct workqueue_struct *nmr_workqueue;

int __init nmr_work_init(void)
{
	/*
	 * Callbacks may block without limit, and one that does must not delay
	 * those of another binding (4.16): unbound, with the maximum of active
	 * items. Not WQ_MEM_RECLAIM: callbacks may flush workqueues without it.
	 */
	nmr_workqueue = alloc_workqueue("nmr", WQ_UNBOUND, WQ_MAX_ACTIVE);
	return nmr_workqueue ? 0 : -ENOMEM;
}

void nmr_work_exit(void)
{
	destroy_workqueue(nmr_workqueue);
}
