// SPDX-License-Identifier: GPL-2.0
/*
 * Scale tests, driven from user space: writing a part's name and its numbers to the
 * parameter "run" runs that part, and the write fails if the part does. Reading
 * the parameter returns the last part's report.
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "churn.h"
#include "clients.h"
#include "delay.h"
#include "interrupts.h"
#include "report.h"
#include "strides.h"

static const struct scale_part {
	const char *name;
	/* Missing numbers are 0. */
	int (*run)(const unsigned int *numbers);
} scale_parts[] = {
	{ "alone", scale_clients_alone },
	{ "late-provider", scale_clients_late_provider },
	{ "early-provider", scale_clients_early_provider },
	{ "stick-one", scale_clients_stick_one },
	{ "stick-many", scale_clients_stick_many },
	{ "complete", scale_clients_complete },
	{ "apart", scale_clients_apart },
	{ "churn", scale_churn },
	{ "strides", scale_strides },
	{ "interrupts", scale_interrupts },
	{ "delay", scale_delay },
};

static int scale_run(const char *value, const struct kernel_param *param)
{
	unsigned int numbers[3] = {};
	ktime_t began = ktime_get();
	char name[16];
	size_t i;
	int err;

	scale_report_begin();
	if (sscanf(value, "%15s %u %u %u", name, &numbers[0], &numbers[1], &numbers[2]) < 1)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(scale_parts); i++)
		if (!strcmp(name, scale_parts[i].name))
			break;
	if (i == ARRAY_SIZE(scale_parts))
		return -EINVAL;
	err = scale_parts[i].run(numbers);
	if (err)
		scale_report("%s: error %d\n", name, err);
	scale_report("took %lld ms\n", ktime_ms_delta(ktime_get(), began));
	return err;
}

static const struct kernel_param_ops scale_run_ops = {
	.set = scale_run,
	.get = scale_report_get,
};

module_param_cb(run, &scale_run_ops, NULL, 0600);
MODULE_PARM_DESC(run, "a part to run, and its numbers");

static int __init scale_init(void)
{
	return scale_delay_start();
}

static void __exit scale_exit(void)
{
	scale_clients_apart(NULL);
	scale_delay_stop();
}

module_init(scale_init);
module_exit(scale_exit);

MODULE_DESCRIPTION("Network Module Registrar: scale test");
MODULE_LICENSE("GPL");
