/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_DEREGISTER_H
#define _NMR_DEREGISTER_H

#include "side.h"

struct nmr_registration;

int nmr_deregister(const void *cookie, enum nmr_side side, unsigned long caller);
int nmr_deregister_atomic(const void *cookie, enum nmr_side side, unsigned long caller);
void nmr_deregister_abandoned(struct nmr_registration *registration);
void nmr_wait_abandoned(struct nmr_registration *registration);
int nmr_wait(const void *cookie, enum nmr_side side, unsigned long caller);

#endif /* _NMR_DEREGISTER_H */
