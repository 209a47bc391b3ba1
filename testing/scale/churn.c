// SPDX-License-Identifier: GPL-2.0
/* Many clients register and deregister repeatedly. */
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/nmr.h>
#include <linux/slab.h>

#include "churn.h"
#include "npi.h"
#include "report.h"

/* The NPI has no provider. */
static int churn_attach_provider(struct nmr_binding *binding, void *client_context,
				 const struct npi_registration_instance *provider_instance)
{
	return -ENODEV;
}

static int churn_detach_provider(void *client_binding_context)
{
	return 0;
}

static guid_t churn_npi_id;

static const struct nmr_client_characteristics churn_characteristics = {
	.attach_provider = churn_attach_provider,
	.detach_provider = churn_detach_provider,
	.instance.npi_id = &churn_npi_id,
};

static int churn_once(struct nmr_client **clients, unsigned int count)
{
	unsigned int i, registered;
	int ret, err = 0;

	for (registered = 0; registered < count && !err; registered += !err)
		err = nmr_register_client(&churn_characteristics, NULL, &clients[registered]);
	for (i = 0; i < registered; i++) {
		ret = nmr_deregister_client(clients[i]);
		if (ret != -EINPROGRESS)
			err = err ?: -EIO;
	}
	for (i = 0; i < registered; i++)
		err = nmr_wait_for_client_deregister_complete(clients[i]) ?: err;
	return err;
}

/* churn COUNT SECONDS */
int scale_churn(const unsigned int *numbers)
{
	ktime_t end = ktime_add_ms(ktime_get(), numbers[1] * MSEC_PER_SEC);
	unsigned int count = numbers[0], rounds = 0;
	struct nmr_client **clients;
	int err = 0;

	clients = kvcalloc(count, sizeof(*clients), GFP_KERNEL);
	if (!clients)
		return -ENOMEM;
	churn_npi_id = scale_npi_id(SCALE_NPI_CHURN);
	for (; !err && ktime_before(ktime_get(), end); rounds++)
		err = churn_once(clients, count);
	kvfree(clients);
	scale_report("%u clients registered and deregistered %u times\n", count, rounds);
	return err;
}
