/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_PROVIDER_DEMO_COUNTS_H
#define _NMR_PROVIDER_DEMO_COUNTS_H

struct nmr_client_characteristics;

extern const struct nmr_client_characteristics provider_demo_counts_characteristics;

#endif /* _NMR_PROVIDER_DEMO_COUNTS_H */
