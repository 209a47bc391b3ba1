/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ticks NPI: a provider counts the ticks of its clients.
 */
#ifndef _TICKS_H
#define _TICKS_H

#include <linux/types.h>
#include <linux/uuid.h>

static const guid_t ticks_npi_id = GUID_INIT(0x6ed9a2c4, 0x5b08, 0x4f4d, 0x9e, 0x21,
					     0x70, 0x3c, 0xd4, 0x18, 0xb6, 0x5a);

/**
 * struct ticks_provider_dispatch - what a client calls
 * @tick: count a tick; from any context
 * @total: return the number of ticks after a delay; sleeps
 *
 * Both take the provider's binding context.
 */
struct ticks_provider_dispatch {
	void (*tick)(void *provider_binding_context);
	u64 (*total)(void *provider_binding_context);
};

#endif /* _TICKS_H */
