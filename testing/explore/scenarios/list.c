// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>

#include "../scenario.h"
#include "scenarios.h"

const struct scenario *const ex_scenarios[] = {
#define SCENARIO(name) &name,
#include "list.h"
#undef SCENARIO
	NULL
};
