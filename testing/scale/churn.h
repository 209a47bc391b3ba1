/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_SCALE_CHURN_H
#define _NMR_SCALE_CHURN_H

int scale_churn(const unsigned int *numbers);

#endif /* _NMR_SCALE_CHURN_H */
