// SPDX-License-Identifier: GPL-2.0
/* Each of two processors registers as many clients, of other NPIs, as one alone. */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/smp.h>

#include "bench.h"
#include "registrar.h"

/* NPIs of each processor. */
#define NPIS 20

/* Registrations that exist before, so that no hash table grows. */
#define OTHERS 1000

static const struct bench_registrar *registrar;
static struct bench_others others;

/* Each processor's clients, and whether it has registered them. */
static void *clients[2];
static bool registered[2];

static void *client_of(unsigned int processor, unsigned int i)
{
	return clients[processor] + i * registrar->client_size;
}

static void register_all(void)
{
	unsigned int processor = raw_smp_processor_id(), i;

	registered[processor] = true;
	for (i = 0; i < NPIS; i++)
		if (registrar->add_client(client_of(processor, i)))
			bench_failed();
}

static void deregister_all(void)
{
	unsigned int processor, i;

	for (processor = 0; processor < 2; processor++) {
		for (i = 0; registered[processor] && i < NPIS; i++)
			registrar->remove_client(client_of(processor, i));
		registered[processor] = false;
	}
}

static int alloc_clients(void)
{
	unsigned int processor, i;

	for (processor = 0; processor < 2; processor++) {
		clients[processor] = kvcalloc(NPIS, registrar->client_size, GFP_KERNEL);
		if (!clients[processor]) {
			kvfree(clients[0]);
			return -ENOMEM;
		}
		for (i = 0; i < NPIS; i++)
			registrar->name_client(client_of(processor, i),
					       OTHERS + processor * NPIS + i, 0);
	}
	return 0;
}

static void free_clients(void)
{
	kvfree(clients[0]);
	kvfree(clients[1]);
}

static int setup(void)
{
	int err;

	err = alloc_clients();
	if (err)
		return err;
	err = bench_others_add(&others, registrar, OTHERS, false);
	if (err)
		free_clients();
	return err;
}

static void teardown(void)
{
	bench_others_remove(&others);
	free_clients();
}

void bench_register_on_two(void)
{
	struct bench_subject subject = {
		.work = "register on two processors",
		.others = OTHERS,
		.setup = setup,
		.run = register_all,
		.restore = deregister_all,
		.teardown = teardown,
	};
	unsigned int i;

	for (i = 0; bench_registrars[i]; i++) {
		registrar = bench_registrars[i];
		subject.name = registrar->name;
		if (registrar->lacks)
			bench_lacks(&subject, registrar->lacks);
		else
			bench_scale(&subject);
	}
}
