/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _EXPLORE_SCENARIO_H
#define _EXPLORE_SCENARIO_H

#define EX_THREADS 4

/* Choices and properties of a scenario. */
#define EX_TWO_CPUS	0x01	/* threads share two processors, by .cpu */
#define EX_EARLY_RCU	0x02	/* RCU callbacks run at any time, not only last */
#define EX_TIMER	0x04	/* delayed work runs at any time, twice at most */
#define EX_MIGRATE	0x08	/* threads may move to the other processor */
#define EX_YIELD	0x10	/* need_resched() may be true */
#define EX_REUSE	0x20	/* caches reuse the object that was freed last */
#define EX_MAY_WARN	0x40	/* a warning in the log is no failure */
#define EX_TIMER_ONCE	0x80	/* delayed work runs at any time, once at most */

struct scenario {
	const char *name;
	/* Rows of the contract that it covers. */
	const char *rows;
	/* Runs before the threads. */
	void (*setup)(void);
	void (*thread[EX_THREADS])(void);
	unsigned char cpu[EX_THREADS];
	/* Runs as an interrupt of .irq_cpu, at any step. */
	void (*irq)(void);
	unsigned char irq_cpu;
	/* Runs after the threads, to check the result. Then all that is left is torn down. */
	void (*expect)(void);
	unsigned int flags;
	/* How many allocations may fail. */
	unsigned int faults;
};

extern const struct scenario *const ex_scenarios[];
extern const struct scenario *ex_scenario;

#endif /* _EXPLORE_SCENARIO_H */
