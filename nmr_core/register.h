/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_REGISTER_H
#define _NMR_REGISTER_H

#include "registration.h"

int nmr_register(const struct nmr_registrant *registrant, void **handle,
		 struct lock_class_key *key, const char *name);

#endif /* _NMR_REGISTER_H */
