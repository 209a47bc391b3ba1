// SPDX-License-Identifier: GPL-2.0
/*
 * Measures everything once, in module_init(). Documentation/performance.rst
 * describes what and how, and the results.
 */
#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/sched.h>

#include "bench.h"
#include "registrar.h"

static bool timed;
module_param(timed, bool, 0444);
MODULE_PARM_DESC(timed, "measure two processors against one in time, instead of work in instructions (default N)");

static int bench_in_time(void)
{
	if (!cpu_online(0) || !cpu_online(1))
		return -ENODEV;
	bench_calls_on_two();
	bench_register_on_two();
	return 0;
}

static int bench_in_instructions(void)
{
	switch (num_online_cpus()) {
	case 1:
		bench_calls();
		bench_pair();
		bench_deregister();
		bench_detach();
		bench_memory();
		return 0;
	case 2:
		bench_detach_on_two();
		return 0;
	case 4:
		bench_detach_on_four();
		return 0;
	default:
		return -ENODEV;
	}
}

static int __init bench_init(void)
{
	int err;

	set_cpus_allowed_ptr(current, cpumask_of(0));
	err = bench_registrars_start();
	if (err)
		return err;
	err = timed ? bench_in_time() : bench_in_instructions();
	bench_registrars_stop();
	return err;
}

static void __exit bench_exit(void)
{
}

module_init(bench_init);
module_exit(bench_exit);

MODULE_DESCRIPTION("Network Module Registrar: benchmarks");
MODULE_LICENSE("GPL");
