/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_HANDLE_H
#define _NMR_HANDLE_H

#include <linux/rcupdate.h>
#include <linux/types.h>

struct nmr_slot;

enum nmr_handle_kind {
	NMR_HANDLE_PROVIDER,
	NMR_HANDLE_CLIENT,
	NMR_HANDLE_BINDING,
};

/*
 * Embedded in each object that a module gets a handle for. The handle itself is
 * @cookie, cast to a pointer. @id identifies the object in messages and is not
 * reused until it wraps.
 *
 * The object must be freed by call_rcu(), as a lookup may have found it.
 */
struct nmr_handle {
	struct nmr_slot *slot;
	unsigned long cookie;
	unsigned long id;
	enum nmr_handle_kind kind;
};

void nmr_handle_exit(void);

int nmr_handle_reserve(struct nmr_handle *handle, enum nmr_handle_kind kind);
void nmr_handle_publish(struct nmr_handle *handle);
void nmr_handle_remove(struct nmr_handle *handle);
struct nmr_handle *nmr_handle_find(const void *cookie, enum nmr_handle_kind kind);
unsigned long nmr_handle_last_id(void);
struct nmr_handle *nmr_handle_next(unsigned long *position);

#if IS_ENABLED(CONFIG_NMR_KUNIT_TEST)
unsigned long nmr_handle_age(struct nmr_handle *handle);
#endif

#endif /* _NMR_HANDLE_H */
