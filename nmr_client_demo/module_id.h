/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_CLIENT_DEMO_MODULE_ID_H
#define _NMR_CLIENT_DEMO_MODULE_ID_H

#include <linux/nmr.h>

/* One id for all registrations, so that a peer can tell they are one module's. */
static const struct npi_module_id client_demo_module_id = {
	.type = NPI_MODULE_ID_GUID,
	.guid = GUID_INIT(0x7ff023d0, 0x27bb, 0x40a9,
			  0xa4, 0xd3, 0xf3, 0xba, 0x4c, 0x15, 0xe5, 0x68),
};

#endif /* _NMR_CLIENT_DEMO_MODULE_ID_H */
