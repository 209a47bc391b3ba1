/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_SIDE_H
#define _NMR_SIDE_H

/* The two sides of an NPI; indexes arrays that have an entry for each. */
enum nmr_side {
	NMR_PROVIDER,
	NMR_CLIENT,
	NMR_SIDES
};

static inline enum nmr_side nmr_other_side(enum nmr_side side)
{
	return side == NMR_PROVIDER ? NMR_CLIENT : NMR_PROVIDER;
}

#endif /* _NMR_SIDE_H */
