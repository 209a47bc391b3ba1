// SPDX-License-Identifier: GPL-2.0
/* Counted strings. */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "windows.h"

/**
 * RtlInitUnicodeString() - initialise a counted string
 * @DestinationString: the counted string
 * @SourceString: 0-terminated text, which becomes the buffer; NULL for none
 *
 * Context: <= DISPATCH_LEVEL.
 */
void RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
	size_t length = 0;

	/* MaximumLength, which includes the 0, must fit into 16 bits. */
	while (SourceString && SourceString[length] &&
	       length < (U16_MAX - 1) / sizeof(WCHAR) - 1)
		length++;
	DestinationString->Length = length * sizeof(WCHAR);
	DestinationString->MaximumLength = SourceString ? (length + 1) * sizeof(WCHAR) : 0;
	DestinationString->Buffer = (PWCH)SourceString;
}
EXPORT_SYMBOL_GPL(RtlInitUnicodeString);

/**
 * RtlCopyUnicodeString() - copy a counted string, truncated to the buffer
 * @DestinationString: the copy; has a buffer
 * @SourceString: the string; NULL counts as empty
 *
 * Context: <= DISPATCH_LEVEL.
 */
void RtlCopyUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
	USHORT room = DestinationString->MaximumLength;
	USHORT length = SourceString ? min(SourceString->Length, room) : 0;

	if (length)
		memcpy(DestinationString->Buffer, SourceString->Buffer, length);
	DestinationString->Length = length;
	if (length + sizeof(WCHAR) <= room)
		DestinationString->Buffer[length / sizeof(WCHAR)] = 0;
}
EXPORT_SYMBOL_GPL(RtlCopyUnicodeString);
