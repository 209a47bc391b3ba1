/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_WATCHDOG_H
#define _NMR_WATCHDOG_H

#include <linux/types.h>

#include "side.h"

struct nmr_binding_object;
struct nmr_registration;

void nmr_watchdog_init(void);
void nmr_watchdog_exit(void);
void nmr_watchdog_begin(struct nmr_registration *registration);
const char *nmr_watchdog_owes(struct nmr_binding_object *binding, enum nmr_side side);

#if IS_ENABLED(CONFIG_NMR_KUNIT_TEST)
bool nmr_watchdog_is_queued(void);
unsigned long nmr_watchdog_due_in(void);
#endif

#endif /* _NMR_WATCHDOG_H */
