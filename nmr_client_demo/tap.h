/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_CLIENT_DEMO_TAP_H
#define _NMR_CLIENT_DEMO_TAP_H

int client_demo_taps_register(unsigned int instances);
void client_demo_taps_deregister(void);
void client_demo_taps_wait(void);

#endif /* _NMR_CLIENT_DEMO_TAP_H */
