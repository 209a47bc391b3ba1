/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _EXPLORE_SCENARIOS_H
#define _EXPLORE_SCENARIOS_H

/* Each is a line of list.h, in the order in which they are run. */
#define SCENARIO(name) extern const struct scenario name;
#include "list.h"
#undef SCENARIO

#endif /* _EXPLORE_SCENARIOS_H */
