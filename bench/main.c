// SPDX-License-Identifier: GPL-2.0
/*
 * Measures everything once, as it is loaded. Documentation/performance.rst says
 * what, how, and what came of it.
 */
#include <linux/cpumask.h>
#include <linux/module.h>

#include "bench.h"
#include "registrar.h"

static bool two;
module_param(two, bool, 0444);
MODULE_PARM_DESC(two, "what two processors do, instead of what one does");

static int __init bench_init(void)
{
	int err;

	if (two && (!cpu_online(0) || !cpu_online(1)))
		return -ENODEV;
	err = bench_registrars_start();
	if (err)
		return err;
	if (two) {
		set_cpus_allowed_ptr(current, cpumask_of(0));
		bench_calls_on_two();
		bench_register_on_two();
		bench_detach_on_two();
	} else {
		bench_calls();
		bench_pair();
		bench_deregister();
		bench_detach();
		bench_memory();
	}
	bench_registrars_stop();
	return 0;
}

static void __exit bench_exit(void)
{
}

module_init(bench_init);
module_exit(bench_exit);

MODULE_DESCRIPTION("Network Module Registrar: benchmarks");
MODULE_LICENSE("GPL");
