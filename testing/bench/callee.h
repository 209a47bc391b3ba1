/* SPDX-License-Identifier: GPL-2.0 */
/* The NPI between the two modules of the benchmark. */
#ifndef _NMR_BENCH_CALLEE_H
#define _NMR_BENCH_CALLEE_H

#include <linux/uuid.h>

struct module;
struct notifier_block;

/* e4c7a80d-5d0e-4d2f-9a0c-5f1e6b97d325 */
#define BENCH_CALLEE_NPI GUID_INIT(0xe4c7a80d, 0x5d0e, 0x4d2f, 0x9a, 0x0c,	\
				   0x5f, 0x1e, 0x6b, 0x97, 0xd3, 0x25)

/* The callee's functions do nothing: one for calls, one for a notifier chain. */
struct bench_callee_dispatch {
	void (*call)(void);
	struct notifier_block *notifier;
	struct module *owner;
};

#endif /* _NMR_BENCH_CALLEE_H */
