/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A common interface to the ways in which providers and clients can be bound.
 */
#ifndef _NMR_BENCH_REGISTRAR_H
#define _NMR_BENCH_REGISTRAR_H

#include <linux/types.h>

/**
 * struct bench_registrar - one way for two sides to find each other
 * @name: name in the table
 * @lacks: what it needs and the kernel does not have; else NULL
 * @one_to_one: a provider binds a single client
 * @most_others: limit, above which it would take minutes or all memory
 * @provider_size: size of the caller's memory for one provider
 * @client_size: size of the caller's memory for one client
 * @client_bytes: the part of @client_size that every such client needs
 * @start: called once, before the others; 0 or a negative errno; may be NULL
 * @stop: called once, after the others; may be NULL
 * @name_provider: sets the NPI for @add_provider; the memory is zeroed before
 * @name_client: the same for a client, and its number, unique in that NPI
 * @add_provider: registers the provider and binds each client of its NPI to it
 * @remove_provider: unbinds and deregisters the provider, and waits for it
 * @add_client: the same for a client
 * @remove_client: the same for a client
 *
 * An NPI is a number here. The last four functions are measured, and do as little
 * else as they can; naming is not measured. Binding and unbinding callbacks do
 * nothing. After removal, each may be added again without being named.
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
extern const struct bench_registrar bench_registrar_nmr_gate;
extern const struct bench_registrar bench_registrar_auxiliary;
extern const struct bench_registrar bench_registrar_component;
extern const struct bench_registrar bench_registrar_platform;

/* NULL-terminated. */
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

/* On failure these call bench_failed(). */
void bench_add_provider(struct bench_pair *pair);
void bench_add_client(struct bench_pair *pair);
void bench_remove_provider(struct bench_pair *pair);
void bench_remove_client(struct bench_pair *pair);

/* Clients that are registered meanwhile and not measured. */
struct bench_others {
	const struct bench_registrar *registrar;
	void *clients;
	unsigned int count;
};

/* Adds one client of each NPI from 0 to count - 1, or count clients of NPI 0. */
int bench_others_add(struct bench_others *others, const struct bench_registrar *registrar,
		     unsigned int count, bool one_npi);
void bench_others_remove(struct bench_others *others);

#endif /* _NMR_BENCH_REGISTRAR_H */
