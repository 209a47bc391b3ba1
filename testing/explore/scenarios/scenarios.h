/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _EXPLORE_SCENARIOS_H
#define _EXPLORE_SCENARIOS_H

/* list.h has a line for each, in the order in which they run. */
#define SCENARIO(name) extern const struct scenario name;
#include "list.h"
#undef SCENARIO

#endif /* _EXPLORE_SCENARIOS_H */
