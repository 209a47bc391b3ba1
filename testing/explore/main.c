// SPDX-License-Identifier: GPL-2.0
/*
 * explore [-a] [-b BOUND] [-s SEED] [-w WALKS] [-t SECONDS] [-j JOBS] [-q|-m] [SCENARIO...]
 *
 * -q prints no table of a failure, -m stops at the first failure and allows a
 * scenario to run out of time, -a has a choice before each access.
 *
 * explore -r REPLAY
 * explore -l
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "explore.h"
#include "scenario.h"

static unsigned int bound = 3;
static u64 seed = 1, walks = 2000;
static double seconds = 1e9;
static bool brief, first_only;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void show_failure(const struct scenario *scenario, struct result *result)
{
	char text[8000];

	if (result->replay.count <= EX_DEVIATIONS)
		ex_shrink(scenario, result);
	ex_replay_print(scenario, &result->replay, text, sizeof(text));
	printf("FAIL %s: %s: REPLAY='%s'\n", scenario->name, result->message, text);
	if (brief)
		return;
	ex_trace = true;
	ex_replay(scenario, &result->replay);
	ex_print_table();
	ex_print_places(result->message);
	if (!ex_failed)
		printf("the replay does not fail\n");
}

static int run(const struct scenario *scenario)
{
	struct result result;
	double began = now();

	ex_search(scenario, bound, seconds, walks, seed, &result);
	if (result.failed) {
		show_failure(scenario, &result);
		fflush(stdout);
		return 1;
	}
	printf("%s %s: %llu schedules, %llu states, %.1f s%s; %s; %u places, %.0f a second\n",
	       result.complete || first_only ? "ok  " : "FAIL", scenario->name,
	       (unsigned long long)result.schedules, (unsigned long long)result.states,
	       now() - began, result.complete ? "" : ", not to the end", scenario->rows,
	       result.sites, result.schedules / (now() - began));
	fflush(stdout);
	return !result.complete && !first_only;
}

static int replay(const char *text)
{
	struct replay replay;
	const struct scenario *scenario = ex_replay_parse(text, &replay);

	if (!scenario) {
		fprintf(stderr, "explore: no such replay: %s\n", text);
		return 2;
	}
	ex_trace = true;
	ex_replay(scenario, &replay);
	ex_print_table();
	ex_print_places(ex_message);
	if (ex_failed)
		printf("FAIL %s: %s\n", scenario->name, ex_message);
	else
		printf("ok   %s: the replay does not fail\n", scenario->name);
	return ex_failed;
}

static bool is_wanted(const struct scenario *scenario, char **patterns)
{
	if (!*patterns)
		return true;
	for (; *patterns; patterns++)
		if (!fnmatch(*patterns, scenario->name, 0))
			return true;
	return false;
}

static int run_all(char **patterns, int jobs)
{
	const struct scenario *const *scenario;
	int running = 0, status, bad = 0;

	setvbuf(stdout, NULL, _IOFBF, 1 << 20);
	for (scenario = ex_scenarios; *scenario; scenario++) {
		if (!is_wanted(*scenario, patterns))
			continue;
		if (running == jobs) {
			wait(&status);
			running--;
			bad |= status;
			/* One failure is enough for a mutant. */
			if (bad && first_only)
				break;
		}
		fflush(stdout);
		if (!fork())
			_exit(run(*scenario));
		running++;
	}
	while (running--) {
		wait(&status);
		bad |= status;
	}
	return !!bad;
}

int main(int count, char **arguments)
{
	const struct scenario *const *scenario;
	int jobs = sysconf(_SC_NPROCESSORS_ONLN), option;
	const char *text = NULL;
	bool list = false;

	while ((option = getopt(count, arguments, "ab:s:w:t:j:r:lmq")) != -1) {
		switch (option) {
		case 'b':
			bound = atoi(optarg);
			break;
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'w':
			walks = strtoull(optarg, NULL, 0);
			break;
		case 't':
			seconds = atof(optarg);
			break;
		case 'j':
			jobs = atoi(optarg);
			break;
		case 'r':
			text = optarg;
			break;
		case 'l':
			list = true;
			break;
		case 'm':
			first_only = true;
			brief = true;
			break;
		case 'q':
			brief = true;
			break;
		case 'a':
			ex_every_place = true;
			break;
		default:
			return 2;
		}
	}
	/* The table of states has four bits for the preemptions left. */
	if (bound > 14)
		bound = 14;
	for (scenario = ex_scenarios; list && *scenario; scenario++)
		printf("%s: %s\n", (*scenario)->name, (*scenario)->rows);
	if (list)
		return 0;
	ex_memory_init();
	return text ? replay(text) : run_all(arguments + optind, jobs);
}
