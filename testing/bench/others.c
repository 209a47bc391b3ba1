// SPDX-License-Identifier: GPL-2.0
/* Clients that are registered while something else is measured. */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "registrar.h"

/* Time for hash tables to be resized, and for memory to be freed by RCU. */
#define BENCH_SETTLE_MS 500

static void *bench_other(struct bench_others *others, unsigned int number)
{
	return others->clients + number * others->registrar->client_size;
}

int bench_others_add(struct bench_others *others, const struct bench_registrar *registrar,
		     unsigned int count, bool one_npi)
{
	int err;

	others->registrar = registrar;
	others->count = 0;
	others->clients = kvcalloc(count ?: 1, registrar->client_size, GFP_KERNEL);
	if (!others->clients)
		return -ENOMEM;
	while (others->count < count) {
		void *client = bench_other(others, others->count);

		registrar->name_client(client, one_npi ? 0 : others->count, others->count);
		err = registrar->add_client(client);
		if (err) {
			bench_others_remove(others);
			return err;
		}
		others->count++;
		cond_resched();
	}
	msleep(BENCH_SETTLE_MS);
	return 0;
}

void bench_others_remove(struct bench_others *others)
{
	while (others->count) {
		others->registrar->remove_client(bench_other(others, --others->count));
		cond_resched();
	}
	kvfree(others->clients);
	msleep(BENCH_SETTLE_MS);
}
