// SPDX-License-Identifier: GPL-2.0
/* Drivers' log output and assertions. */
#include <linux/bug.h>
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/stdarg.h>
#include <linux/string.h>

#include "windows.h"

/* Limit of one DbgPrint(), as on Windows. */
#define NMR_WDK_LINE 512

struct nmr_wdk_line {
	char text[NMR_WDK_LINE];
	size_t length;
};

/* A conversion specification: everything from the % to the letter. */
struct nmr_wdk_conversion {
	/* Flags, width and precision, with the number in place of a *. */
	char format[32];
	size_t length;
	int precision;	/* -1: none */
	enum {
		NMR_WDK_NONE,
		NMR_WDK_BYTE,
		NMR_WDK_SHORT,	/* or narrow characters */
		NMR_WDK_LONG,	/* 32 bits, or wide characters */
		NMR_WDK_LONG_LONG,
	} size;
	char letter;
};

static void nmr_wdk_put(struct nmr_wdk_line *line, char c)
{
	if (line->length < sizeof(line->text) - 1)
		line->text[line->length++] = c;
}

/* Writes a character of up to 21 bits as UTF-8. */
static void nmr_wdk_put_wide(struct nmr_wdk_line *line, u32 c)
{
	if (c < 0x80) {
		nmr_wdk_put(line, c);
		return;
	}
	if (c < 0x800) {
		nmr_wdk_put(line, 0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			nmr_wdk_put(line, 0xe0 | c >> 12);
		} else {
			nmr_wdk_put(line, 0xf0 | c >> 18);
			nmr_wdk_put(line, 0x80 | (c >> 12 & 0x3f));
		}
		nmr_wdk_put(line, 0x80 | (c >> 6 & 0x3f));
	}
	nmr_wdk_put(line, 0x80 | (c & 0x3f));
}

/* Writes up to @most units of UTF-16, or up to the terminating 0. */
static void nmr_wdk_put_utf16(struct nmr_wdk_line *line, const WCHAR *text, size_t most)
{
	size_t i;

	for (i = 0; i < most && text[i]; i++) {
		u32 c = text[i];

		if (c >> 10 == 0xd800 >> 10 && i + 1 < most &&
		    text[i + 1] >> 10 == 0xdc00 >> 10)
			c = 0x10000 + ((c & 0x3ff) << 10) + (text[++i] & 0x3ff);
		nmr_wdk_put_wide(line, c);
	}
}

static void nmr_wdk_add(struct nmr_wdk_conversion *conversion, const char *text)
{
	conversion->length += scnprintf(conversion->format + conversion->length,
					sizeof(conversion->format) - conversion->length,
					"%s", text);
}

static void nmr_wdk_add_number(struct nmr_wdk_conversion *conversion, int number)
{
	char text[12];

	snprintf(text, sizeof(text), "%d", number);
	nmr_wdk_add(conversion, text);
}

/*
 * Parses a width or a precision, which is digits, or * for @argument, and limits
 * it to the line's length: Linux has only 16 bits for it. Returns the rest of
 * the format.
 */
static const char *nmr_wdk_number(const char *format, int *number, int argument)
{
	if (*format == '*') {
		*number = clamp(argument, -NMR_WDK_LINE, NMR_WDK_LINE);
		return format + 1;
	}
	for (; isdigit(*format); format++)
		*number = min(*number * 10 + *format - '0', NMR_WDK_LINE);
	return format;
}

static const struct {
	const char *text;
	int size;
} nmr_wdk_sizes[] = {
	{ "I64", NMR_WDK_LONG_LONG },
	{ "I32", NMR_WDK_LONG },
	{ "I", NMR_WDK_LONG_LONG },
	{ "ll", NMR_WDK_LONG_LONG },
	{ "l", NMR_WDK_LONG },
	{ "w", NMR_WDK_LONG },
	{ "z", NMR_WDK_LONG_LONG },
	{ "hh", NMR_WDK_BYTE },
	{ "h", NMR_WDK_SHORT },
};

static const char *nmr_wdk_size(struct nmr_wdk_conversion *conversion, const char *format)
{
	size_t i, length;

	for (i = 0; i < ARRAY_SIZE(nmr_wdk_sizes); i++) {
		length = strlen(nmr_wdk_sizes[i].text);
		if (strncmp(format, nmr_wdk_sizes[i].text, length))
			continue;
		conversion->size = nmr_wdk_sizes[i].size;
		return format + length;
	}
	return format;
}

/* Extends a number of the conversion's size to 64 bits. */
static long long nmr_wdk_signed(const struct nmr_wdk_conversion *conversion, long long number)
{
	switch (conversion->size) {
	case NMR_WDK_BYTE:
		return (s8)number;
	case NMR_WDK_SHORT:
		return (s16)number;
	case NMR_WDK_LONG_LONG:
		return number;
	default:
		return (s32)number;
	}
}

static long long nmr_wdk_unsigned(const struct nmr_wdk_conversion *conversion, long long number)
{
	switch (conversion->size) {
	case NMR_WDK_BYTE:
		return (u8)number;
	case NMR_WDK_SHORT:
		return (u16)number;
	case NMR_WDK_LONG_LONG:
		return number;
	default:
		return (u32)number;
	}
}

/* Completes the conversion with Linux' size and letter, and writes the value. */
#define nmr_wdk_put_as(line, conversion, end, value)				\
	do {									\
		struct nmr_wdk_line *__line = (line);				\
		struct nmr_wdk_conversion *__conversion = (conversion);		\
										\
		nmr_wdk_add(__conversion, end);					\
		__line->length += scnprintf(__line->text + __line->length,	\
					    sizeof(__line->text) - __line->length,\
					    __conversion->format, value);	\
	} while (0)

static void nmr_wdk_put_number(struct nmr_wdk_line *line,
			       struct nmr_wdk_conversion *conversion, long long number)
{
	const char end[] = { 'l', 'l', conversion->letter, '\0' };

	if (conversion->letter == 'd' || conversion->letter == 'i')
		number = nmr_wdk_signed(conversion, number);
	else
		number = nmr_wdk_unsigned(conversion, number);
	nmr_wdk_put_as(line, conversion, end, number);
}

static bool nmr_wdk_is_wide(const struct nmr_wdk_conversion *conversion)
{
	if (conversion->letter == 'S' || conversion->letter == 'C')
		return conversion->size != NMR_WDK_SHORT;
	return conversion->size == NMR_WDK_LONG;
}

static void nmr_wdk_put_string(struct nmr_wdk_line *line,
			       struct nmr_wdk_conversion *conversion, const void *text)
{
	size_t most = conversion->precision < 0 ? NMR_WDK_LINE : conversion->precision;

	if (text && nmr_wdk_is_wide(conversion))
		nmr_wdk_put_utf16(line, text, most);
	else
		nmr_wdk_put_as(line, conversion, "s", (const char *)text);
}

static void nmr_wdk_put_counted(struct nmr_wdk_line *line, PCUNICODE_STRING string)
{
	if (string)
		nmr_wdk_put_utf16(line, string->Buffer, string->Length / sizeof(WCHAR));
}

/*
 * Windows' format: its size prefixes, a 32-bit long, and wide characters. An
 * unknown conversion is written unchanged and ends the formatting, since its
 * argument's size is unknown.
 */
static void nmr_wdk_put_format(struct nmr_wdk_line *line, const char *format, va_list args)
{
	struct nmr_wdk_conversion conversion;
	const char *begin;
	int width;

	while (*format) {
		if (*format != '%') {
			nmr_wdk_put(line, *format++);
			continue;
		}
		begin = format++;
		conversion = (struct nmr_wdk_conversion){ .precision = -1 };
		nmr_wdk_add(&conversion, "%");
		for (; *format && strchr("-+ #0", *format); format++)
			if (conversion.length < 6)
				nmr_wdk_add(&conversion, (char []){ *format, '\0' });
		width = 0;
		format = nmr_wdk_number(format, &width, *format == '*' ? va_arg(args, int) : 0);
		if (width)
			nmr_wdk_add_number(&conversion, width);
		if (*format == '.') {
			conversion.precision = 0;
			format++;
			format = nmr_wdk_number(format, &conversion.precision,
						*format == '*' ? va_arg(args, int) : 0);
		}
		/* A negative precision counts as none. */
		if (conversion.precision >= 0) {
			nmr_wdk_add(&conversion, ".");
			nmr_wdk_add_number(&conversion, conversion.precision);
		}
		format = nmr_wdk_size(&conversion, format);
		conversion.letter = *format;
		switch (*format) {
		case 'd':
		case 'i':
		case 'o':
		case 'u':
		case 'x':
		case 'X':
			nmr_wdk_put_number(line, &conversion,
					   conversion.size == NMR_WDK_LONG_LONG ?
						   va_arg(args, long long) :
						   va_arg(args, int));
			break;
		case 'c':
		case 'C':
			if (nmr_wdk_is_wide(&conversion))
				nmr_wdk_put_wide(line, va_arg(args, int));
			else
				nmr_wdk_put_as(line, &conversion, "c", va_arg(args, int));
			break;
		case 's':
		case 'S':
			nmr_wdk_put_string(line, &conversion, va_arg(args, const void *));
			break;
		case 'Z':
			nmr_wdk_put_counted(line, va_arg(args, PCUNICODE_STRING));
			break;
		case 'p':
			nmr_wdk_put_as(line, &conversion, "p", va_arg(args, void *));
			break;
		case '%':
			nmr_wdk_put(line, '%');
			break;
		default:
			while (*begin)
				nmr_wdk_put(line, *begin++);
			return;
		}
		format++;
	}
}

/**
 * DbgPrint() - write to the kernel's log
 * @Format: Windows' format, with its conversions for integers, characters,
 *	strings and pointers, and wZ for a UNICODE_STRING
 *
 * Context: Any but NMI.
 * Return: STATUS_SUCCESS.
 */
ULONG DbgPrint(PCSTR Format, ...)
{
	struct nmr_wdk_line line;
	va_list args;

	line.length = 0;
	va_start(args, Format);
	nmr_wdk_put_format(&line, Format, args);
	va_end(args);
	line.text[line.length] = '\0';
	pr_info("%s", line.text);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(DbgPrint);

/**
 * RtlAssert() - report a failed ASSERT()
 * @VoidFailedAssertion: text of the asserted expression
 * @VoidFileName: source file
 * @LineNumber: line in it
 * @MutableMessage: message, or NULL
 *
 * Context: Any.
 */
void RtlAssert(PVOID VoidFailedAssertion, PVOID VoidFileName, ULONG LineNumber,
	       PSTR MutableMessage)
{
	WARN(1, "%s:%u: assertion failed: %s%s%s\n", (char *)VoidFileName, LineNumber,
	     MutableMessage ?: "", MutableMessage ? ": " : "", (char *)VoidFailedAssertion);
}
EXPORT_SYMBOL_GPL(RtlAssert);
