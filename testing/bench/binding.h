/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_BENCH_BINDING_H
#define _NMR_BENCH_BINDING_H

#include <linux/nmr_gate.h>
#include <linux/nmr_rundown.h>

#include "callee.h"

/* This module's binding to the callee; valid while it is bound. */
extern const struct bench_callee_dispatch *bench_callee;
extern struct nmr_rundown bench_rundown;
extern struct nmr_gate bench_gate;

int bench_bind(void);
int bench_bind_gate(void);
void bench_unbind(void);

/*
 * bench_unbind() in parts. The detach callback calls the function passed to
 * bench_begin_unbind(), which must call bench_close(): the registrar
 * accepts a detach of the rundown or the gate only from that callback.
 */
void bench_begin_unbind(void (*detach)(void));
void bench_close(void);
void bench_end_unbind(void);

#endif /* _NMR_BENCH_BINDING_H */
