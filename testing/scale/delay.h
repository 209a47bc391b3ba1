/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_SCALE_DELAY_H
#define _NMR_SCALE_DELAY_H

#include <linux/types.h>

int scale_delay_start(void);
void scale_delay_stop(void);
s64 scale_delay_recent(void);
int scale_delay(const unsigned int *numbers);

#endif /* _NMR_SCALE_DELAY_H */
