/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What brings providers and clients together, behind one interface.
 */
#ifndef _NMR_BENCH_REGISTRAR_H
#define _NMR_BENCH_REGISTRAR_H

#include <linux/types.h>

/**
 * struct bench_registrar - one way for two sides to find each other
 * @name: in the table
 * @lacks: what the kernel has not that it would need; else NULL
 * @one_to_one: a provider binds one client, and no more
 * @most_others: more would take the bench minutes, or all memory
 * @provider_size: memory of the caller's for one provider
 * @client_size: memory of the caller's for one client
 * @client_bytes: as much of that as every client must really have
 * @start: once, before all that follows; 0 or a negative errno; may be NULL
 * @stop: once, after all of it; may be NULL
 * @name_provider: says what @add_provider is to provide; the memory is zero
 * @name_client: the same of a client, with a number that no other client of that
 *	NPI has
 * @add_provider: registers it, and binds each client of its NPI to it
 * @remove_provider: ends its bindings and it; nothing goes on afterwards
 * @add_client: the same for a client
 * @remove_client: the same for a client
 *
 * A NPI is a number here. The last four are what is measured, and do as little
 * else as they can; naming is not. Binding and its end do nothing. What was
 * removed may be added again without being named.
 */
struct bench_registrar {
	const char *name;
	const char *lacks;
	bool one_to_one;
	unsigned int most_others;
	size_t provider_size;
	size_t client_size;
	size_t client_bytes;
	int (*start)(void);
	void (*stop)(void);
	void (*name_provider)(void *provider, u32 npi);
	void (*name_client)(void *client, u32 npi, u32 number);
	int (*add_provider)(void *provider);
	void (*remove_provider)(void *provider);
	int (*add_client)(void *client);
	void (*remove_client)(void *client);
};

extern const struct bench_registrar bench_registrar_nmr;
extern const struct bench_registrar bench_registrar_nmr_rundown;
extern const struct bench_registrar bench_registrar_auxiliary;
extern const struct bench_registrar bench_registrar_component;
extern const struct bench_registrar bench_registrar_platform;

/* All of them, NULL at the end. */
extern const struct bench_registrar *const bench_registrars[];

int bench_registrars_start(void);
void bench_registrars_stop(void);

/* One provider and one client of an NPI, neither of them added. */
struct bench_pair {
	const struct bench_registrar *registrar;
	void *provider;
	void *client;
};

int bench_pair_alloc(struct bench_pair *pair, const struct bench_registrar *registrar);
void bench_pair_free(struct bench_pair *pair);
void bench_pair_name(struct bench_pair *pair, u32 npi, u32 number);

/* Either does bench_failed() where it fails. */
void bench_add_provider(struct bench_pair *pair);
void bench_add_client(struct bench_pair *pair);
void bench_remove_provider(struct bench_pair *pair);
void bench_remove_client(struct bench_pair *pair);

/* Clients that are there, and not measured. */
struct bench_others {
	const struct bench_registrar *registrar;
	void *clients;
	unsigned int count;
};

/* One of each of the NPIs 0 to count - 1, or all of the NPI 0. */
int bench_others_add(struct bench_others *others, const struct bench_registrar *registrar,
		     unsigned int count, bool one_npi);
void bench_others_remove(struct bench_others *others);

#endif /* _NMR_BENCH_REGISTRAR_H */
