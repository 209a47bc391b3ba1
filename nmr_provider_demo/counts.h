/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_PROVIDER_DEMO_COUNTS_H
#define _NMR_PROVIDER_DEMO_COUNTS_H

int provider_demo_counts_register(void);
void provider_demo_counts_deregister(void);
void provider_demo_counts_wait(void);

#endif /* _NMR_PROVIDER_DEMO_COUNTS_H */
