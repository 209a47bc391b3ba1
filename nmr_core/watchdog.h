/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_WATCHDOG_H
#define _NMR_WATCHDOG_H

struct nmr_registration;

void nmr_watchdog_start(struct nmr_registration *registration);
void nmr_watchdog_stop(struct nmr_registration *registration);

#endif /* _NMR_WATCHDOG_H */
