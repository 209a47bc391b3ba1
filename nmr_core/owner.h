/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_OWNER_H
#define _NMR_OWNER_H

int nmr_owner_init(void);
void nmr_owner_exit(void);

#endif /* _NMR_OWNER_H */
