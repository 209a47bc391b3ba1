// SPDX-License-Identifier: GPL-2.0
/* The workqueue on which modules' callbacks run that no caller can run. */
#include "work.h"

struct workqueue_struct *nmr_workqueue;

int __init nmr_work_init(void)
{
	/*
	 * Callbacks may block for as long as they like, and one that does must
	 * not hold up another binding's (4.16): unbound, and as many at once as
	 * there may be. Not WQ_MEM_RECLAIM: callbacks may flush what is not.
	 */
	nmr_workqueue = alloc_workqueue("nmr", WQ_UNBOUND, WQ_MAX_ACTIVE);
	return nmr_workqueue ? 0 : -ENOMEM;
}

void nmr_work_exit(void)
{
	destroy_workqueue(nmr_workqueue);
}
