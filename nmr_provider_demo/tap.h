/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_PROVIDER_DEMO_TAP_H
#define _NMR_PROVIDER_DEMO_TAP_H

int provider_demo_taps_register(unsigned int instances);
void provider_demo_taps_deregister(void);
void provider_demo_taps_wait(void);

#endif /* _NMR_PROVIDER_DEMO_TAP_H */
