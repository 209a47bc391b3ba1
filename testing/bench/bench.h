/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is measured, and the lines of the result table.
 */
#ifndef _NMR_BENCH_H
#define _NMR_BENCH_H

#include <linux/types.h>

/**
 * struct bench_subject - one way to do one kind of work
 * @work: the kind of work; a row of the table
 * @name: the way to do it, to be compared with the others in that row
 * @others: how many other registrations exist meanwhile
 * @times: how many times @run does the work; 0 means once
 * @setup: called once before all runs; 0 or a negative errno; may be NULL
 * @prepare: called before each run, not measured; may be NULL
 * @run: the measured function. bench_scale() calls it on each processor, bound
 *	to it
 * @within: must call the given function, which calls @run, exactly once from a
 *	context that @run needs; not measured; NULL if @run needs none, and with
 *	bench_scale()
 * @restore: called after each run, not measured; may be NULL
 * @teardown: undoes @setup; may be NULL
 *
 * The functions other than @setup report failures with bench_failed().
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

/* Measure a subject in instructions, or two processors against one in time. */
void bench_count(const struct bench_subject *subject);
void bench_scale(const struct bench_subject *subject);

void bench_line(const struct bench_subject *subject, const char *unit, u64 least,
		u64 median);
void bench_lacks(const struct bench_subject *subject, const char *why);
void bench_failed(void);
void bench_sort(u64 *samples, unsigned int count);

/* Kinds of work in instructions, on one processor. */
void bench_calls(void);
void bench_pair(void);
void bench_deregister(void);
void bench_detach(void);
void bench_memory(void);

/* In instructions, on several processors. */
void bench_detach_on_two(void);
void bench_detach_on_four(void);

/* In time, on two processors. */
void bench_calls_on_two(void);
void bench_register_on_two(void);

#endif /* _NMR_BENCH_H */
