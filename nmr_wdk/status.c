// SPDX-License-Identifier: GPL-2.0
/* NTSTATUS to errno, and back. */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>

#include "status.h"

/*
 * The only table, read from the top in both directions: the first of a status
 * and the first of an errno count. What comes first of its errno so comes back
 * as it went.
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
 * nmr_wdk_status() - what corresponds to what a Linux function returned
 * @err: 0, a negative errno, or whatever else a module made up
 *
 * Context: Any.
 * Return: the status beside it in the table; STATUS_UNSUCCESSFUL if there is
 *	none.
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
 * nmr_wdk_errno() - what corresponds to what a Windows function returned
 * @status: any
 *
 * Context: Any.
 * Return: the errno beside it in the table; of others, 0 for a success and -EIO
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

/* A driver asks for NT_SUCCESS(): whatever that is true for, attaches. */
int nmr_wdk_attach_errno(NTSTATUS status)
{
	return NT_SUCCESS(status) ? 0 : nmr_wdk_errno(status);
}

/* And what did not attach must not look to it as if it had. */
NTSTATUS nmr_wdk_attach_status(int err)
{
	NTSTATUS status = nmr_wdk_status(err);

	return err && NT_SUCCESS(status) ? STATUS_UNSUCCESSFUL : status;
}

/* There are two answers; the registrar reports every other one. */
int nmr_wdk_detach_errno(NTSTATUS status)
{
	if (status == STATUS_SUCCESS)
		return 0;
	return nmr_wdk_errno(status) ?: -EIO;
}
