/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_OWNER_H
#define _NMR_OWNER_H

struct module;

#ifdef CONFIG_MODULES
void nmr_owner_goes(struct module *owner);
int nmr_owner_init(void);
void nmr_owner_exit(void);
#else
/* Who is built in does not go. */
static inline int nmr_owner_init(void)
{
	return 0;
}

static inline void nmr_owner_exit(void)
{
}
#endif

#endif /* _NMR_OWNER_H */
