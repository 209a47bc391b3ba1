/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_SCALE_NPI_H
#define _NMR_SCALE_NPI_H

#include <linux/types.h>
#include <linux/uuid.h>

/* Each part has its own NPIs, with the part's number in the upper byte. */
enum scale_npi {
	SCALE_NPI_CLIENTS	= 1 << 24,
	SCALE_NPI_CHURN		= 2 << 24,
	SCALE_NPI_STRIDES	= 3 << 24,
	SCALE_NPI_INTERRUPTS	= 4 << 24,
};

guid_t scale_npi_id(u32 number);

#endif /* _NMR_SCALE_NPI_H */
