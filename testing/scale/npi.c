// SPDX-License-Identifier: GPL-2.0
/* NPIs by number. */
#include "npi.h"

guid_t scale_npi_id(u32 number)
{
	return GUID_INIT(number, 0x5ca1, 0x4e11, 0x9d, 0x3f, 0x64, 0xb0, 0x17, 0xe8, 0x52, 0xc6);
}
