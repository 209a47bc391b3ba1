/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _EXPLORE_TYPES_H
#define _EXPLORE_TYPES_H

#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef long long s64;

#endif /* _EXPLORE_TYPES_H */
