// SPDX-License-Identifier: GPL-2.0
/* Module init and exit. */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/ratelimit.h>

#include "binding.h"
#include "calls.h"
#include "debugfs.h"
#include "handle.h"
#include "log.h"
#include "misuse.h"
#include "npi.h"
#include "owner.h"
#include "registration.h"
#include "watchdog.h"
#include "work.h"

static int __init nmr_init(void)
{
	int err;

	nmr_misuse_limit(DEFAULT_RATELIMIT_INTERVAL, DEFAULT_RATELIMIT_BURST);
	err = nmr_npi_init();
	if (err)
		return err;
	err = nmr_registration_init();
	if (err)
		goto err_npi;
	err = nmr_binding_init();
	if (err)
		goto err_registration;
	err = nmr_work_init();
	if (err)
		goto err_binding;
	err = nmr_owner_init();
	if (err)
		goto err_work;
	nmr_watchdog_init();
	nmr_debugfs_init();
	return 0;

err_work:
	nmr_work_exit();
err_binding:
	nmr_binding_exit();
err_registration:
	nmr_registration_exit();
err_npi:
	nmr_npi_exit();
	return err;
}

static void __exit nmr_exit(void)
{
	nmr_debugfs_exit();
	nmr_owner_exit();
	nmr_calls_exit();
	nmr_work_exit();
	nmr_watchdog_exit();
	nmr_handle_exit();
	/*
	 * Objects under call_rcu() return to their caches, and the last rundown
	 * to drain has left this module's code.
	 */
	rcu_barrier();
	nmr_binding_exit();
	nmr_registration_exit();
	nmr_npi_exit();
}

/* Before its users, if they are built in. */
subsys_initcall(nmr_init);
module_exit(nmr_exit);

MODULE_DESCRIPTION("Network Module Registrar");
MODULE_LICENSE("GPL");
