/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_CLIENT_DEMO_POLL_H
#define _NMR_CLIENT_DEMO_POLL_H

int client_demo_poll_start(void);
void client_demo_poll_stop(void);

#endif /* _NMR_CLIENT_DEMO_POLL_H */
