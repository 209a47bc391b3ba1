/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_CLIENT_DEMO_TAP_H
#define _NMR_CLIENT_DEMO_TAP_H

#include <linux/nmr.h>
#include <linux/types.h>

/* The registrar reads @characteristics until wait has returned. */
struct tap_client {
	struct nmr_client_characteristics characteristics;
	struct nmr_client *client;
};

void client_demo_tap_init(struct tap_client *client, u32 number);

#endif /* _NMR_CLIENT_DEMO_TAP_H */
