// SPDX-License-Identifier: GPL-2.0
/* Drivers as modules: DriverEntry is the init function, DriverUnload the exit. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "driver.h"
#include "status.h"
#include "windows.h"

#define NMR_WDK_DRIVERS		"\\Driver\\"
#define NMR_WDK_SERVICES	"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"

/*
 * Lives in struct nmr_wdk_driver of the driver's module. There is no registry:
 * the path in it is only a name, which the driver may keep.
 */
struct nmr_wdk_loaded {
	DRIVER_OBJECT object;
	UNICODE_STRING registry_path;
	WCHAR driver_name[sizeof(NMR_WDK_DRIVERS) + MODULE_NAME_LEN];
	WCHAR service_name[sizeof(NMR_WDK_SERVICES) + MODULE_NAME_LEN];
};

static_assert(sizeof(struct nmr_wdk_loaded) <= sizeof(struct nmr_wdk_driver));
static_assert(__alignof__(struct nmr_wdk_loaded) <= __alignof__(struct nmr_wdk_driver));

static void nmr_wdk_name(PUNICODE_STRING string, WCHAR *buffer, const char *folder,
			 const char *name)
{
	WCHAR *end = buffer;

	while (*folder)
		*end++ = *folder++;
	while (*name)
		*end++ = *name++;
	*end = 0;
	RtlInitUnicodeString(string, buffer);
}

/**
 * nmr_wdk_load_driver() - init function of a driver's module
 * @driver: zeroed; must stay valid as long as the module's memory
 * @owner: the module
 * @name: its name
 * @entry: its DriverEntry
 *
 * As on Windows, a driver that sets no DriverUnload cannot be unloaded.
 *
 * Context: Process context, may sleep.
 * Return: 0, or the errno for the error that DriverEntry returned.
 */
int nmr_wdk_load_driver(struct nmr_wdk_driver *driver, struct module *owner,
			const char *name, PDRIVER_INITIALIZE entry)
{
	struct nmr_wdk_loaded *loaded = (void *)driver;
	NTSTATUS status;
	int err;

	nmr_wdk_name(&loaded->object.DriverName, loaded->driver_name,
		     NMR_WDK_DRIVERS, name);
	nmr_wdk_name(&loaded->registry_path, loaded->service_name,
		     NMR_WDK_SERVICES, name);
	loaded->object.DriverInit = entry;

	status = entry(&loaded->object, &loaded->registry_path);
	if (!NT_SUCCESS(status)) {
		pr_err("%s: DriverEntry returned 0x%08x\n", name, status);
		err = nmr_wdk_errno(status);
		/* modprobe takes -EEXIST for a module that is already loaded. */
		return err == -EEXIST ? -EBUSY : err;
	}
	if (!loaded->object.DriverUnload)
		__module_get(owner);
	return 0;
}
EXPORT_SYMBOL_GPL(nmr_wdk_load_driver);

/**
 * nmr_wdk_unload_driver() - exit function of a driver's module
 * @driver: as given to nmr_wdk_load_driver()
 *
 * Context: Process context, may sleep.
 */
void nmr_wdk_unload_driver(struct nmr_wdk_driver *driver)
{
	struct nmr_wdk_loaded *loaded = (void *)driver;

	/* NULL if the module is unloaded by force. */
	if (loaded->object.DriverUnload)
		loaded->object.DriverUnload(&loaded->object);
}
EXPORT_SYMBOL_GPL(nmr_wdk_unload_driver);
