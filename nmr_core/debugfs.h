/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_DEBUGFS_H
#define _NMR_DEBUGFS_H

void nmr_debugfs_init(void);
void nmr_debugfs_exit(void);

#endif /* _NMR_DEBUGFS_H */
