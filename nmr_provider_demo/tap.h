/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_PROVIDER_DEMO_TAP_H
#define _NMR_PROVIDER_DEMO_TAP_H

#include <linux/nmr.h>
#include <linux/types.h>

/* The registrar reads @characteristics until wait has returned. */
struct tap {
	struct nmr_provider_characteristics characteristics;
	struct nmr_provider *provider;
};

void provider_demo_tap_init(struct tap *tap, u32 number);

#endif /* _NMR_PROVIDER_DEMO_TAP_H */
