/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_RUNDOWN_H
#define _NMR_RUNDOWN_H

#include <linux/types.h>

struct nmr_rundown_calls;

void nmr_rundown_free_spares(void);
s64 nmr_rundown_in_progress(struct nmr_rundown_calls *calls);

#endif /* _NMR_RUNDOWN_H */
