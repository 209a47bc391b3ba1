// SPDX-License-Identifier: GPL-2.0
/* Strings that know their length. */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "windows.h"

/**
 * RtlInitUnicodeString() - a string that another one is the text of
 * @DestinationString: to be set
 * @SourceString: ends with 0, and stays the text; NULL, none
 *
 * Context: <= DISPATCH_LEVEL.
 */
void RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
	size_t length = 0;

	/* What, with its 0, is the most that fits into the lengths. */
	while (SourceString && SourceString[length] &&
	       length < (U16_MAX - 1) / sizeof(WCHAR) - 1)
		length++;
	DestinationString->Length = length * sizeof(WCHAR);
	DestinationString->MaximumLength = SourceString ? (length + 1) * sizeof(WCHAR) : 0;
	DestinationString->Buffer = (PWCH)SourceString;
}
EXPORT_SYMBOL_GPL(RtlInitUnicodeString);

/**
 * RtlCopyUnicodeString() - copy as much as there is room for
 * @DestinationString: has a buffer
 * @SourceString: NULL, nothing
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
