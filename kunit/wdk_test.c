// SPDX-License-Identifier: GPL-2.0
/*
 * Windows' own names: layouts, values, every call's returns, and the windows of
 * section 4 that a Windows driver can cause, against drivers and Linux modules.
 */
#include "nmr_test.h"

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sched.h>

#include "../nmr_wdk/status.h"
#include "../nmr_wdk/windows.h"

KUNIT_ARRAY_PARAM(nmr_side, nmr_test_sides, nmr_test_side_desc);

/* The layout that a driver built for Windows on x86-64 expects. */
#define ASSERT_AT(type, member, offset) static_assert(offsetof(type, member) == (offset))

static_assert(sizeof(USHORT) == 2 && sizeof(ULONG) == 4 && sizeof(LONG) == 4);
static_assert(sizeof(NTSTATUS) == 4 && sizeof(PVOID) == 8 && sizeof(HANDLE) == 8);
static_assert(sizeof(WCHAR) == 2 && sizeof(L"ab") == 6 && sizeof(BOOLEAN) == 1);
static_assert(sizeof(ULONGLONG) == 8 && sizeof(ULONG_PTR) == 8 && sizeof(SIZE_T) == 8);
static_assert(sizeof(NPI_MODULEID_TYPE) == 4 && MIT_GUID == 1 && MIT_IF_LUID == 2);
static_assert(sizeof(GUID) == 16 && __alignof__(GUID) == 4);
static_assert(sizeof(NPIID) == 16);
static_assert(sizeof(LUID) == 8 && __alignof__(LUID) == 4);
static_assert(sizeof(LARGE_INTEGER) == 8 && sizeof(UNICODE_STRING) == 16);
ASSERT_AT(GUID, Data2, 4);
ASSERT_AT(GUID, Data3, 6);
ASSERT_AT(GUID, Data4, 8);
ASSERT_AT(LUID, HighPart, 4);
ASSERT_AT(UNICODE_STRING, MaximumLength, 2);
ASSERT_AT(UNICODE_STRING, Buffer, 8);
static_assert(sizeof(LIST_ENTRY) == 16);
ASSERT_AT(LIST_ENTRY, Blink, 8);
static_assert(sizeof(NPI_MODULEID) == 24);
ASSERT_AT(NPI_MODULEID, Length, 0);
ASSERT_AT(NPI_MODULEID, Type, 4);
ASSERT_AT(NPI_MODULEID, Guid, 8);
ASSERT_AT(NPI_MODULEID, IfLuid, 8);
static_assert(sizeof(NPI_REGISTRATION_INSTANCE) == 40);
ASSERT_AT(NPI_REGISTRATION_INSTANCE, Version, 0);
ASSERT_AT(NPI_REGISTRATION_INSTANCE, Size, 2);
ASSERT_AT(NPI_REGISTRATION_INSTANCE, NpiId, 8);
ASSERT_AT(NPI_REGISTRATION_INSTANCE, ModuleId, 16);
ASSERT_AT(NPI_REGISTRATION_INSTANCE, Number, 24);
ASSERT_AT(NPI_REGISTRATION_INSTANCE, NpiSpecificCharacteristics, 32);
static_assert(sizeof(NPI_PROVIDER_CHARACTERISTICS) == 72);
ASSERT_AT(NPI_PROVIDER_CHARACTERISTICS, Version, 0);
ASSERT_AT(NPI_PROVIDER_CHARACTERISTICS, Length, 2);
ASSERT_AT(NPI_PROVIDER_CHARACTERISTICS, ProviderAttachClient, 8);
ASSERT_AT(NPI_PROVIDER_CHARACTERISTICS, ProviderDetachClient, 16);
ASSERT_AT(NPI_PROVIDER_CHARACTERISTICS, ProviderCleanupBindingContext, 24);
ASSERT_AT(NPI_PROVIDER_CHARACTERISTICS, ProviderRegistrationInstance, 32);
static_assert(sizeof(NPI_CLIENT_CHARACTERISTICS) == 72);
ASSERT_AT(NPI_CLIENT_CHARACTERISTICS, Version, 0);
ASSERT_AT(NPI_CLIENT_CHARACTERISTICS, Length, 2);
ASSERT_AT(NPI_CLIENT_CHARACTERISTICS, ClientAttachProvider, 8);
ASSERT_AT(NPI_CLIENT_CHARACTERISTICS, ClientDetachProvider, 16);
ASSERT_AT(NPI_CLIENT_CHARACTERISTICS, ClientCleanupBindingContext, 24);
ASSERT_AT(NPI_CLIENT_CHARACTERISTICS, ClientRegistrationInstance, 32);

static_assert(STATUS_SUCCESS == 0 && STATUS_PENDING == 0x103 && STATUS_TIMEOUT == 0x102);
static_assert((ULONG)STATUS_UNSUCCESSFUL == 0xC0000001);
static_assert((ULONG)STATUS_INVALID_HANDLE == 0xC0000008);
static_assert((ULONG)STATUS_INVALID_PARAMETER == 0xC000000D);
static_assert((ULONG)STATUS_NO_MEMORY == 0xC0000017);
static_assert((ULONG)STATUS_INSUFFICIENT_RESOURCES == 0xC000009A);
static_assert((ULONG)STATUS_DEVICE_NOT_READY == 0xC00000A3);
static_assert((ULONG)STATUS_NOT_SUPPORTED == 0xC00000BB);
static_assert((ULONG)STATUS_NOINTERFACE == 0xC00002B9);
static_assert(NT_SUCCESS(STATUS_SUCCESS) && NT_SUCCESS(STATUS_PENDING));
static_assert(!NT_SUCCESS(STATUS_UNSUCCESSFUL) && !NT_SUCCESS(STATUS_BUFFER_OVERFLOW));

/*
 * A driver with one registration. Its events are recorded for its mock, which
 * is never registered itself; so the end of a case also ends the driver's
 * registration.
 */
struct driver {
	struct nmr_mock *mock;
	NPI_PROVIDER_CHARACTERISTICS as_provider;
	NPI_CLIENT_CHARACTERISTICS as_client;

	NTSTATUS refuse;	/* attach: return this and do not attach */
	NTSTATUS answer;	/* provider: attach, and return this */
	NTSTATUS regret;	/* client: attach, then return this */
	bool forget_attach;	/* client: return success and do not attach */
	NTSTATUS detach_result;
	bool without_context;	/* NULL for its binding context and dispatch */
	void (*in_attach)(struct driver *driver);
	void (*in_detach)(struct driver *driver);
	void (*in_cleanup)(struct driver *driver);

	HANDLE handle_in_attach;
	const NPI_REGISTRATION_INSTANCE *peer_instance;
	PVOID peer_context;
	const VOID *peer_dispatch;
	/* What NmrClientAttachProvider() or another call in a callback returned. */
	NTSTATUS attach_result;
	NTSTATUS result;
};

/* For callbacks without a context. */
static struct driver *driver_without_context[NMR_SIDES];

static struct driver *driver_of(PVOID context, enum nmr_side side)
{
	return context ?: driver_without_context[side];
}

static PVOID driver_context(struct driver *driver)
{
	return driver->without_context ? NULL : driver;
}

static const VOID *driver_dispatch(struct driver *driver)
{
	return driver->without_context ? NULL : &driver->as_provider;
}

static void driver_pass(struct driver *driver, enum nmr_place place)
{
	struct nmr_test_gate *gate = &driver->mock->gate[place];

	if (!READ_ONCE(gate->closed))
		return;
	complete(&gate->reached);
	wait_for_completion_timeout(&gate->opened, nmr_test_bound() - jiffies);
}

static void driver_enter_attach(struct driver *driver, HANDLE binding,
				const NPI_REGISTRATION_INSTANCE *instance)
{
	nmr_test_note(driver->mock->test, NMR_EV_ATTACH, driver->mock);
	WRITE_ONCE(driver->mock->binding, binding);
	driver->handle_in_attach = READ_ONCE(driver->mock->handle);
	driver->peer_instance = instance;
	if (driver->in_attach)
		driver->in_attach(driver);
	driver_pass(driver, NMR_IN_ATTACH);
}

static NTSTATUS driver_leave_attach(struct driver *driver, NTSTATUS status)
{
	driver_pass(driver, NMR_IN_ATTACHED);
	if (NT_SUCCESS(status) && !driver->forget_attach)
		atomic_inc(&driver->mock->attached);
	nmr_test_note(driver->mock->test, NT_SUCCESS(status) ? NMR_EV_ATTACHED : NMR_EV_DECLINED,
		      driver->mock);
	return status;
}

static NTSTATUS driver_attach_client(HANDLE binding, PVOID context,
				     const NPI_REGISTRATION_INSTANCE *instance,
				     PVOID client_context, const VOID *client_dispatch,
				     PVOID *provider_context, const VOID **provider_dispatch)
{
	struct driver *driver = context;

	driver_enter_attach(driver, binding, instance);
	if (driver->refuse)
		return driver_leave_attach(driver, driver->refuse);
	driver->peer_context = client_context;
	driver->peer_dispatch = client_dispatch;
	*provider_context = driver_context(driver);
	*provider_dispatch = driver_dispatch(driver);
	return driver_leave_attach(driver, driver->answer);
}

static NTSTATUS driver_attach_provider(HANDLE binding, PVOID context,
				       const NPI_REGISTRATION_INSTANCE *instance)
{
	struct driver *driver = context;

	driver_enter_attach(driver, binding, instance);
	if (driver->refuse)
		return driver_leave_attach(driver, driver->refuse);
	if (driver->forget_attach)
		return driver_leave_attach(driver, STATUS_SUCCESS);
	driver->attach_result = NmrClientAttachProvider(binding, driver_context(driver),
							driver_dispatch(driver),
							&driver->peer_context,
							&driver->peer_dispatch);
	return driver_leave_attach(driver, driver->attach_result ?: driver->regret);
}

static NTSTATUS driver_detach(struct driver *driver)
{
	nmr_test_note(driver->mock->test, NMR_EV_DETACH, driver->mock);
	atomic_inc(&driver->mock->detached);
	if (driver->in_detach)
		driver->in_detach(driver);
	driver_pass(driver, NMR_IN_DETACH);
	nmr_test_note(driver->mock->test, NMR_EV_DETACHED, driver->mock);
	return driver->detach_result;
}

static void driver_cleanup(struct driver *driver)
{
	nmr_test_note(driver->mock->test, NMR_EV_CLEANUP, driver->mock);
	if (driver->in_cleanup)
		driver->in_cleanup(driver);
	driver_pass(driver, NMR_IN_CLEANUP);
	atomic_inc(&driver->mock->cleaned);
	nmr_test_note(driver->mock->test, NMR_EV_CLEANED, driver->mock);
}

static NTSTATUS driver_detach_client(PVOID context)
{
	return driver_detach(driver_of(context, NMR_PROVIDER));
}

static NTSTATUS driver_detach_provider(PVOID context)
{
	return driver_detach(driver_of(context, NMR_CLIENT));
}

static void driver_cleanup_provider(PVOID context)
{
	driver_cleanup(driver_of(context, NMR_PROVIDER));
}

static void driver_cleanup_client(PVOID context)
{
	driver_cleanup(driver_of(context, NMR_CLIENT));
}

static NPI_REGISTRATION_INSTANCE *driver_instance(struct driver *driver)
{
	return driver->mock->side == NMR_PROVIDER ?
		       &driver->as_provider.ProviderRegistrationInstance :
		       &driver->as_client.ClientRegistrationInstance;
}

static struct driver *new_driver(struct kunit *test, enum nmr_side side, const char *name)
{
	struct driver *driver = kunit_kzalloc(test, sizeof(*driver), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, driver);
	driver->mock = nmr_mock(test, side, name);
	driver->mock->private = driver;
	driver->as_provider.ProviderAttachClient = driver_attach_client;
	driver->as_provider.ProviderDetachClient = driver_detach_client;
	driver->as_provider.ProviderCleanupBindingContext = driver_cleanup_provider;
	driver->as_client.ClientAttachProvider = driver_attach_provider;
	driver->as_client.ClientDetachProvider = driver_detach_provider;
	driver->as_client.ClientCleanupBindingContext = driver_cleanup_client;
	driver_instance(driver)->NpiId = (const void *)&driver->mock->npi_id;
	driver_without_context[side] = driver;
	return driver;
}

static struct driver *driver_here(struct kunit *test)
{
	return new_driver(test, nmr_test_side(test), "here");
}

static struct driver *driver_there(struct kunit *test)
{
	return new_driver(test, nmr_other_side(nmr_test_side(test)), "there");
}

/* The calls of either side. Those for threads take the mock and return an int. */

static NTSTATUS driver_register(struct driver *driver)
{
	struct nmr_mock *mock = driver->mock;
	NTSTATUS status;

	WRITE_ONCE(mock->registered, true);
	WRITE_ONCE(mock->deregistered, false);
	if (mock->side == NMR_PROVIDER)
		status = NmrRegisterProvider(&driver->as_provider, driver, &mock->handle);
	else
		status = NmrRegisterClient(&driver->as_client, driver, &mock->handle);
	if (status)
		WRITE_ONCE(mock->registered, false);
	nmr_test_note(mock->test, NMR_EV_REGISTERED, mock);
	return status;
}

static noinline __noclone NTSTATUS deregister(enum nmr_side side, HANDLE handle)
{
	return side == NMR_PROVIDER ? NmrDeregisterProvider(handle) :
				      NmrDeregisterClient(handle);
}

static noinline NTSTATUS wait_for(enum nmr_side side, HANDLE handle)
{
	return side == NMR_PROVIDER ? NmrWaitForProviderDeregisterComplete(handle) :
				      NmrWaitForClientDeregisterComplete(handle);
}

static noinline void complete_binding(enum nmr_side side, HANDLE binding)
{
	if (side == NMR_PROVIDER)
		NmrProviderDetachClientComplete(binding);
	else
		NmrClientDetachProviderComplete(binding);
	/* No tail call: warnings name the caller. */
	barrier();
}

static int call_register(struct nmr_mock *mock)
{
	return driver_register(mock->private);
}

static int call_deregister(struct nmr_mock *mock)
{
	NTSTATUS status;

	nmr_test_note(mock->test, NMR_EV_DEREGISTER, mock);
	status = deregister(mock->side, mock->handle);
	if (status == STATUS_PENDING)
		WRITE_ONCE(mock->deregistered, true);
	nmr_test_note(mock->test, NMR_EV_DEREGISTERED, mock);
	return status;
}

static int call_wait(struct nmr_mock *mock)
{
	NTSTATUS status = wait_for(mock->side, mock->handle);

	nmr_test_note(mock->test, NMR_EV_WAITED, mock);
	if (!status)
		WRITE_ONCE(mock->registered, false);
	return status;
}

static int call_complete(struct nmr_mock *mock)
{
	nmr_test_note(mock->test, NMR_EV_COMPLETE, mock);
	complete_binding(mock->side, READ_ONCE(mock->binding));
	return 0;
}

static void register_ok(struct driver *driver)
{
	KUNIT_ASSERT_EQ(driver->mock->test, driver_register(driver), STATUS_SUCCESS);
}

static void deregister_ok(struct driver *driver)
{
	KUNIT_ASSERT_EQ(driver->mock->test, call_deregister(driver->mock), STATUS_PENDING);
}

static void wait_ok(struct driver *driver)
{
	struct nmr_thread *thread = nmr_test_start(driver->mock->test, call_wait, driver->mock);

	KUNIT_EXPECT_EQ(driver->mock->test, nmr_test_join(thread), STATUS_SUCCESS);
}

static int attached(struct driver *driver)
{
	return atomic_read(&driver->mock->attached);
}

static int steps(struct driver *driver, enum nmr_event_type step)
{
	return nmr_test_count(driver->mock->test, step, driver->mock);
}

static void bind(struct driver *first, struct driver *second)
{
	register_ok(first);
	register_ok(second);
	KUNIT_ASSERT_EQ(first->mock->test, attached(first), 1);
	KUNIT_ASSERT_EQ(first->mock->test, attached(second), 1);
}

/* Status values. */

static void status_and_errno_map_to_each_other(struct kunit *test)
{
	static const struct {
		NTSTATUS status;
		int err;
	} both[] = {
		{ STATUS_SUCCESS, 0 },
		{ STATUS_PENDING, -EINPROGRESS },
		{ STATUS_NOINTERFACE, -ENODEV },
		{ STATUS_INVALID_PARAMETER, -EINVAL },
		{ STATUS_INSUFFICIENT_RESOURCES, -ENOMEM },
		{ STATUS_UNSUCCESSFUL, -EIO },
		{ STATUS_INVALID_HANDLE, -EBADF },
		{ STATUS_NOT_SUPPORTED, -EOPNOTSUPP },
		{ STATUS_DEVICE_NOT_READY, -EAGAIN },
		{ STATUS_ACCESS_DENIED, -EACCES },
		{ STATUS_NOT_FOUND, -ENOENT },
		{ STATUS_OBJECT_NAME_COLLISION, -EEXIST },
		{ STATUS_IO_TIMEOUT, -ETIMEDOUT },
		{ STATUS_CANCELLED, -ECANCELED },
		{ STATUS_POSSIBLE_DEADLOCK, -EDEADLK },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(both); i++) {
		KUNIT_EXPECT_EQ(test, nmr_wdk_errno(both[i].status), both[i].err);
		KUNIT_EXPECT_EQ(test, nmr_wdk_status(both[i].err), both[i].status);
	}
}

static void status_without_an_errno_is_an_io_error(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, nmr_wdk_errno((NTSTATUS)0xC0DE0001), -EIO);
	KUNIT_EXPECT_EQ(test, nmr_wdk_errno((NTSTATUS)0x80001234), -EIO);
	KUNIT_EXPECT_EQ(test, nmr_wdk_errno(STATUS_OBJECT_NAME_EXISTS), 0);
	KUNIT_EXPECT_EQ(test, nmr_wdk_errno(STATUS_NO_MEMORY), -ENOMEM);
	KUNIT_EXPECT_EQ(test, nmr_wdk_errno(STATUS_TIMEOUT), -ETIMEDOUT);
}

static void errno_without_a_status_is_unsuccessful(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, nmr_wdk_status(-EXDEV), STATUS_UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, nmr_wdk_status(1), STATUS_UNSUCCESSFUL);
}

static const NTSTATUS refusals[] = {
	STATUS_NOINTERFACE, STATUS_UNSUCCESSFUL, STATUS_INSUFFICIENT_RESOURCES,
	STATUS_BUFFER_OVERFLOW, (NTSTATUS)0xE0001234, (NTSTATUS)0xFFFFFFFF,
	/* What -EINVAL and -ENODEV are, as numbers. */
	(NTSTATUS)0xFFFFFFEA, (NTSTATUS)0xFFFFFFED,
};

static const NTSTATUS successes[] = {
	STATUS_PENDING, STATUS_TIMEOUT, STATUS_OBJECT_NAME_EXISTS, 0x00000001,
};

static void status_desc(const NTSTATUS *status, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "0x%08x", *status);
}

KUNIT_ARRAY_PARAM(refusal, refusals, status_desc);
KUNIT_ARRAY_PARAM(success, successes, status_desc);

static void drivers_pass_a_refusal_unchanged(struct kunit *test)
{
	NTSTATUS refusal = *(const NTSTATUS *)test->param_value;
	struct driver *provider = new_driver(test, NMR_PROVIDER, "provider");
	struct driver *client = new_driver(test, NMR_CLIENT, "client");

	nmr_expect_log(test, refusal == STATUS_NOINTERFACE ? 0 : 1, "did not attach to");
	provider->refuse = refusal;
	register_ok(provider);
	register_ok(client);
	KUNIT_EXPECT_EQ(test, client->attach_result, refusal);
	KUNIT_EXPECT_EQ(test, steps(client, NMR_EV_DECLINED), 1);
	KUNIT_EXPECT_EQ(test, attached(client) + attached(provider), 0);
}

/* A driver that checks NT_SUCCESS() assumes that it is attached. */
static void drivers_attach_on_every_success(struct kunit *test)
{
	NTSTATUS success = *(const NTSTATUS *)test->param_value;
	struct driver *provider = new_driver(test, NMR_PROVIDER, "provider");
	struct driver *client = new_driver(test, NMR_CLIENT, "client");

	nmr_expect_log(test, 1, "attaches like any success; should be STATUS_SUCCESS");
	provider->answer = success;
	bind(provider, client);
	KUNIT_EXPECT_EQ(test, client->attach_result, success);
	KUNIT_EXPECT_PTR_EQ(test, client->peer_context, driver_context(provider));
	deregister_ok(client);
	wait_ok(client);
	KUNIT_EXPECT_EQ(test, steps(provider, NMR_EV_CLEANED), 1);
	KUNIT_EXPECT_EQ(test, steps(client, NMR_EV_CLEANED), 1);
}

static void linux_client_attaches_on_every_success_of_a_driver(struct kunit *test)
{
	struct driver *provider = new_driver(test, NMR_PROVIDER, "provider");
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");

	nmr_expect_log(test, 1, "attaches like any success; should be STATUS_SUCCESS");
	provider->answer = *(const NTSTATUS *)test->param_value;
	register_ok(provider);
	nmr_mock_register_ok(client);
	KUNIT_EXPECT_EQ(test, nmr_test_count(test, NMR_EV_ATTACHED, client), 1);
	nmr_mock_unregister_ok(client);
	KUNIT_EXPECT_EQ(test, steps(provider, NMR_EV_CLEANED), 1);
}

static const int refusing_errnos[] = { -EINPROGRESS, -ETIMEDOUT, -EXDEV };

static void errno_desc(const int *err, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%d", *err);
}

KUNIT_ARRAY_PARAM(errno, refusing_errnos, errno_desc);

static void refusal_of_a_linux_provider_is_no_success(struct kunit *test)
{
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	struct driver *client = new_driver(test, NMR_CLIENT, "client");

	nmr_expect_log(test, 1, "did not attach to");
	provider->refuse = *(const int *)test->param_value;
	nmr_mock_register_ok(provider);
	register_ok(client);
	KUNIT_EXPECT_FALSE(test, NT_SUCCESS(client->attach_result));
	KUNIT_EXPECT_EQ(test, steps(client, NMR_EV_DECLINED), 1);
}

static void client_that_declines_is_no_error(struct kunit *test)
{
	struct driver *provider = new_driver(test, NMR_PROVIDER, "provider");
	struct driver *client = new_driver(test, NMR_CLIENT, "client");

	client->refuse = STATUS_NOINTERFACE;
	register_ok(provider);
	register_ok(client);
	KUNIT_EXPECT_EQ(test, steps(provider, NMR_EV_ATTACH), 0);
}

static void driver_sees_a_linux_providers_errno_as_a_status(struct kunit *test)
{
	struct nmr_mock *provider = nmr_mock(test, NMR_PROVIDER, "provider");
	struct driver *client = new_driver(test, NMR_CLIENT, "client");

	nmr_expect_log(test, 1, "did not attach to");
	provider->refuse = -ENOMEM;
	nmr_mock_register_ok(provider);
	register_ok(client);
	KUNIT_EXPECT_EQ(test, client->attach_result, STATUS_INSUFFICIENT_RESOURCES);
}

/* A Linux client that records the result of attaching. */
static int linux_client_answer;

static int linux_attach_provider(struct nmr_binding *binding, void *client_context,
				 const struct npi_registration_instance *provider_instance)
{
	const void *dispatch;
	void *context;

	linux_client_answer = nmr_client_attach_provider(binding, NULL, NULL, &context,
							 &dispatch);
	return linux_client_answer;
}

static void linux_client_sees_a_drivers_status_as_an_errno(struct kunit *test)
{
	NTSTATUS refusal = *(const NTSTATUS *)test->param_value;
	struct driver *provider = new_driver(test, NMR_PROVIDER, "provider");
	struct nmr_mock *client = nmr_mock(test, NMR_CLIENT, "client");

	nmr_expect_log(test, refusal == STATUS_NOINTERFACE ? 0 : 1, "did not attach to");
	provider->refuse = refusal;
	client->as_client.attach_provider = linux_attach_provider;
	register_ok(provider);
	nmr_mock_register_ok(client);
	KUNIT_EXPECT_LT(test, linux_client_answer, 0);
	KUNIT_EXPECT_GE(test, linux_client_answer, -MAX_ERRNO);
	KUNIT_EXPECT_EQ(test, linux_client_answer, nmr_wdk_errno(refusal));
}

/* The life of a binding. */

static void drivers_attach_detach_and_clean_up(struct kunit *test)
{
	struct driver *here = driver_here(test), *there = driver_there(test);
	struct driver *client = nmr_mock_client(here->mock, there->mock)->private;
	struct driver *provider = nmr_mock_provider(here->mock, there->mock)->private;

	bind(there, here);
	KUNIT_EXPECT_EQ(test, client->attach_result, STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, client->peer_context, (PVOID)provider);
	KUNIT_EXPECT_PTR_EQ(test, provider->peer_context, (PVOID)client);
	KUNIT_EXPECT_PTR_EQ(test, client->peer_dispatch, driver_dispatch(provider));
	KUNIT_EXPECT_PTR_EQ(test, provider->peer_dispatch, driver_dispatch(client));
	deregister_ok(here);
	wait_ok(here);
	nmr_expect_order(test, { NMR_EV_DETACH, here->mock }, { NMR_EV_DETACH, there->mock },
			 { NMR_EV_CLEANUP, client->mock }, { NMR_EV_CLEANUP, provider->mock },
			 { NMR_EV_WAITED, here->mock });
	KUNIT_EXPECT_EQ(test, steps(here, NMR_EV_CLEANED), 1);
	KUNIT_EXPECT_EQ(test, steps(there, NMR_EV_CLEANED), 1);
}

static void driver_and_linux_module_attach_to_each_other(struct kunit *test)
{
	struct driver *here = driver_here(test);
	struct nmr_mock *there = nmr_mock_there(test, "there");

	here->detach_result = STATUS_PENDING;
	there->detach_result = -EINPROGRESS;
	nmr_mock_register_ok(there);
	register_ok(here);
	KUNIT_ASSERT_EQ(test, attached(here), 1);
	KUNIT_ASSERT_EQ(test, atomic_read(&there->attached), 1);
	KUNIT_EXPECT_PTR_EQ(test, here->peer_context, (PVOID)there->context);
	deregister_ok(here);
	nmr_await_true(test, steps(here, NMR_EV_DETACHED));
	nmr_await_true(test, nmr_test_count(test, NMR_EV_DETACHED, there));
	call_complete(here->mock);
	KUNIT_EXPECT_EQ(test, steps(here, NMR_EV_CLEANUP), 0);
	nmr_mock_complete(there);
	wait_ok(here);
	KUNIT_EXPECT_EQ(test, steps(here, NMR_EV_CLEANED), 1);
}

static void handle_is_stored_before_the_first_callback(struct kunit *test)
{
	struct driver *here = driver_here(test), *there = driver_there(test);

	bind(there, here);
	KUNIT_EXPECT_NOT_NULL(test, here->handle_in_attach);
	KUNIT_EXPECT_PTR_EQ(test, here->handle_in_attach, here->mock->handle);
}

static void contexts_and_dispatch_tables_may_be_null(struct kunit *test)
{
	struct driver *here = driver_here(test), *there = driver_there(test);

	here->without_context = true;
	there->without_context = true;
	here->detach_result = STATUS_PENDING;
	here->in_detach = NULL;
	here->peer_context = here;
	bind(there, here);
	KUNIT_EXPECT_NULL(test, here->peer_context);
	KUNIT_EXPECT_NULL(test, (void *)here->peer_dispatch);
	deregister_ok(here);
	nmr_await_true(test, steps(here, NMR_EV_DETACHED));
	call_complete(here->mock);
	wait_ok(here);
	KUNIT_EXPECT_EQ(test, steps(here, NMR_EV_CLEANED), 1);
	KUNIT_EXPECT_EQ(test, steps(there, NMR_EV_CLEANED), 1);
}

static void cleanup_callback_may_be_null(struct kunit *test)
{
	struct driver *here = driver_here(test), *there = driver_there(test);

	here->as_provider.ProviderCleanupBindingContext = NULL;
	here->as_client.ClientCleanupBindingContext = NULL;
	/* Tells the mock not to expect one. */
	here->mock->as_provider.cleanup_binding_context = NULL;
	here->mock->as_client.cleanup_binding_context = NULL;
	bind(there, here);
	deregister_ok(here);
	wait_ok(here);
	KUNIT_EXPECT_EQ(test, steps(there, NMR_EV_CLEANED), 1);
}

static const NPI_MODULEID some_module = {
	.Length = sizeof(NPI_MODULEID),
	.Type = MIT_IF_LUID,
	.IfLuid = { 0x89abcdef, 0x01234567 },
};

static void fill_instance(NPI_REGISTRATION_INSTANCE *instance, const void *specific)
{
	instance->Version = 0xfedc;
	instance->Size = sizeof(*instance);
	instance->ModuleId = &some_module;
	instance->Number = 0xfffffffe;
	instance->NpiSpecificCharacteristics = specific;
}

static void drivers_see_each_others_instance(struct kunit *test)
{
	struct driver *here = driver_here(test), *there = driver_there(test);
	const NPI_REGISTRATION_INSTANCE *seen;

	fill_instance(driver_instance(there), test);
	bind(there, here);
	seen = here->peer_instance;
	KUNIT_EXPECT_PTR_EQ(test, seen, driver_instance(there));
	KUNIT_EXPECT_EQ(test, seen->Version, 0xfedc);
	KUNIT_EXPECT_EQ(test, seen->Size, sizeof(*seen));
	KUNIT_EXPECT_TRUE(test, IsEqualGUID(seen->NpiId, &here->mock->npi_id));
	KUNIT_EXPECT_PTR_EQ(test, seen->ModuleId, &some_module);
	KUNIT_EXPECT_EQ(test, seen->Number, 0xfffffffe);
	KUNIT_EXPECT_PTR_EQ(test, seen->NpiSpecificCharacteristics, (const VOID *)test);
}

static void linux_module_sees_a_drivers_instance(struct kunit *test)
{
	struct driver *here = driver_here(test);
	struct nmr_mock *there = nmr_mock_there(test, "there");
	const struct npi_registration_instance *seen;

	fill_instance(driver_instance(here), test);
	nmr_mock_register_ok(there);
	register_ok(here);
	seen = there->last_instance;
	KUNIT_EXPECT_PTR_EQ(test, seen, (const void *)driver_instance(here));
	KUNIT_EXPECT_EQ(test, seen->version, 0xfedc);
	KUNIT_EXPECT_TRUE(test, guid_equal(seen->npi_id, &there->npi_id));
	KUNIT_EXPECT_EQ(test, seen->module_id->type, NPI_MODULE_ID_IF_LUID);
	KUNIT_EXPECT_EQ(test, seen->module_id->if_luid, 0x0123456789abcdefULL);
	KUNIT_EXPECT_EQ(test, seen->number, 0xfffffffe);
	KUNIT_EXPECT_PTR_EQ(test, seen->npi_specific_characteristics, (const void *)test);
}

static void driver_sees_a_linux_modules_instance(struct kunit *test)
{
	static const struct npi_module_id module_id = {
		.type = NPI_MODULE_ID_GUID,
		.guid = GUID_INIT(0x01020304, 0x0506, 0x0708, 9, 10, 11, 12, 13, 14, 15, 16),
	};
	static const NPI_MODULEID expected = {
		.Type = MIT_GUID,
		.Guid = { 0x01020304, 0x0506, 0x0708, { 9, 10, 11, 12, 13, 14, 15, 16 } },
	};
	struct driver *here = driver_here(test);
	struct nmr_mock *there = nmr_mock_there(test, "there");
	struct npi_registration_instance *instance = nmr_mock_instance(there);

	instance->version = 7;
	instance->number = 77;
	instance->module_id = &module_id;
	nmr_mock_register_ok(there);
	register_ok(here);
	KUNIT_EXPECT_EQ(test, here->peer_instance->Version, 7);
	KUNIT_EXPECT_EQ(test, here->peer_instance->Number, 77);
	KUNIT_EXPECT_TRUE(test, NmrIsEqualNpiModuleId(here->peer_instance->ModuleId,
						      &expected));
}

static void module_ids_are_equal_by_type_and_value(struct kunit *test)
{
	NPI_MODULEID guid = { .Type = MIT_GUID, .Guid = { 1, 2, 3, { 4 } } };
	NPI_MODULEID other = guid;
	NPI_MODULEID luid = { .Type = MIT_IF_LUID, .IfLuid = { 1, 0x00030002 } };

	KUNIT_EXPECT_TRUE(test, NmrIsEqualNpiModuleId(&guid, &other));
	other.Guid.Data4[7] = 1;
	KUNIT_EXPECT_FALSE(test, NmrIsEqualNpiModuleId(&guid, &other));
	KUNIT_EXPECT_FALSE(test, NmrIsEqualNpiModuleId(&guid, &luid));
	other = luid;
	/* Only what a LUID has counts. */
	other.Guid.Data4[7] = 1;
	KUNIT_EXPECT_TRUE(test, NmrIsEqualNpiModuleId(&luid, &other));
	other.IfLuid.HighPart++;
	KUNIT_EXPECT_FALSE(test, NmrIsEqualNpiModuleId(&luid, &other));
	/* A Linux module may have none. */
	KUNIT_EXPECT_FALSE(test, NmrIsEqualNpiModuleId(NULL, &luid));
	KUNIT_EXPECT_FALSE(test, NmrIsEqualNpiModuleId(&luid, NULL));
}

/* Bad input. */

static HANDLE bad_handles(struct driver *peer, int i)
{
	HANDLE handles[] = { NULL, (HANDLE)-1LL, &i, peer->mock->handle,
			     (PCHAR)peer->mock->handle + 1 };

	return i < ARRAY_SIZE(handles) ? handles[i] : NULL;
}

#define BAD_HANDLES 5

static void bad_handles_are_invalid_parameters(struct kunit *test)
{
	enum nmr_side side = nmr_test_side(test);
	struct driver *there = driver_there(test);
	HANDLE handle;
	int i;

	nmr_expect_log(test, 3 * BAD_HANDLES, "no such");
	register_ok(there);
	for (i = 0; i < BAD_HANDLES; i++) {
		handle = bad_handles(there, i);
		KUNIT_EXPECT_EQ(test, deregister(side, handle), STATUS_INVALID_PARAMETER);
		KUNIT_EXPECT_EQ(test, wait_for(side, handle), STATUS_INVALID_PARAMETER);
		complete_binding(side, handle);
	}
}

static void attach_with_a_bad_handle_is_invalid(struct kunit *test)
{
	struct driver *provider = new_driver(test, NMR_PROVIDER, "provider");
	const VOID *dispatch;
	PVOID context;
	int i;

	nmr_expect_log(test, BAD_HANDLES, "attach_provider: outside this callback");
	register_ok(provider);
	for (i = 0; i < BAD_HANDLES; i++)
		KUNIT_EXPECT_EQ(test, NmrClientAttachProvider(bad_handles(provider, i), NULL,
							      NULL, &context, &dispatch),
				STATUS_INVALID_PARAMETER);
}

static void attach_again(struct driver *driver)
{
	const VOID *dispatch;
	PVOID context;

	driver->result = NmrClientAttachProvider(driver->mock->binding, NULL, NULL,
						 &context, &dispatch);
}

static void attach_a_second_time_is_invalid(struct kunit *test)
{
	struct driver *provider = new_driver(test, NMR_PROVIDER, "provider");
	struct driver *client = new_driver(test, NMR_CLIENT, "client");

	nmr_expect_log(test, 1, "attach_provider: outside this callback");
	/* Inside the first, before the provider has returned. */
	provider->in_attach = attach_again;
	bind(provider, client);
	KUNIT_EXPECT_EQ(test, provider->result, STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, client->attach_result, STATUS_SUCCESS);
}

static void warnings_name_the_drivers_function(struct kunit *test)
{
	nmr_expect_log(test, 1, "deregister+");
	KUNIT_EXPECT_EQ(test, deregister(nmr_test_side(test), NULL),
			STATUS_INVALID_PARAMETER);
}

static void expect_not_registered(struct driver *driver)
{
	struct kunit *test = driver->mock->test;

	driver->mock->handle = driver;
	KUNIT_EXPECT_EQ(test, driver_register(driver), STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_PTR_EQ(test, driver->mock->handle, (void *)driver);
}

static void registering_without_a_part_is_invalid(struct kunit *test)
{
	struct driver *here = driver_here(test);
	PNPIID npi_id = driver_instance(here)->NpiId;
	HANDLE handle = here;

	nmr_expect_log(test, 5, "cannot register without");
	driver_instance(here)->NpiId = NULL;
	expect_not_registered(here);
	driver_instance(here)->NpiId = npi_id;
	here->as_provider.ProviderDetachClient = NULL;
	here->as_client.ClientDetachProvider = NULL;
	expect_not_registered(here);
	here->as_provider.ProviderDetachClient = driver_detach_client;
	here->as_client.ClientDetachProvider = driver_detach_provider;
	here->as_provider.ProviderAttachClient = NULL;
	here->as_client.ClientAttachProvider = NULL;
	expect_not_registered(here);

	if (nmr_test_side(test) == NMR_PROVIDER) {
		KUNIT_EXPECT_EQ(test, NmrRegisterProvider(NULL, NULL, &handle),
				STATUS_INVALID_PARAMETER);
		here->as_provider.ProviderAttachClient = driver_attach_client;
		KUNIT_EXPECT_EQ(test, NmrRegisterProvider(&here->as_provider, here, NULL),
				STATUS_INVALID_PARAMETER);
	} else {
		KUNIT_EXPECT_EQ(test, NmrRegisterClient(NULL, NULL, &handle),
				STATUS_INVALID_PARAMETER);
		here->as_client.ClientAttachProvider = driver_attach_provider;
		KUNIT_EXPECT_EQ(test, NmrRegisterClient(&here->as_client, here, NULL),
				STATUS_INVALID_PARAMETER);
	}
	KUNIT_EXPECT_PTR_EQ(test, handle, (HANDLE)here);
}

static void functions_have_addresses(struct kunit *test)
{
	NTSTATUS (*provider)(const NPI_PROVIDER_CHARACTERISTICS *, PVOID, PHANDLE) =
		NmrRegisterProvider;
	NTSTATUS (*client)(const NPI_CLIENT_CHARACTERISTICS *, PVOID, PHANDLE) =
		NmrRegisterClient;
	struct driver *here = driver_here(test);
	struct nmr_mock *mock = here->mock;

	mock->registered = true;
	KUNIT_EXPECT_EQ(test, mock->side == NMR_PROVIDER ?
			provider(&here->as_provider, here, &mock->handle) :
			client(&here->as_client, here, &mock->handle), STATUS_SUCCESS);
}

static void wait_without_deregister_is_invalid(struct kunit *test)
{
	struct driver *here = driver_here(test);

	nmr_expect_log(test, 1, "not deregistered");
	register_ok(here);
	KUNIT_EXPECT_EQ(test, call_wait(here->mock), STATUS_INVALID_PARAMETER);
}

static void wait_for_a_stale_handle_is_invalid(struct kunit *test)
{
	struct driver *here = driver_here(test);

	nmr_expect_log(test, 1, "no such handle");
	register_ok(here);
	deregister_ok(here);
	wait_ok(here);
	KUNIT_EXPECT_EQ(test, wait_for(here->mock->side, here->mock->handle),
			STATUS_INVALID_PARAMETER);
}

static void deregister_twice_is_invalid(struct kunit *test)
{
	struct driver *here = driver_here(test);

	nmr_expect_log(test, 1, "deregistered already");
	register_ok(here);
	deregister_ok(here);
	KUNIT_EXPECT_EQ(test, deregister(here->mock->side, here->mock->handle),
			STATUS_INVALID_PARAMETER);
}

static void deregister_and_wait_for_oneself(struct driver *driver)
{
	call_deregister(driver->mock);
	driver->result = wait_for(driver->mock->side, driver->mock->handle);
}

static void wait_for_oneself_is_a_reported_deadlock(struct kunit *test)
{
	struct driver *here = driver_here(test), *there = driver_there(test);

	nmr_expect_log(test, 1, "inside a callback that it would wait for");
	here->in_attach = deregister_and_wait_for_oneself;
	register_ok(there);
	register_ok(here);
	wait_ok(here);
	KUNIT_EXPECT_EQ(test, here->result, STATUS_POSSIBLE_DEADLOCK);
}

static void detach_that_returns_anything_else_is_reported(struct kunit *test)
{
	struct driver *here = driver_here(test), *there = driver_there(test);

	nmr_expect_log(test, 1, "neither 0 nor");
	here->detach_result = STATUS_OBJECT_NAME_EXISTS;
	bind(there, here);
	deregister_ok(here);
	wait_ok(here);
}

/* Section 4. */

static void nmr_race_01_two_that_register_at_once_bind_once(struct kunit *test)
{
	struct driver *slow = driver_here(test), *quick = driver_there(test);
	struct nmr_test_gate *linked = nmr_test_hold_at(test, NMR_RACE_REGISTER_LINKED);
	struct nmr_thread *thread = nmr_test_start(test, call_register, slow->mock);

	nmr_await_reached(test, linked);
	register_ok(quick);
	nmr_test_open(linked);
	KUNIT_EXPECT_EQ(test, nmr_test_join(thread), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, attached(slow), 1);
	KUNIT_EXPECT_EQ(test, attached(quick), 1);
}

static void nmr_race_02_peer_deregisters_during_attach(struct kunit *test)
{
	struct driver *comer = driver_here(test), *there = driver_there(test);
	struct nmr_mock *client = nmr_mock_client(comer->mock, there->mock);
	struct nmr_test_gate *gate = &client->gate[NMR_IN_ATTACH];
	struct nmr_thread *attach, *waiter;

	nmr_test_close(gate);
	register_ok(there);
	attach = nmr_test_start(test, call_register, comer->mock);
	nmr_await_reached(test, gate);
	deregister_ok(there);
	waiter = nmr_test_start(test, call_wait, there->mock);
	nmr_await_waiting(waiter);
	nmr_test_open(gate);
	KUNIT_EXPECT_EQ(test, nmr_test_join(attach), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, nmr_test_join(waiter), STATUS_SUCCESS);
	nmr_expect_order(test, { NMR_EV_DEREGISTERED, there->mock },
			 { NMR_EV_ATTACHED, client },
			 { NMR_EV_DETACH, there->mock }, { NMR_EV_CLEANED, there->mock },
			 { NMR_EV_WAITED, there->mock });
}

static void nmr_race_03_both_deregister_at_once(struct kunit *test)
{
	struct driver *here = driver_here(test), *there = driver_there(test);
	struct nmr_test_gate *begun;

	bind(there, here);
	/* Held on the workqueue, neither detached yet. */
	begun = nmr_test_hold_at(test, NMR_RACE_DEREGISTER_BEGUN);
	deregister_ok(here);
	nmr_await_reached(test, begun);
	deregister_ok(there);
	wait_ok(there);
	nmr_test_open(begun);
	wait_ok(here);
	KUNIT_EXPECT_EQ(test, steps(here, NMR_EV_DETACH), 1);
	KUNIT_EXPECT_EQ(test, steps(there, NMR_EV_DETACH), 1);
	KUNIT_EXPECT_EQ(test, steps(here, NMR_EV_CLEANUP), 1);
	KUNIT_EXPECT_EQ(test, steps(there, NMR_EV_CLEANUP), 1);
}

static void complete_from_inside(struct driver *driver)
{
	call_complete(driver->mock);
}

static void nmr_race_04_complete_inside_the_detach_that_pends(struct kunit *test)
{
	struct driver *here = driver_here(test), *there = driver_there(test);

	here->detach_result = STATUS_PENDING;
	here->in_detach = complete_from_inside;
	bind(there, here);
	deregister_ok(here);
	wait_ok(here);
	nmr_expect_order(test, { NMR_EV_COMPLETE, here->mock }, { NMR_EV_DETACHED, here->mock },
			 { NMR_EV_CLEANUP, here->mock });
}

static void nmr_race_05_complete_before_the_detach(struct kunit *test)
{
	struct driver *here = driver_here(test), *there = driver_there(test);

	here->detach_result = STATUS_PENDING;
	bind(there, here);
	call_complete(here->mock);
	KUNIT_EXPECT_EQ(test, steps(here, NMR_EV_DETACH), 0);
	deregister_ok(there);
	wait_ok(there);
	KUNIT_EXPECT_EQ(test, steps(here, NMR_EV_CLEANED), 1);
}

#ifdef CONFIG_FAILSLAB
/* The variable behind a debugfs file of failslab. */
static void *failslab_switch(const char *name)
{
	struct dentry *folder = debugfs_lookup("failslab", NULL);
	struct dentry *file = folder ? debugfs_lookup(name, folder) : NULL;
	void *value = file ? d_inode(file)->i_private : NULL;

	dput(file);
	dput(folder);
	return value;
}

/* Also fail allocations that may sleep, and silently. */
static bool let_allocations_fail(void)
{
	bool *spare_sleeping = failslab_switch("ignore-gfp-wait");
	unsigned long *verbose = failslab_switch("verbose");

	if (!spare_sleeping || !verbose)
		return false;
	*spare_sleeping = false;
	*verbose = 0;
	return true;
}

/* Did register fail because the nth allocation did? */
static bool register_with_the_nth_failing(struct driver *driver, unsigned int nth,
					  bool *failed)
{
	struct kunit *test = driver->mock->test;
	NTSTATUS status;

	driver->mock->handle = driver;
	current->fail_nth = nth;
	status = driver_register(driver);
	*failed = !current->fail_nth;
	current->fail_nth = 0;
	if (status == STATUS_SUCCESS) {
		deregister_ok(driver);
		wait_ok(driver);
		return false;
	}
	KUNIT_EXPECT_EQ(test, status, STATUS_INSUFFICIENT_RESOURCES);
	KUNIT_EXPECT_PTR_EQ(test, driver->mock->handle, (void *)driver);
	return true;
}

static void nmr_race_06_out_of_memory_registers_nothing(struct kunit *test)
{
	struct driver *here = driver_here(test), *there = driver_there(test);
	unsigned int nth, refused = 0;
	bool failed = true;

	if (!let_allocations_fail())
		kunit_skip(test, "needs failslab's debugfs switches");
	register_ok(there);
	for (nth = 1; failed && nth < 100; nth++) {
		int before = steps(here, NMR_EV_ATTACH);

		if (!register_with_the_nth_failing(here, nth, &failed))
			continue;
		refused++;
		KUNIT_EXPECT_EQ(test, steps(here, NMR_EV_ATTACH), before);
	}
	KUNIT_EXPECT_FALSE(test, failed);
	/* The driver's registration, the registrar's, and a binding. */
	KUNIT_EXPECT_GE(test, refused, 3U);
	KUNIT_EXPECT_EQ(test, attached(here), steps(here, NMR_EV_CLEANED));
}
#else
static void nmr_race_06_out_of_memory_registers_nothing(struct kunit *test)
{
	kunit_skip(test, "needs CONFIG_FAILSLAB");
}
#endif

static void complete_the_other(struct nmr_mock *mock)
{
	call_complete(mock);
}

static void nmr_race_07_both_complete_at_once(struct kunit *test)
{
	struct driver *here = driver_here(test), *there = driver_there(test);

	here->detach_result = STATUS_PENDING;
	there->detach_result = STATUS_PENDING;
	bind(there, here);
	deregister_ok(here);
	nmr_await_true(test, steps(here, NMR_EV_DETACHED) && steps(there, NMR_EV_DETACHED));
	nmr_test_do_at(test, NMR_RACE_COMPLETE, complete_the_other, there->mock);
	call_complete(here->mock);
	wait_ok(here);
	KUNIT_EXPECT_EQ(test, steps(here, NMR_EV_CLEANUP), 1);
	KUNIT_EXPECT_EQ(test, steps(there, NMR_EV_CLEANUP), 1);
}

static void nmr_race_08_wait_begins_before_and_after_completion(struct kunit *test)
{
	struct driver *here = driver_here(test), *there = driver_there(test);
	struct nmr_thread *first, *second;

	here->detach_result = STATUS_PENDING;
	bind(there, here);
	deregister_ok(here);
	first = nmr_test_start(test, call_wait, here->mock);
	second = nmr_test_start(test, call_wait, here->mock);
	nmr_await_waiting(first);
	nmr_await_waiting(second);
	nmr_await_true(test, steps(here, NMR_EV_DETACHED));
	call_complete(here->mock);
	KUNIT_EXPECT_EQ(test, nmr_test_join(first), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, nmr_test_join(second), STATUS_SUCCESS);

	deregister_ok(there);
	/* Nothing is bound: it completes by itself, whenever wait begins. */
	wait_ok(there);
}

static void nmr_race_09_attach_fails_while_a_side_deregisters(struct kunit *test)
{
	struct driver *comer = driver_here(test), *there = driver_there(test);
	struct driver *client = nmr_mock_client(comer->mock, there->mock)->private;
	struct driver *provider = nmr_mock_provider(comer->mock, there->mock)->private;
	struct nmr_test_gate *gate = &client->mock->gate[NMR_IN_ATTACH];
	struct nmr_thread *attach;

	provider->refuse = STATUS_NOINTERFACE;
	nmr_test_close(gate);
	register_ok(there);
	attach = nmr_test_start(test, call_register, comer->mock);
	nmr_await_reached(test, gate);
	deregister_ok(there);
	nmr_test_open(gate);
	KUNIT_EXPECT_EQ(test, nmr_test_join(attach), STATUS_SUCCESS);
	wait_ok(there);
	KUNIT_EXPECT_EQ(test, client->attach_result, STATUS_NOINTERFACE);
	KUNIT_EXPECT_EQ(test, steps(comer, NMR_EV_DETACH) + steps(there, NMR_EV_DETACH), 0);
	KUNIT_EXPECT_EQ(test, steps(comer, NMR_EV_CLEANUP) + steps(there, NMR_EV_CLEANUP), 0);
}

static void nmr_race_10_client_attaches_and_then_fails(struct kunit *test)
{
	NTSTATUS regret = *(const NTSTATUS *)test->param_value;
	struct driver *provider = new_driver(test, NMR_PROVIDER, "provider");
	struct driver *client = new_driver(test, NMR_CLIENT, "client");

	nmr_expect_log(test, 1, "after attaching to");
	client->regret = regret;
	register_ok(provider);
	register_ok(client);
	KUNIT_EXPECT_EQ(test, client->attach_result, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, steps(client, NMR_EV_DETACH), 0);
	KUNIT_EXPECT_EQ(test, steps(client, NMR_EV_CLEANUP), 0);
	KUNIT_EXPECT_EQ(test, steps(provider, NMR_EV_DETACH), 1);
	KUNIT_EXPECT_EQ(test, steps(provider, NMR_EV_CLEANED), 1);
}

static void nmr_race_11_client_succeeds_without_attaching(struct kunit *test)
{
	struct driver *provider = new_driver(test, NMR_PROVIDER, "provider");
	struct driver *client = new_driver(test, NMR_CLIENT, "client");

	nmr_expect_log(test, 1, "without attaching");
	client->forget_attach = true;
	register_ok(provider);
	register_ok(client);
	KUNIT_EXPECT_EQ(test, steps(provider, NMR_EV_ATTACH), 0);
	KUNIT_EXPECT_EQ(test, steps(client, NMR_EV_DETACH), 0);
}

static void deregister_from_inside(struct driver *driver)
{
	driver->result = call_deregister(driver->mock);
}

static void nmr_race_12_deregister_from_ones_own_attach(struct kunit *test)
{
	struct driver *here = driver_here(test), *there = driver_there(test);

	here->in_attach = deregister_from_inside;
	register_ok(there);
	register_ok(here);
	wait_ok(here);
	KUNIT_EXPECT_EQ(test, here->result, STATUS_PENDING);
	nmr_expect_order(test, { NMR_EV_DEREGISTERED, here->mock },
			 { NMR_EV_ATTACHED, here->mock }, { NMR_EV_DETACH, here->mock },
			 { NMR_EV_CLEANED, here->mock }, { NMR_EV_WAITED, here->mock });
}

static void nmr_race_12_deregister_from_ones_own_detach_and_cleanup(struct kunit *test)
{
	struct driver *here = driver_here(test), *there = driver_there(test);
	struct driver *second = new_driver(test, there->mock->side, "second");

	there->in_detach = deregister_from_inside;
	second->in_cleanup = deregister_from_inside;
	register_ok(there);
	register_ok(second);
	register_ok(here);
	deregister_ok(here);
	wait_ok(here);
	wait_ok(there);
	wait_ok(second);
	KUNIT_EXPECT_EQ(test, there->result, STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, second->result, STATUS_PENDING);
}

static void nmr_race_13_stale_handles_reach_nothing(struct kunit *test)
{
	struct driver *here = driver_here(test), *there = driver_there(test);
	HANDLE handle, binding;

	nmr_expect_log(test, 2, "no such");
	bind(there, here);
	handle = here->mock->handle;
	binding = here->mock->binding;
	deregister_ok(here);
	wait_ok(here);
	register_ok(here);
	KUNIT_EXPECT_EQ(test, deregister(here->mock->side, handle),
			STATUS_INVALID_PARAMETER);
	complete_binding(here->mock->side, binding);
	KUNIT_EXPECT_EQ(test, steps(here, NMR_EV_DETACH), 1);
	KUNIT_EXPECT_EQ(test, attached(here), 2);
}

static void nmr_race_15_deregister_and_complete_at_any_level(struct kunit *test)
{
	enum nmr_test_context context;

	for (context = 0; context < NMR_TEST_CONTEXTS; context++) {
		struct driver *here = driver_here(test), *there = driver_there(test);

		here->detach_result = STATUS_PENDING;
		bind(there, here);
		KUNIT_EXPECT_EQ_MSG(test, nmr_test_call_in(test, context, call_deregister,
							   here->mock),
				    STATUS_PENDING, "%s", nmr_test_context_names[context]);
		nmr_await_true(test, steps(here, NMR_EV_DETACHED));
		nmr_test_call_in(test, context, call_complete, here->mock);
		wait_ok(here);
		KUNIT_EXPECT_EQ(test, steps(here, NMR_EV_CLEANED), 1);
		deregister_ok(there);
		wait_ok(there);
	}
}

static int deregister_with_a_lock_held(struct nmr_mock *mock)
{
	KSPIN_LOCK lock;
	KIRQL irql;
	int status;

	KeInitializeSpinLock(&lock);
	KeAcquireSpinLock(&lock, &irql);
	status = call_deregister(mock);
	KeReleaseSpinLock(&lock, irql);
	return status;
}

static void nmr_race_15_deregister_with_a_spin_lock_held(struct kunit *test)
{
	struct driver *here = driver_here(test), *there = driver_there(test);

	bind(there, here);
	KUNIT_EXPECT_EQ(test, deregister_with_a_lock_held(here->mock), STATUS_PENDING);
	wait_ok(here);
	KUNIT_EXPECT_EQ(test, steps(here, NMR_EV_CLEANED), 1);
}

static void nmr_race_16_blocked_callback_delays_no_other_binding(struct kunit *test)
{
	struct driver *here = driver_here(test), *slow = driver_there(test);
	struct driver *quick = new_driver(test, slow->mock->side, "quick");
	struct nmr_test_gate *gate = &slow->mock->gate[NMR_IN_DETACH];

	nmr_test_close(gate);
	register_ok(slow);
	register_ok(quick);
	register_ok(here);
	deregister_ok(slow);
	nmr_await_reached(test, gate);
	deregister_ok(quick);
	wait_ok(quick);
	KUNIT_EXPECT_EQ(test, steps(slow, NMR_EV_CLEANUP), 0);
	nmr_test_open(gate);
	wait_ok(slow);
}

static struct kunit_case status_cases[] = {
	KUNIT_CASE(status_and_errno_map_to_each_other),
	KUNIT_CASE(status_without_an_errno_is_an_io_error),
	KUNIT_CASE(errno_without_a_status_is_unsuccessful),
	KUNIT_CASE_PARAM(drivers_pass_a_refusal_unchanged,
			 refusal_gen_params),
	KUNIT_CASE_PARAM(drivers_attach_on_every_success, success_gen_params),
	KUNIT_CASE_PARAM(linux_client_attaches_on_every_success_of_a_driver,
			 success_gen_params),
	KUNIT_CASE_PARAM(refusal_of_a_linux_provider_is_no_success, errno_gen_params),
	KUNIT_CASE(client_that_declines_is_no_error),
	KUNIT_CASE(driver_sees_a_linux_providers_errno_as_a_status),
	KUNIT_CASE_PARAM(linux_client_sees_a_drivers_status_as_an_errno,
			 refusal_gen_params),
	{}
};

static struct kunit_suite status_suite = {
	.name = "nmr_wdk_status",
	.init = nmr_test_init,
	.exit = nmr_test_exit,
	.test_cases = status_cases,
};

static struct kunit_case calls_cases[] = {
	KUNIT_CASE_PARAM(drivers_attach_detach_and_clean_up, nmr_side_gen_params),
	KUNIT_CASE_PARAM(driver_and_linux_module_attach_to_each_other, nmr_side_gen_params),
	KUNIT_CASE_PARAM(handle_is_stored_before_the_first_callback, nmr_side_gen_params),
	KUNIT_CASE_PARAM(contexts_and_dispatch_tables_may_be_null, nmr_side_gen_params),
	KUNIT_CASE_PARAM(cleanup_callback_may_be_null, nmr_side_gen_params),
	KUNIT_CASE_PARAM(drivers_see_each_others_instance, nmr_side_gen_params),
	KUNIT_CASE_PARAM(linux_module_sees_a_drivers_instance, nmr_side_gen_params),
	KUNIT_CASE_PARAM(driver_sees_a_linux_modules_instance, nmr_side_gen_params),
	KUNIT_CASE(module_ids_are_equal_by_type_and_value),
	KUNIT_CASE_PARAM(bad_handles_are_invalid_parameters, nmr_side_gen_params),
	KUNIT_CASE(attach_with_a_bad_handle_is_invalid),
	KUNIT_CASE(attach_a_second_time_is_invalid),
	KUNIT_CASE_PARAM(warnings_name_the_drivers_function, nmr_side_gen_params),
	KUNIT_CASE_PARAM(registering_without_a_part_is_invalid, nmr_side_gen_params),
	KUNIT_CASE_PARAM(functions_have_addresses, nmr_side_gen_params),
	KUNIT_CASE_PARAM(wait_without_deregister_is_invalid, nmr_side_gen_params),
	KUNIT_CASE_PARAM(wait_for_a_stale_handle_is_invalid, nmr_side_gen_params),
	KUNIT_CASE_PARAM(deregister_twice_is_invalid, nmr_side_gen_params),
	KUNIT_CASE_PARAM(wait_for_oneself_is_a_reported_deadlock, nmr_side_gen_params),
	KUNIT_CASE_PARAM(detach_that_returns_anything_else_is_reported, nmr_side_gen_params),
	{}
};

static struct kunit_suite calls_suite = {
	.name = "nmr_wdk_calls",
	.init = nmr_test_init,
	.exit = nmr_test_exit,
	.test_cases = calls_cases,
};

static struct kunit_case race_cases[] = {
	KUNIT_CASE_PARAM(nmr_race_01_two_that_register_at_once_bind_once, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_02_peer_deregisters_during_attach, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_03_both_deregister_at_once, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_04_complete_inside_the_detach_that_pends,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_05_complete_before_the_detach, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_06_out_of_memory_registers_nothing, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_07_both_complete_at_once, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_08_wait_begins_before_and_after_completion,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_09_attach_fails_while_a_side_deregisters,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_10_client_attaches_and_then_fails, refusal_gen_params),
	KUNIT_CASE(nmr_race_11_client_succeeds_without_attaching),
	KUNIT_CASE_PARAM(nmr_race_12_deregister_from_ones_own_attach, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_12_deregister_from_ones_own_detach_and_cleanup,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_13_stale_handles_reach_nothing, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_15_deregister_and_complete_at_any_level,
			 nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_15_deregister_with_a_spin_lock_held, nmr_side_gen_params),
	KUNIT_CASE_PARAM(nmr_race_16_blocked_callback_delays_no_other_binding,
			 nmr_side_gen_params),
	{}
};

static struct kunit_suite race_suite = {
	.name = "nmr_wdk_race",
	.init = nmr_test_init,
	.exit = nmr_test_exit,
	.test_cases = race_cases,
};

kunit_test_suites(&status_suite, &calls_suite, &race_suite);
