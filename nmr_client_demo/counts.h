/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_CLIENT_DEMO_COUNTS_H
#define _NMR_CLIENT_DEMO_COUNTS_H

struct nmr_provider;

int client_demo_counts_begin(void);
struct nmr_provider *client_demo_counts_end(void);

#endif /* _NMR_CLIENT_DEMO_COUNTS_H */
