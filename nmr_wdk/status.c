// SPDX-License-Identifier: GPL-2.0
/* Conversion between NTSTATUS and errno. */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>

#include "status.h"

/*
 * One table for both directions: the first entry with the status or with the
 * errno counts. So a status that is the first of its errno survives both
 * conversions.
 */
static const struct {
	NTSTATUS status;
	int err;
} nmr_wdk_status_table[] = {
	{ STATUS_SUCCESS,			0 },
	{ STATUS_PENDING,			-EINPROGRESS },
	{ STATUS_NOINTERFACE,			-ENODEV },
	{ STATUS_INVALID_PARAMETER,		-EINVAL },
	{ STATUS_INSUFFICIENT_RESOURCES,	-ENOMEM },
	{ STATUS_NO_MEMORY,			-ENOMEM },
	{ STATUS_UNSUCCESSFUL,			-EIO },
	{ STATUS_INTERNAL_ERROR,		-EIO },
	{ STATUS_INVALID_HANDLE,		-EBADF },
	{ STATUS_NOT_SUPPORTED,			-EOPNOTSUPP },
	{ STATUS_NOT_IMPLEMENTED,		-EOPNOTSUPP },
	{ STATUS_DEVICE_NOT_READY,		-EAGAIN },
	{ STATUS_DEVICE_NOT_CONNECTED,		-ENXIO },
	{ STATUS_DEVICE_BUSY,			-EBUSY },
	{ STATUS_ACCESS_DENIED,			-EACCES },
	{ STATUS_ACCESS_DENIED,			-EPERM },
	{ STATUS_NOT_FOUND,			-ENOENT },
	{ STATUS_OBJECT_NAME_NOT_FOUND,		-ENOENT },
	{ STATUS_OBJECT_NAME_COLLISION,		-EEXIST },
	{ STATUS_REVISION_MISMATCH,		-EPROTONOSUPPORT },
	{ STATUS_UNKNOWN_REVISION,		-EPROTONOSUPPORT },
	{ STATUS_DELETE_PENDING,		-ESHUTDOWN },
	{ STATUS_CANCELLED,			-ECANCELED },
	{ STATUS_IO_TIMEOUT,			-ETIMEDOUT },
	{ STATUS_TIMEOUT,			-ETIMEDOUT },
	{ STATUS_BUFFER_TOO_SMALL,		-ERANGE },
	{ STATUS_BUFFER_OVERFLOW,		-EOVERFLOW },
	{ STATUS_INVALID_DEVICE_REQUEST,	-ENOTTY },
	{ STATUS_INVALID_DEVICE_STATE,		-EUCLEAN },
	{ STATUS_POSSIBLE_DEADLOCK,		-EDEADLK },
};

/**
 * nmr_wdk_status() - convert the result of a Linux function
 * @err: 0, a negative errno, or any other value that a module returned
 *
 * Context: Any.
 * Return: the status from the table; STATUS_UNSUCCESSFUL if there is none.
 */
NTSTATUS nmr_wdk_status(int err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nmr_wdk_status_table); i++)
		if (nmr_wdk_status_table[i].err == err)
			return nmr_wdk_status_table[i].status;
	return STATUS_UNSUCCESSFUL;
}
EXPORT_SYMBOL_GPL(nmr_wdk_status);

/**
 * nmr_wdk_errno() - convert the result of a Windows function
 * @status: any value
 *
 * Context: Any.
 * Return: the errno from the table; if there is none, 0 for a success and -EIO
 *	for a warning or an error.
 */
int nmr_wdk_errno(NTSTATUS status)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nmr_wdk_status_table); i++)
		if (nmr_wdk_status_table[i].status == status)
			return nmr_wdk_status_table[i].err;
	return NT_SUCCESS(status) ? 0 : -EIO;
}
EXPORT_SYMBOL_GPL(nmr_wdk_errno);

/* Drivers test NT_SUCCESS(), so every success attaches. */
int nmr_wdk_attach_errno(NTSTATUS status)
{
	return NT_SUCCESS(status) ? 0 : nmr_wdk_errno(status);
}

/* For the same reason -EINPROGRESS here must not become STATUS_PENDING. */
NTSTATUS nmr_wdk_attach_status(int err)
{
	NTSTATUS status = nmr_wdk_status(err);

	return err && NT_SUCCESS(status) ? STATUS_UNSUCCESSFUL : status;
}

/* Valid are success and pending; the registrar reports any other result. */
int nmr_wdk_detach_errno(NTSTATUS status)
{
	if (status == STATUS_SUCCESS)
		return 0;
	return nmr_wdk_errno(status) ?: -EIO;
}
