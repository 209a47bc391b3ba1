/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_HANDLE_H
#define _NMR_HANDLE_H

#include <linux/rhashtable-types.h>

enum nmr_handle_kind {
	NMR_HANDLE_PROVIDER,
	NMR_HANDLE_CLIENT,
	NMR_HANDLE_BINDING,
};

/*
 * Embedded in what a module gets a handle for. The handle itself is @cookie,
 * cast to a pointer: @id, which is never given out twice, scattered so that no
 * number or address met by chance is one. (Where a long has 32 bits, an id comes
 * again after 2^32 others, if its object is gone by then.)
 *
 * The object must be freed by call_rcu(): a reader may still be looking at it.
 */
struct nmr_handle {
	struct rhash_head node;
	unsigned long cookie;
	unsigned long id;
	enum nmr_handle_kind kind;
};

int nmr_handle_init(void);
void nmr_handle_exit(void);

int nmr_handle_insert(struct nmr_handle *handle, enum nmr_handle_kind kind);
bool nmr_handle_remove(struct nmr_handle *handle);
void nmr_handle_walk_enter(struct rhashtable_iter *iter);
struct nmr_handle *nmr_handle_find(const void *cookie, enum nmr_handle_kind kind);

#endif /* _NMR_HANDLE_H */
