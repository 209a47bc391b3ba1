/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is measured, and how it gets into the table.
 */
#ifndef _NMR_BENCH_H
#define _NMR_BENCH_H

#include <linux/types.h>

/**
 * struct bench_subject - one way to do one kind of work
 * @work: the kind of work; a row of the table
 * @name: the way to do it; what stands beside others in that row
 * @others: how many others are present meanwhile
 * @times: how often @run does it; 0 is once
 * @setup: brings it up; 0 or a negative errno; may be NULL
 * @prepare: before each run, not measured; may be NULL
 * @run: what is measured. bench_scale() calls it on each processor, bound to it
 * @within: calls the function that it is given, which is what calls @run, once
 *	from where @run may be called; not measured; NULL where that is anywhere,
 *	and with bench_scale()
 * @restore: after each run, not measured; may be NULL
 * @teardown: undoes @setup; may be NULL
 *
 * What goes wrong in the others is told to bench_failed().
 */
struct bench_subject {
	const char *work;
	const char *name;
	unsigned int others;
	unsigned int times;
	int (*setup)(void);
	void (*prepare)(void);
	void (*run)(void);
	void (*within)(void (*measured)(void));
	void (*restore)(void);
	void (*teardown)(void);
};

/* Ways to measure one: in instructions, and two processors against one in time. */
void bench_count(const struct bench_subject *subject);
void bench_scale(const struct bench_subject *subject);

void bench_line(const struct bench_subject *subject, const char *unit, u64 least,
		u64 median);
void bench_lacks(const struct bench_subject *subject, const char *why);
void bench_failed(void);
void bench_sort(u64 *samples, unsigned int count);

/* Kinds of work, in instructions, on one processor. */
void bench_calls(void);
void bench_pair(void);
void bench_deregister(void);
void bench_detach(void);
void bench_memory(void);

/* On several. */
void bench_detach_on_two(void);
void bench_detach_on_four(void);

/* In time, on two. */
void bench_calls_on_two(void);
void bench_register_on_two(void);

#endif /* _NMR_BENCH_H */
