/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Init and exit of the storm's modules: one registration for each NPI, with the
 * faults that the parameters ask for.
 */
#ifndef _NMR_STORM_MODULE_H
#define _NMR_STORM_MODULE_H

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/uuid.h>

#include "binding.h"

#define STORM_NPIS 2

static const guid_t storm_npi_ids[STORM_NPIS] = {
	GUID_INIT(0x1f4c7a02, 0x6d3e, 0x4b59, 0x92, 0x5a, 0x0e, 0x71, 0xc8, 0x34, 0xd6, 0x1b),
	GUID_INIT(0xa96b20d5, 0x38f1, 0x4ce7, 0xb1, 0x4d, 0x67, 0x2f, 0x90, 0x5c, 0xe3, 0x88),
};

/* Defined by client.h or provider.h, for the registration of an NPI's number. */
static int storm_register(unsigned int npi);
static void storm_deregister(unsigned int npi);
static void storm_wait(unsigned int npi);

static int fail_after = -1;
module_param(fail_after, int, 0444);
MODULE_PARM_DESC(fail_after, "number of registrations after which init fails, 0 to 2 (default -1: it does not)");

static bool forget_deregister;
module_param(forget_deregister, bool, 0444);
MODULE_PARM_DESC(forget_deregister, "unload without deregistering (default N)");

static bool forget_wait;
module_param(forget_wait, bool, 0444);
MODULE_PARM_DESC(forget_wait, "unload without waiting (default N)");

static unsigned int storm_registered;

/* Logs what it forgets, for log.awk to expect the registrar's warning. */
static void storm_leave(void)
{
	unsigned int npi;

	if (storm_registered && (forget_deregister || forget_wait))
		pr_info("forgets to %s\n", forget_deregister ? "deregister" : "wait");
	if (forget_deregister)
		return;

	for (npi = 0; npi < storm_registered; npi++)
		storm_deregister(npi);
	if (forget_wait)
		return;

	if (lock_over_wait)
		mutex_lock(&storm_lock);
	for (npi = 0; npi < storm_registered; npi++)
		storm_wait(npi);
	if (lock_over_wait)
		mutex_unlock(&storm_lock);
}

static int __init storm_init(void)
{
	int err = 0;

	while (!err && storm_registered < STORM_NPIS && storm_registered != fail_after) {
		err = storm_register(storm_registered);
		if (!err)
			storm_registered++;
	}
	if (!err && storm_registered == fail_after)
		err = -ECANCELED;
	if (err)
		storm_leave();
	return err;
}

static void __exit storm_exit(void)
{
	storm_leave();
}

module_init(storm_init);
module_exit(storm_exit);

#endif /* _NMR_STORM_MODULE_H */
