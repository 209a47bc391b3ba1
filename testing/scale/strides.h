/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_SCALE_STRIDES_H
#define _NMR_SCALE_STRIDES_H

int scale_strides(const unsigned int *numbers);

#endif /* _NMR_SCALE_STRIDES_H */
