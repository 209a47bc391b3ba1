// SPDX-License-Identifier: GPL-2.0
/* Deregisters one of many clients that are bound to a provider. */
#include <linux/kernel.h>

#include "bench.h"
#include "registrar.h"

static struct bench_pair pair;
static struct bench_others others;

static void add_client(void)
{
	bench_add_client(&pair);
}

static void remove_client(void)
{
	bench_remove_client(&pair);
}

static void deregister_among(const struct bench_registrar *registrar, unsigned int count)
{
	const struct bench_subject subject = {
		.work = "client deregister",
		.name = registrar->name,
		.others = count,
		.prepare = add_client,
		.run = remove_client,
	};

	if (count > 1 && (count > registrar->most_others || registrar->one_to_one))
		return;
	if (registrar->lacks || registrar->one_to_one)
		return bench_lacks(&subject, registrar->lacks ?: "binds all or none");
	if (bench_pair_alloc(&pair, registrar))
		return bench_lacks(&subject, "no memory");
	/* All clients are of NPI 0; the others have numbers below count. */
	bench_pair_name(&pair, 0, count);
	bench_add_provider(&pair);
	if (bench_others_add(&others, registrar, count, true)) {
		bench_lacks(&subject, "no memory for so many");
	} else {
		bench_count(&subject);
		bench_others_remove(&others);
	}
	bench_remove_provider(&pair);
	bench_pair_free(&pair);
}

void bench_deregister(void)
{
	static const unsigned int counts[] = { 1, 10, 100, 1000, 10000 };
	unsigned int i, j;

	for (i = 0; bench_registrars[i]; i++)
		for (j = 0; j < ARRAY_SIZE(counts); j++)
			deregister_among(bench_registrars[i], counts[j]);
}
