// SPDX-License-Identifier: GPL-2.0
/* A driver as a module: DriverEntry is its init, DriverUnload its exit. */
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
 * In the storage of the driver's module. There is no registry: its path is a name,
 * and whoever wants may keep it.
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
 * nmr_wdk_load_driver() - what a driver's module does as it is loaded
 * @driver: zero; must stay until the module's memory goes
 * @owner: the module
 * @name: the module's
 * @entry: its DriverEntry
 *
 * A driver that sets no DriverUnload cannot be unloaded, on Windows either.
 *
 * Context: Process context, may sleep.
 * Return: 0; what corresponds to the error that DriverEntry returned.
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
		/* To modprobe -EEXIST is a module that is there already. */
		return err == -EEXIST ? -EBUSY : err;
	}
	if (!loaded->object.DriverUnload)
		__module_get(owner);
	return 0;
}
EXPORT_SYMBOL_GPL(nmr_wdk_load_driver);

/**
 * nmr_wdk_unload_driver() - what a driver's module does as it is unloaded
 * @driver: what nmr_wdk_load_driver() had
 *
 * Context: Process context, may sleep.
 */
void nmr_wdk_unload_driver(struct nmr_wdk_driver *driver)
{
	struct nmr_wdk_loaded *loaded = (void *)driver;

	/* None, if the module was made to go by force. */
	if (loaded->object.DriverUnload)
		loaded->object.DriverUnload(&loaded->object);
}
EXPORT_SYMBOL_GPL(nmr_wdk_unload_driver);
