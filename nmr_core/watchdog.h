/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_WATCHDOG_H
#define _NMR_WATCHDOG_H

struct nmr_registration;

void nmr_watchdog_init(void);
void nmr_watchdog_exit(void);
void nmr_watchdog_begin(struct nmr_registration *registration);

#endif /* _NMR_WATCHDOG_H */
