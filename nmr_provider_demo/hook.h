/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_PROVIDER_DEMO_HOOK_H
#define _NMR_PROVIDER_DEMO_HOOK_H

int provider_demo_hook_register(void);
void provider_demo_hook_unregister(void);

#endif /* _NMR_PROVIDER_DEMO_HOOK_H */
