/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_CALLS_H
#define _NMR_CALLS_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/llist.h>
#include <linux/types.h>

#include "side.h"

struct nmr_binding;
struct nmr_binding_object;

/*
 * Added to @remaining until the counts of all processors have been summed, so that
 * @remaining cannot reach zero before, and shows whether that has happened.
 */
#define NMR_CALLS_BIAS	((int)BIT(30))

/*
 * One side's calls into the other, if the side has a rundown or a gate. The calls in
 * progress are in @count until it is closed, and those that end afterwards are
 * subtracted from @remaining. A grace period after closing nobody uses @count any more,
 * and its sum is added to @remaining. Counts wrap: only the sum has a meaning.
 */
struct nmr_calls {
	/* The module's rundown or gate, or NULL. Only ever compared. */
	const void *guard;
	/* On each processor, if there was ever a rundown. Freed with the binding. */
	unsigned int __percpu *count;
	atomic_t remaining;
	bool is_gate;
	/* On nmr_closing, and then on the list of the thread that awaits the grace period. */
	struct llist_node closing;
};

struct nmr_binding_object *nmr_calls_init(const void *guard, bool is_gate,
					  struct nmr_binding *handle, enum nmr_side side,
					  const char *what, unsigned long caller);
struct nmr_binding_object *nmr_calls_find(const void *guard, struct nmr_binding *handle,
					  enum nmr_side *side);
struct nmr_binding_object *nmr_calls_find_in_detach(const void *guard,
						    struct nmr_binding *handle,
						    enum nmr_side *side, const char *what,
						    unsigned long caller);
int nmr_calls_in_progress(const struct nmr_calls *calls);
void nmr_calls_drained(struct nmr_binding *handle, enum nmr_side side, unsigned long caller);
bool nmr_calls_are_closed(struct nmr_binding_object *binding, enum nmr_side side);
void nmr_calls_close(struct nmr_binding_object *binding, enum nmr_side side);
void nmr_calls_close_all(void);
void nmr_calls_exit(void);

#endif /* _NMR_CALLS_H */
