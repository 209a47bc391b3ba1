/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_BENCH_BINDING_H
#define _NMR_BENCH_BINDING_H

#include <linux/nmr_rundown.h>

#include "callee.h"

/* The binding of this module to the callee, while it is bound. */
extern const struct bench_callee_dispatch *bench_callee;
extern struct nmr_rundown bench_rundown;

int bench_bind(void);
void bench_unbind(void);

/*
 * The same in parts. Detach may be said to the rundown before bench_unbind()
 * says it to the registrar.
 */
void bench_close_rundown(void);
void bench_begin_unbind(void);
void bench_end_unbind(void);

#endif /* _NMR_BENCH_BINDING_H */
