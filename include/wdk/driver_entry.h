/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes a module's init and exit functions of DriverEntry. nmr_wdk/Makefile.wdk
 * has the compiler include this before each source with a DriverEntry. It must
 * not include Windows' types: the source may define macros before its own
 * #include lines that affect those.
 */
#ifndef _NMR_DRIVER_ENTRY_H
#define _NMR_DRIVER_ENTRY_H

#ifndef MODULE
#error A Windows driver is built as a module.
#endif

#include "driver_storage.h"

struct module;
struct _DRIVER_OBJECT;
struct _UNICODE_STRING;

extern struct module __this_module;

int DriverEntry(struct _DRIVER_OBJECT *DriverObject, struct _UNICODE_STRING *RegistryPath);

int nmr_wdk_load_driver(struct nmr_wdk_driver *driver, struct module *owner,
			const char *name,
			int (*entry)(struct _DRIVER_OBJECT *DriverObject,
				     struct _UNICODE_STRING *RegistryPath));
void nmr_wdk_unload_driver(struct nmr_wdk_driver *driver);

static struct nmr_wdk_driver nmr_wdk_driver;

int init_module(void);
int init_module(void)
{
	return nmr_wdk_load_driver(&nmr_wdk_driver, &__this_module, KBUILD_MODNAME,
				   DriverEntry);
}

void cleanup_module(void);
void cleanup_module(void)
{
	nmr_wdk_unload_driver(&nmr_wdk_driver);
}

/* The module loader calls them; this reference shows it to objtool. */
static void *nmr_wdk_called_by_the_loader[]
	__attribute__((__used__, __section__(".init.data"))) = {
	(void *)init_module, (void *)cleanup_module,
};

static const char nmr_wdk_license[]
	__attribute__((__used__, __section__(".modinfo"), __aligned__(1))) =
	"license=" NMR_WDK_LICENSE;
static const char nmr_wdk_description[]
	__attribute__((__used__, __section__(".modinfo"), __aligned__(1))) =
	"description=" NMR_WDK_DESCRIPTION;

#endif /* _NMR_DRIVER_ENTRY_H */
