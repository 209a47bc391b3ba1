/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _EXPLORE_SCENARIO_H
#define _EXPLORE_SCENARIO_H

#define EX_THREADS 4

/* What a scenario has besides its threads. */
#define EX_TWO_CPUS	0x01	/* threads share two processors, by .cpu */
#define EX_EARLY_RCU	0x02	/* RCU callbacks run at any moment, not only at last */
#define EX_TIMER	0x04	/* delayed work runs at any moment */
#define EX_MIGRATE	0x08	/* threads may change processor */
#define EX_HOTPLUG	0x10	/* the second processor goes and comes back */
#define EX_YIELD	0x20	/* need_resched() may be true */
#define EX_REUSE	0x40	/* caches give back what was freed last */
#define EX_MAY_WARN	0x80	/* a line in the log is no failure */

struct scenario {
	const char *name;
	/* Of the contract. */
	const char *rows;
	/* Alone, before. */
	void (*setup)(void);
	void (*thread[EX_THREADS])(void);
	unsigned char cpu[EX_THREADS];
	/* Runs as an interrupt of .irq_cpu, at any step. */
	void (*irq)(void);
	unsigned char irq_cpu;
	/* Alone, at last: what the end must be. What is left is then taken down. */
	void (*expect)(void);
	unsigned int flags;
	/* So many allocations may fail. */
	unsigned int faults;
	/* Preemptions at most, if fewer than asked for: large ones. 0: as asked. */
	unsigned int most;
};

extern const struct scenario *const ex_scenarios[];
extern const struct scenario *ex_scenario;

#endif /* _EXPLORE_SCENARIO_H */
