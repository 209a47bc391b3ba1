/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_WORK_H
#define _NMR_WORK_H

#include <linux/workqueue.h>

/* Runs callbacks on behalf of callers in atomic context (contract 4.15). */
extern struct workqueue_struct *nmr_workqueue;

int nmr_work_init(void);
void nmr_work_exit(void);

#endif /* _NMR_WORK_H */
