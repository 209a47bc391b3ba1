// SPDX-License-Identifier: GPL-2.0
/* The debugfs files: Documentation/trace.rst, "What is there now". */
#include "nmr_test.h"

#include <linux/debugfs.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uio.h>

#define NMR_SHOWN_SIZE (256 * 1024)

enum nmr_column {
	NMR_KIND,
	NMR_ID,
	NMR_NPI,
	NMR_OF_PROVIDER,
	NMR_OF_CLIENT,
	NMR_STATE,
	NMR_PROVIDER_DETACH,
	NMR_PROVIDER_MS,
	NMR_PROVIDER_CALLS,
	NMR_CLIENT_DETACH,
	NMR_CLIENT_MS,
	NMR_CLIENT_CALLS,
	NMR_COLUMNS
};

struct nmr_row {
	char *column[NMR_COLUMNS];
};

KUNIT_ARRAY_PARAM(nmr_side, nmr_test_sides, nmr_test_side_desc);

/* Mounted by the suite, to read the files without user memory. */
static struct vfsmount *debugfs;

static int debugfs_suite_init(struct kunit_suite *suite)
{
	struct file_system_type *type = get_fs_type("debugfs");

	debugfs = type ? kern_mount(type) : NULL;
	return PTR_ERR_OR_ZERO(debugfs);
}

static void debugfs_suite_exit(struct kunit_suite *suite)
{
	if (!IS_ERR_OR_NULL(debugfs))
		kern_unmount(debugfs);
}

static int debugfs_test_init(struct kunit *test)
{
	if (!debugfs)
		kunit_skip(test, "needs CONFIG_DEBUG_FS");
	return nmr_test_init(test);
}

static ssize_t nmr_read_some(struct file *file, loff_t pos, char *to, size_t size)
{
	struct kvec kvec = { .iov_base = to, .iov_len = size };
	struct iov_iter iter;
	struct kiocb kiocb;

	init_sync_kiocb(&kiocb, file);
	kiocb.ki_pos = pos;
	iov_iter_kvec(&iter, READ, &kvec, 1, size);
	return seq_read_iter(&kiocb, &iter);
}

/* Reads a whole file, @at_once bytes at a time. */
static char *nmr_read(struct kunit *test, const char *name, size_t at_once)
{
	char *text = kunit_kzalloc(test, NMR_SHOWN_SIZE, GFP_KERNEL);
	struct file *file;
	ssize_t got;
	loff_t pos;

	KUNIT_ASSERT_NOT_NULL(test, text);
	file = file_open_root_mnt(debugfs, name, O_RDONLY, 0);
	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(file), "no file %s", name);
	for (pos = 0; pos + at_once < NMR_SHOWN_SIZE; pos += got) {
		got = nmr_read_some(file, pos, text + pos, at_once);
		if (got <= 0)
			break;
	}
	__fput_sync(file);
	KUNIT_EXPECT_EQ(test, got, 0);
	return text;
}

static bool nmr_split(char *line, struct nmr_row *row)
{
	enum nmr_column column;

	for (column = 0; column < NMR_COLUMNS; column++) {
		row->column[column] = strsep(&line, " ");
		if (!row->column[column] || !*row->column[column])
			return false;
	}
	return !line;
}

/* Mocks are identified by their numbers. */
static bool nmr_is_of(const struct nmr_row *row, struct nmr_mock *mock)
{
	char name[MODULE_NAME_LEN + 16];

	snprintf(name, sizeof(name), "%s#%u", module_name(THIS_MODULE),
		 nmr_mock_instance(mock)->number);
	return !strcmp(name, row->column[mock->side == NMR_PROVIDER ? NMR_OF_PROVIDER :
								     NMR_OF_CLIENT]);
}

/* Counts the mock's rows of a kind; copies the last one to @row. */
static int nmr_rows(struct kunit *test, char *text, const char *kind,
		    struct nmr_mock *mock, struct nmr_row *row)
{
	struct nmr_row found;
	int count = 0;
	char *line;

	while ((line = strsep(&text, "\n")) && *line) {
		if (!nmr_split(line, &found)) {
			KUNIT_FAIL(test, "not %d columns: %s", NMR_COLUMNS, line);
			continue;
		}
		if (strcmp(found.column[NMR_KIND], kind) || !nmr_is_of(&found, mock))
			continue;
		*row = found;
		count++;
	}
	return count;
}

static struct nmr_row nmr_row(struct kunit *test, const char *kind, struct nmr_mock *mock)
{
	char *text = nmr_read(test, "nmr/registry", PAGE_SIZE);
	struct nmr_row row = {};

	KUNIT_ASSERT_NE_MSG(test, nmr_rows(test, text, kind, mock, &row), 0,
			    "no row of a %s of %s", kind, mock->name);
	return row;
}

#define nmr_expect_column(test, row, which, expected)			\
	KUNIT_EXPECT_STREQ(test, (row).column[which], expected)

static const char *nmr_kind(const struct nmr_mock *mock)
{
	return mock->side == NMR_PROVIDER ? "provider" : "client";
}

static struct nmr_row nmr_row_of(struct nmr_mock *mock)
{
	return nmr_row(mock->test, nmr_kind(mock), mock);
}

static struct nmr_row nmr_row_of_binding(struct nmr_mock *mock)
{
	return nmr_row(mock->test, "binding", mock);
}

/* The column of this mock's side, given the provider's. */
static enum nmr_column nmr_own(const struct nmr_mock *mock, enum nmr_column of_provider)
{
	return mock->side == NMR_PROVIDER ? of_provider :
		of_provider + NMR_CLIENT_DETACH - NMR_PROVIDER_DETACH;
}

static struct nmr_mock *nmr_numbered(struct nmr_mock *mock, u32 number)
{
	nmr_mock_instance(mock)->number = number;
	return mock;
}

static struct nmr_mock *self_mock(struct kunit *test)
{
	return nmr_numbered(nmr_mock_here(test, "self"), 31);
}

static struct nmr_mock *peer_mock(struct kunit *test)
{
	return nmr_numbered(nmr_mock_there(test, "peer"), 32);
}

static void registry_shows_a_registration(struct kunit *test)
{
	struct nmr_mock *self = self_mock(test);
	char npi[UUID_STRING_LEN + 1];
	enum nmr_column column;
	struct nmr_row row;

	nmr_mock_register_ok(self);
	row = nmr_row_of(self);

	snprintf(npi, sizeof(npi), "%pUl", &self->npi_id);
	nmr_expect_column(test, row, NMR_NPI, npi);
	nmr_expect_column(test, row, self->side == NMR_PROVIDER ? NMR_OF_CLIENT :
								  NMR_OF_PROVIDER, "-");
	nmr_expect_column(test, row, NMR_STATE, "registered");
	for (column = NMR_PROVIDER_DETACH; column < NMR_COLUMNS; column++)
		nmr_expect_column(test, row, column, "-");
}

static void registry_shows_a_binding(struct kunit *test)
{
	struct nmr_mock *self = self_mock(test);
	struct nmr_mock *peer = peer_mock(test);
	char npi[UUID_STRING_LEN + 1];
	enum nmr_column column;
	struct nmr_row row;

	nmr_mock_bind(self, peer);
	row = nmr_row_of_binding(self);

	snprintf(npi, sizeof(npi), "%pUl", &self->npi_id);
	nmr_expect_column(test, row, NMR_NPI, npi);
	KUNIT_EXPECT_TRUE(test, nmr_is_of(&row, self));
	KUNIT_EXPECT_TRUE(test, nmr_is_of(&row, peer));
	nmr_expect_column(test, row, NMR_STATE, "attached");
	for (column = NMR_PROVIDER_DETACH; column < NMR_COLUMNS; column++)
		nmr_expect_column(test, row, column, "-");
}

static void registry_shows_a_pending_detach(struct kunit *test)
{
	struct nmr_mock *self = self_mock(test);
	struct nmr_mock *peer = peer_mock(test);
	unsigned int ms = 0;
	struct nmr_row row;

	self->detach_result = -EINPROGRESS;
	nmr_mock_bind(self, peer);
	nmr_mock_deregister_ok(peer);
	row = nmr_row_of(peer);
	nmr_expect_column(test, row, NMR_STATE, "deregistering");
	row = nmr_row_of(self);
	nmr_expect_column(test, row, NMR_STATE, "registered");

	row = nmr_row_of_binding(self);
	nmr_expect_column(test, row, NMR_STATE, "detaching");
	nmr_expect_column(test, row, nmr_own(self, NMR_PROVIDER_DETACH), "pending");
	KUNIT_EXPECT_EQ(test, kstrtouint(row.column[nmr_own(self, NMR_PROVIDER_MS)], 10,
					 &ms), 0);
	KUNIT_EXPECT_LT(test, ms, 60u * MSEC_PER_SEC);
	nmr_expect_column(test, row, nmr_own(peer, NMR_PROVIDER_DETACH), "done");
	nmr_expect_column(test, row, nmr_own(peer, NMR_PROVIDER_MS), "-");

	KUNIT_EXPECT_EQ(test, nmr_mock_complete(self), 0);
	nmr_await_true(test, nmr_test_count(test, NMR_EV_CLEANED, self));
	nmr_await_true(test, !strcmp(nmr_row_of(peer).column[NMR_STATE], "complete"));
	nmr_mock_wait_ok(peer);
}

static void registry_shows_a_side_inside_detach(struct kunit *test)
{
	struct nmr_mock *self = self_mock(test);
	struct nmr_mock *peer = peer_mock(test);
	struct nmr_thread *thread;
	struct nmr_row row;
	unsigned int ms;

	nmr_test_close(&self->gate[NMR_IN_DETACH]);
	nmr_mock_bind(self, peer);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(peer), 0);
	thread = nmr_test_start(test, nmr_mock_deregister, self);
	nmr_await_reached(test, &self->gate[NMR_IN_DETACH]);

	row = nmr_row_of_binding(self);
	nmr_expect_column(test, row, NMR_STATE, "detaching");
	nmr_expect_column(test, row, nmr_own(self, NMR_PROVIDER_DETACH), "called");
	nmr_expect_column(test, row, nmr_own(peer, NMR_PROVIDER_DETACH), "early");
	nmr_expect_column(test, row, nmr_own(peer, NMR_PROVIDER_MS), "-");

	KUNIT_EXPECT_EQ(test, nmr_mock_complete(self), 0);
	row = nmr_row_of_binding(self);
	nmr_expect_column(test, row, nmr_own(self, NMR_PROVIDER_DETACH), "called");
	KUNIT_EXPECT_EQ(test, kstrtouint(row.column[nmr_own(self, NMR_PROVIDER_MS)], 10,
					 &ms), 0);
	nmr_test_open(&self->gate[NMR_IN_DETACH]);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), -EINPROGRESS);
}

static void registry_shows_a_side_inside_attach(struct kunit *test)
{
	struct nmr_mock *self = self_mock(test);
	struct nmr_mock *peer = peer_mock(test);
	struct nmr_thread *thread;
	struct nmr_row row;

	nmr_test_close(&self->gate[NMR_IN_ATTACH]);
	nmr_mock_register_ok(peer);
	thread = nmr_test_start(test, nmr_mock_register, self);
	nmr_await_reached(test, &self->gate[NMR_IN_ATTACH]);
	row = nmr_row_of_binding(self);
	nmr_expect_column(test, row, NMR_STATE, "attaching");
	nmr_test_open(&self->gate[NMR_IN_ATTACH]);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), 0);
}

static void registry_shows_a_proposal(struct kunit *test)
{
	struct nmr_mock *self = self_mock(test);
	struct nmr_mock *peer = peer_mock(test);
	struct nmr_thread *thread;
	struct nmr_test_gate *linked;
	struct nmr_row row;

	nmr_mock_register_ok(peer);
	linked = nmr_test_hold_at(test, NMR_RACE_REGISTER_LINKED);
	thread = nmr_test_start(test, nmr_mock_register, self);
	nmr_await_reached(test, linked);
	row = nmr_row_of_binding(self);
	nmr_expect_column(test, row, NMR_STATE, "proposed");
	nmr_test_open(linked);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), 0);
}

static void registry_shows_no_unlinked_binding(struct kunit *test)
{
	struct nmr_mock *self = self_mock(test);
	struct nmr_mock *peer = peer_mock(test);
	struct nmr_thread *thread;
	struct nmr_test_gate *allocated;
	struct nmr_row row;
	char *text;

	nmr_mock_register_ok(peer);
	allocated = nmr_test_hold_at(test, NMR_RACE_REGISTER_ALLOCATED);
	thread = nmr_test_start(test, nmr_mock_register, self);
	nmr_await_reached(test, allocated);
	text = nmr_read(test, "nmr/registry", PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, nmr_rows(test, text, "binding", self, &row), 0);
	nmr_test_open(allocated);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), 0);
}

static void registry_shows_no_proposal_to_a_deregistering_peer(struct kunit *test)
{
	struct nmr_mock *self = self_mock(test);
	struct nmr_mock *peer = peer_mock(test);
	struct nmr_thread *comer, *leaver;
	struct nmr_test_gate *linked, *begun;
	struct nmr_row row;
	char *text;

	nmr_mock_register_ok(peer);
	begun = nmr_test_hold_at(test, NMR_RACE_DEREGISTER_BEGUN);
	leaver = nmr_test_start(test, nmr_mock_deregister, peer);
	nmr_await_reached(test, begun);
	linked = nmr_test_hold_at(test, NMR_RACE_REGISTER_LINKED);
	comer = nmr_test_start(test, nmr_mock_register, self);
	nmr_await_reached(test, linked);
	text = nmr_read(test, "nmr/registry", PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, nmr_rows(test, text, "binding", self, &row), 0);
	nmr_test_open(linked);
	nmr_test_open(begun);
	KUNIT_EXPECT_EQ(test, nmr_test_join(comer), 0);
	KUNIT_EXPECT_EQ(test, nmr_test_join(leaver), -EINPROGRESS);
}

/* Contract 4.10. */
static void registry_shows_a_client_that_failed(struct kunit *test)
{
	struct nmr_mock *provider = nmr_numbered(nmr_mock(test, NMR_PROVIDER, "provider"), 31);
	struct nmr_mock *client = nmr_numbered(nmr_mock(test, NMR_CLIENT, "client"), 32);
	struct nmr_row row;

	nmr_expect_log(test, 1, "after attaching to");
	client->regret = -EIO;
	provider->detach_result = -EINPROGRESS;
	nmr_mock_register_ok(provider);
	nmr_mock_register_ok(client);

	row = nmr_row_of_binding(client);
	nmr_expect_column(test, row, NMR_PROVIDER_DETACH, "pending");
	nmr_expect_column(test, row, NMR_CLIENT_DETACH, "absent");
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(provider), 0);
}

static void registry_shows_calls_in_progress(struct kunit *test)
{
	struct nmr_mock *self = self_mock(test);
	struct nmr_mock *peer = peer_mock(test);
	enum nmr_column calls = nmr_own(self, NMR_PROVIDER_CALLS);
	struct nmr_rundown *rundown;

	self->use_rundown = true;
	nmr_mock_bind(self, peer);
	rundown = &self->context->rundown;
	nmr_expect_column(test, nmr_row_of_binding(self), calls, "0");
	nmr_expect_column(test, nmr_row_of_binding(self),
			  nmr_own(peer, NMR_PROVIDER_CALLS), "-");

	KUNIT_ASSERT_TRUE(test, nmr_rundown_enter(rundown));
	KUNIT_ASSERT_TRUE(test, nmr_rundown_enter(rundown));
	KUNIT_ASSERT_TRUE(test, nmr_rundown_enter(rundown));
	nmr_expect_column(test, nmr_row_of_binding(self), calls, "3");
	nmr_rundown_exit(rundown);
	nmr_expect_column(test, nmr_row_of_binding(self), calls, "2");
	nmr_mock_deregister_ok(peer);
	nmr_expect_column(test, nmr_row_of_binding(self), calls, "2");
	nmr_rundown_exit(rundown);
	nmr_expect_column(test, nmr_row_of_binding(self), calls, "1");
	nmr_rundown_exit(rundown);
}

static void registry_shows_no_calls_of_a_side_that_has_cleaned_up(struct kunit *test)
{
	struct nmr_mock *provider = nmr_numbered(nmr_mock(test, NMR_PROVIDER, "provider"), 31);
	struct nmr_mock *client = nmr_numbered(nmr_mock(test, NMR_CLIENT, "client"), 32);
	struct nmr_thread *thread;

	client->use_rundown = true;
	nmr_test_close(&provider->gate[NMR_IN_CLEANUP]);
	nmr_mock_bind(provider, client);
	thread = nmr_test_start(test, nmr_mock_deregister, provider);
	nmr_await_reached(test, &provider->gate[NMR_IN_CLEANUP]);
	nmr_expect_column(test, nmr_row_of_binding(client), NMR_CLIENT_CALLS, "-");
	nmr_test_open(&provider->gate[NMR_IN_CLEANUP]);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), -EINPROGRESS);
}

#define NMR_MANY 120

/* Does each of the mocks numbered from 1000 have one row? */
static bool shows_each_once(struct kunit *test, size_t at_once)
{
	char *whole = nmr_read(test, "nmr/registry", at_once), *text = whole;
	char *line, *number;
	int seen[NMR_MANY] = {};
	unsigned int i;

	while ((line = strsep(&text, "\n"))) {
		number = strchr(line, '#');
		if (number && sscanf(number, "#%u", &i) == 1 && i >= 1000 &&
		    i < 1000 + NMR_MANY)
			seen[i - 1000]++;
	}
	kunit_kfree(test, whole);
	for (i = 0; i < NMR_MANY; i++)
		if (seen[i] != 1)
			return false;
	return true;
}

/* More rows than fit into a buffer, and buffers that end within a row. */
static void registry_shows_each_once_however_it_is_read(struct kunit *test)
{
	struct nmr_mock *mock;
	int i;

	for (i = 0; i < NMR_MANY; i++) {
		mock = nmr_numbered(nmr_mock_here(test, "one of many"), 1000 + i);
		nmr_mock_register_ok(mock);
	}
	KUNIT_EXPECT_TRUE(test, shows_each_once(test, 100));
	KUNIT_EXPECT_TRUE(test, shows_each_once(test, PAGE_SIZE));
}

struct nmr_totals {
	unsigned long providers, clients, deregistering, bindings, attached, pending, complete;
};

static struct nmr_totals nmr_totals(struct kunit *test)
{
	char *text = nmr_read(test, "nmr/stats", PAGE_SIZE);
	struct nmr_totals totals = {};

	int found;

	found = sscanf(text, "providers %lu\nclients %lu\nderegistering %lu\nbindings %lu\n"
		       "attached %lu\npending %lu\ncomplete %lu\n", &totals.providers,
		       &totals.clients, &totals.deregistering, &totals.bindings,
		       &totals.attached, &totals.pending, &totals.complete);
	KUNIT_EXPECT_EQ_MSG(test, found, 7, "in stats: %s", text);
	return totals;
}

static void expect_more(struct kunit *test, struct nmr_totals before,
			struct nmr_totals more)
{
	struct nmr_totals now = nmr_totals(test);

	KUNIT_EXPECT_EQ(test, now.providers, before.providers + more.providers);
	KUNIT_EXPECT_EQ(test, now.clients, before.clients + more.clients);
	KUNIT_EXPECT_EQ(test, now.deregistering, before.deregistering + more.deregistering);
	KUNIT_EXPECT_EQ(test, now.bindings, before.bindings + more.bindings);
	KUNIT_EXPECT_EQ(test, now.attached, before.attached + more.attached);
	KUNIT_EXPECT_EQ(test, now.pending, before.pending + more.pending);
	KUNIT_EXPECT_EQ(test, now.complete, before.complete + more.complete);
}

static void stats_are_the_totals(struct kunit *test)
{
	struct nmr_mock *self = self_mock(test);
	struct nmr_mock *peer = peer_mock(test);
	struct nmr_mock *second = nmr_numbered(nmr_mock(test, NMR_CLIENT, "second"), 33);
	struct nmr_totals bound = { .providers = 1, .clients = 2, .bindings = 1, .attached = 1 };
	struct nmr_totals leaving = { .providers = 1, .clients = 2, .deregistering = 1,
				      .bindings = 1, .pending = 1 };
	struct nmr_totals over = { .providers = 1, .clients = 2, .complete = 1 };
	struct nmr_totals before = nmr_totals(test);

	self->detach_result = -EINPROGRESS;
	nmr_mock_bind(self, peer);
	nmr_mock_set_npi(second, 1);
	nmr_mock_register_ok(second);
	expect_more(test, before, bound);
	nmr_mock_deregister_ok(peer);
	expect_more(test, before, leaving);
	KUNIT_EXPECT_EQ(test, nmr_mock_complete(self), 0);
	nmr_await_true(test, !strcmp(nmr_row_of(peer).column[NMR_STATE], "complete"));
	expect_more(test, before, over);
	nmr_mock_wait_ok(peer);
	nmr_mock_unregister_ok(second);
	nmr_mock_unregister_ok(self);
	expect_more(test, before, (struct nmr_totals){});
}

static void files_are_for_root_only(struct kunit *test)
{
	static const char * const names[] = { "nmr/registry", "nmr/stats" };
	struct file *file;
	int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		file = file_open_root_mnt(debugfs, names[i], O_RDONLY, 0);
		KUNIT_ASSERT_FALSE(test, IS_ERR(file));
		KUNIT_EXPECT_EQ(test, file_inode(file)->i_mode & 0777, 0400);
		__fput_sync(file);
	}
}

static struct kunit_case debugfs_cases[] = {
	KUNIT_CASE_PARAM(registry_shows_a_registration, nmr_side_gen_params),
	KUNIT_CASE_PARAM(registry_shows_a_binding, nmr_side_gen_params),
	KUNIT_CASE_PARAM(registry_shows_a_pending_detach, nmr_side_gen_params),
	KUNIT_CASE_PARAM(registry_shows_a_side_inside_detach, nmr_side_gen_params),
	KUNIT_CASE_PARAM(registry_shows_a_side_inside_attach, nmr_side_gen_params),
	KUNIT_CASE_PARAM(registry_shows_a_proposal, nmr_side_gen_params),
	KUNIT_CASE_PARAM(registry_shows_no_unlinked_binding,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(registry_shows_no_proposal_to_a_deregistering_peer, nmr_side_gen_params),
	KUNIT_CASE(registry_shows_a_client_that_failed),
	KUNIT_CASE_PARAM(registry_shows_calls_in_progress, nmr_side_gen_params),
	KUNIT_CASE(registry_shows_no_calls_of_a_side_that_has_cleaned_up),
	KUNIT_CASE_PARAM(registry_shows_each_once_however_it_is_read, nmr_side_gen_params),
	KUNIT_CASE_PARAM(stats_are_the_totals, nmr_side_gen_params),
	KUNIT_CASE(files_are_for_root_only),
	{}
};

static struct kunit_suite debugfs_suite = {
	.name = "nmr_debugfs",
	.suite_init = debugfs_suite_init,
	.suite_exit = debugfs_suite_exit,
	.init = debugfs_test_init,
	.exit = nmr_test_exit,
	.test_cases = debugfs_cases,
};

kunit_test_suite(debugfs_suite);
