// SPDX-License-Identifier: GPL-2.0
/*
 * The life cycle of a pair: both sides register, are bound, and deregister; also
 * among many unrelated registrations.
 */
#include <linux/kernel.h>

#include "bench.h"
#include "registrar.h"

static struct bench_pair pair;
static struct bench_others others;

/* A new NPI for each run, so another bucket of a hash table. */
static u32 last_npi;

static void name_pair(void)
{
	bench_pair_name(&pair, ++last_npi, 0);
}

static void run_pair(void)
{
	bench_add_provider(&pair);
	bench_add_client(&pair);
	bench_remove_client(&pair);
	bench_remove_provider(&pair);
}

static void pair_among(const struct bench_registrar *registrar, unsigned int count)
{
	const struct bench_subject subject = {
		.work = "pair life cycle",
		.name = registrar->name,
		.others = count,
		.prepare = name_pair,
		.run = run_pair,
	};

	if (count > registrar->most_others)
		return;
	if (registrar->lacks)
		return bench_lacks(&subject, registrar->lacks);
	if (bench_pair_alloc(&pair, registrar))
		return bench_lacks(&subject, "no memory");
	last_npi = count;
	if (bench_others_add(&others, registrar, count, false)) {
		bench_lacks(&subject, "no memory for so many");
	} else {
		bench_count(&subject);
		bench_others_remove(&others);
	}
	bench_pair_free(&pair);
}

/* The provider stays registered. */

static void name_with_provider(void)
{
	name_pair();
	bench_add_provider(&pair);
}

static void run_client(void)
{
	bench_add_client(&pair);
	bench_remove_client(&pair);
}

static void remove_provider(void)
{
	bench_remove_provider(&pair);
}

static void client_only(const struct bench_registrar *registrar)
{
	const struct bench_subject subject = {
		.work = "client life cycle",
		.name = registrar->name,
		.prepare = name_with_provider,
		.run = run_client,
		.restore = remove_provider,
	};

	if (registrar->lacks)
		return bench_lacks(&subject, registrar->lacks);
	if (bench_pair_alloc(&pair, registrar))
		return bench_lacks(&subject, "no memory");
	bench_count(&subject);
	bench_pair_free(&pair);
}

void bench_pair(void)
{
	static const unsigned int counts[] = { 0, 10, 100, 1000, 10000, 100000 };
	unsigned int i, j;

	for (i = 0; bench_registrars[i]; i++) {
		for (j = 0; j < ARRAY_SIZE(counts); j++)
			pair_among(bench_registrars[i], counts[j]);
		client_only(bench_registrars[i]);
	}
}
