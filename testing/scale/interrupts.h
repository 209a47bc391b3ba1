/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_SCALE_INTERRUPTS_H
#define _NMR_SCALE_INTERRUPTS_H

int scale_interrupts(const unsigned int *numbers);

#endif /* _NMR_SCALE_INTERRUPTS_H */
