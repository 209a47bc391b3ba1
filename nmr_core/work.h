/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_WORK_H
#define _NMR_WORK_H

#include <linux/workqueue.h>

/*
 * A work item that runs callbacks in process context, queued from any context
 * (contract 4.15). @run may free it.
 */
struct nmr_work {
	union {
		struct work_struct work;
		/* Once the workqueue has begun it. */
		struct list_head waiting;
	};
	void (*run)(struct nmr_work *work);
};

void nmr_work_start(struct work_struct *work);

/* A macro for lockdep, as INIT_WORK() is. */
#define nmr_work_set(item, function)					\
do {									\
	struct nmr_work *__item = (item);				\
									\
	__item->run = (function);					\
	INIT_WORK(&__item->work, nmr_work_start);			\
} while (0)

void nmr_work_queue(struct nmr_work *nmr_work);
void nmr_work_queue_delayed(struct delayed_work *work, unsigned long delay);
int nmr_work_init(void);
void nmr_work_exit(void);

#endif /* _NMR_WORK_H */
