// SPDX-License-Identifier: GPL-2.0
/*
 * Prints a schedule as a string and as a table. The string names a scenario and each
 * point where the run departs from the default, which is to let an actor run until
 * it has to wait: actor.operation>other, or actor.operation=choice.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explore.h"
#include "scenario.h"

#define ROWS 6000
#define WIDTH 46

static struct row {
	u8 actor;
	u32 place;
	const char *what;
	char text[128];
} rows[ROWS];
static unsigned int row_count;

void ex_table_reset(void)
{
	row_count = 0;
}

void ex_note_step(const void *place, const char *what)
{
	if (!ex_trace || row_count == ROWS)
		return;
	rows[row_count++] = (struct row) {
		.actor = world.current->id, .place = ex_place(place), .what = what,
	};
}

void ex_note_event(const char *format, ...)
{
	struct row *row = &rows[row_count];
	va_list arguments;

	if (!ex_trace || row_count == ROWS)
		return;
	row_count++;
	row->place = 0;
	row->actor = world.current ? world.current->id : 0;
	va_start(arguments, format);
	vsnprintf(row->text, sizeof(row->text), format, arguments);
	va_end(arguments);
}

void ex_replay_print(const struct scenario *scenario, const struct replay *replay,
		     char *to, size_t size)
{
	size_t n = snprintf(to, size, "%s:", scenario->name);
	unsigned int i;

	for (i = 0; i < replay->count && i < EX_DEVIATIONS && n < size - 24; i++)
		n += snprintf(to + n, size - n, "%s%u.%u%c%u", i ? "," : "",
			      replay->at[i].actor, replay->at[i].operation,
			      replay->at[i].data ? '=' : '>', replay->at[i].to);
}

const struct scenario *ex_replay_parse(const char *text, struct replay *replay)
{
	const struct scenario *const *scenario;
	size_t length = strcspn(text, ":");
	int read;

	for (scenario = ex_scenarios; *scenario; scenario++)
		if (strlen((*scenario)->name) == length &&
		    !strncmp((*scenario)->name, text, length))
			break;
	if (!*scenario || !text[length])
		return NULL;
	memset(replay, 0, sizeof(*replay));
	for (text += length + 1; *text; text += *text == ',') {
		struct deviation *at = &replay->at[replay->count++];
		unsigned int actor, to;
		char kind;

		if (replay->count == EX_DEVIATIONS ||
		    sscanf(text, "%u.%u%c%u%n", &actor, &at->operation, &kind, &to,
			   &read) != 4)
			return NULL;
		at->actor = actor;
		at->to = to;
		at->data = kind == '=';
		text += read;
	}
	return *scenario;
}

/* Reads a line of a file, without its indentation. */
static void source_line(const char *file, unsigned int number, char *to, size_t size)
{
	char line[400] = "";
	FILE *source = fopen(file, "r");

	while (source && number-- && fgets(line, sizeof(line), source))
		;
	if (source)
		fclose(source);
	line[strcspn(line, "\n")] = '\0';
	snprintf(to, size, "%s", line + strspn(line, " \t"));
}

/* Finds the source line of each place, outside primitives that were inlined there. */
static void describe_places(void)
{
	char command[200], line[600], file[600], *colon;
	FILE *places, *output;
	unsigned int i, at = 0;
	bool found = true;
	char list[] = "/tmp/explore-places.XXXXXX";
	int fd = mkstemp(list);

	places = fd < 0 ? NULL : fdopen(fd, "w");
	if (!places)
		return;
	for (i = 0; i < row_count; i++)
		if (rows[i].place)
			fprintf(places, "%#x\n", rows[i].place - 1);
	fclose(places);
	snprintf(command, sizeof(command), "addr2line -a -i -e /proc/%d/exe <%s 2>/dev/null",
		 getpid(), list);
	output = popen(command, "r");
	i = (unsigned int)-1;
	while (output && fgets(line, sizeof(line), output)) {
		if (!strncmp(line, "0x", 2)) {
			for (i++; i < row_count && !rows[i].place; i++)
				;
			found = false;
			continue;
		}
		colon = strrchr(line, ':');
		if (found || i >= row_count || !colon || strstr(line, "/kernel.h:"))
			continue;
		found = true;
		*colon = '\0';
		at = strtoul(colon + 1, NULL, 10);
		source_line(line, at, file, sizeof(file));
		colon = strrchr(line, '/');
		snprintf(rows[i].text, sizeof(rows[i].text), "%.20s:%u %.90s",
			 colon ? colon + 1 : line, at, file);
	}
	if (output)
		pclose(output);
	unlink(list);
}

/* Prints the source lines of the addresses in a message. */
void ex_print_places(const char *message)
{
	char command[200], line[600];
	unsigned int place;
	FILE *output;

	while ((message = strstr(message, "at 0x"))) {
		message += 3;
		place = strtoul(message, NULL, 16);
		snprintf(command, sizeof(command), "addr2line -i -e /proc/%d/exe %#x 2>/dev/null",
			 getpid(), place - 1);
		output = popen(command, "r");
		while (output && fgets(line, sizeof(line), output))
			if (!strstr(line, "/kernel.h:"))
				printf("\t%#x is %s", place, strrchr(line, '/') ?
				       strrchr(line, '/') + 1 : line);
		if (output)
			pclose(output);
	}
}

void ex_print_table(void)
{
	int column[EX_ACTORS], columns = 0;
	unsigned int i;

	describe_places();
	memset(column, -1, sizeof(column));
	for (i = 0; i < row_count; i++)
		if (column[rows[i].actor] < 0)
			column[rows[i].actor] = columns++;
	for (i = 0; i < EX_ACTORS; i++)
		if (column[i] >= 0)
			printf("\t%u is %s\n", i, world.actor[i].name);
	for (i = 0; i < row_count; i++) {
		struct row *row = &rows[i];

		if (!row->text[0] && row->what)
			snprintf(row->text, sizeof(row->text), "%s", row->what);
		if (i && row->place && row->actor == row[-1].actor &&
		    !strcmp(row->text, row[-1].text))
			continue;
		printf("%2u %*s%s%.110s\n", row->actor, column[row->actor] * WIDTH / 2, "",
		       row->place ? "" : "* ", row->text);
	}
}
