/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hello NPI: what its provider and its clients agree on.
 */
#ifndef _HELLO_H
#define _HELLO_H

#include <linux/uuid.h>

/* uuidgen makes one for each new NPI. */
static const guid_t hello_npi_id = GUID_INIT(0x2b7e1516, 0x28ae, 0x42a6, 0xab, 0xf7,
					     0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c);

/* What a client calls. The clients of this NPI offer nothing in return. */
struct hello_provider_dispatch {
	void (*greet)(const char *name);
};

#endif /* _HELLO_H */
