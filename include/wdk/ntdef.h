/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Windows' basic types and macros. No file of this folder includes a Linux header,
 * so that a driver may use every name that Windows does not.
 *
 * long has 64 bits here and 32 on Windows, so LONG and ULONG are int.
 */
#ifndef _NMR_NTDEF_H
#define _NMR_NTDEF_H

#include "guiddef.h"
#include "sal.h"

#ifndef NULL
#define NULL ((void *)0)
#endif

#define VOID	void
#define CONST	const

typedef __SIZE_TYPE__ size_t;
typedef __WCHAR_TYPE__ wchar_t;

#define __int8	char
#define __int16	short
#define __int32	int
#define __int64	long long

typedef char CHAR, *PCHAR, *PSTR, CCHAR;
typedef const char *PCSTR, *PCCHAR;
typedef short SHORT, *PSHORT, CSHORT;
typedef int LONG, *PLONG;
typedef int INT, *PINT;
typedef long long LONGLONG, *PLONGLONG, LONG64, *PLONG64;

typedef unsigned char UCHAR, *PUCHAR;
typedef unsigned short USHORT, *PUSHORT;
typedef unsigned int ULONG, *PULONG;
typedef unsigned int UINT, *PUINT;
typedef unsigned long long ULONGLONG, *PULONGLONG, ULONG64, *PULONG64;

typedef signed char INT8, *PINT8;
typedef short INT16, *PINT16;
typedef int INT32, *PINT32, LONG32, *PLONG32;
typedef long long INT64, *PINT64;
typedef unsigned char UINT8, *PUINT8;
typedef unsigned short UINT16, *PUINT16;
typedef unsigned int UINT32, *PUINT32, ULONG32, *PULONG32;
typedef unsigned long long UINT64, *PUINT64;

typedef wchar_t WCHAR, *PWCHAR, *PWSTR, *PWCH;
typedef const wchar_t *PCWSTR, *PCWCH;

typedef long long INT_PTR, *PINT_PTR, LONG_PTR, *PLONG_PTR, SSIZE_T, *PSSIZE_T;
typedef unsigned long long UINT_PTR, *PUINT_PTR, ULONG_PTR, *PULONG_PTR;
typedef ULONG_PTR SIZE_T, *PSIZE_T;

typedef void *PVOID;
typedef void *HANDLE, **PHANDLE;
typedef UCHAR BOOLEAN, *PBOOLEAN;
typedef LONG NTSTATUS, *PNTSTATUS;

#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif

typedef union _LARGE_INTEGER {
	struct {
		ULONG LowPart;
		LONG HighPart;
	};
	struct {
		ULONG LowPart;
		LONG HighPart;
	} u;
	LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
	struct {
		ULONG LowPart;
		ULONG HighPart;
	};
	struct {
		ULONG LowPart;
		ULONG HighPart;
	} u;
	ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef struct _LUID {
	ULONG LowPart;
	LONG HighPart;
} LUID, *PLUID;

typedef struct _UNICODE_STRING {
	USHORT Length;
	USHORT MaximumLength;
	PWCH Buffer;
} UNICODE_STRING, *PUNICODE_STRING;

typedef const UNICODE_STRING *PCUNICODE_STRING;

/* Has the layout of a list_head. */
typedef struct _LIST_ENTRY {
	struct _LIST_ENTRY *Flink;
	struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY;

typedef struct _SINGLE_LIST_ENTRY {
	struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

/* x86-64 has a single calling convention. */
#define NTAPI
#define FASTCALL
#define CALLBACK
#define __cdecl
#define __stdcall
#define __fastcall
#define NTSYSAPI
#define NTKERNELAPI
#define EXTERN_C	extern
#define EXTERN_C_START
#define EXTERN_C_END

/*
 * A FORCEINLINE function in a header, without static, is inlined where it is used
 * and emitted nowhere: this needs C's inline and not gnu_inline, which the kernel
 * makes of it.
 */
#ifdef NMR_WDK_SOURCE
#undef __inline__
#endif
#define __forceinline	__inline__ __attribute__((__always_inline__))
#define FORCEINLINE	__forceinline
#define DECLSPEC_NOINLINE	__attribute__((__noinline__))
#define DECLSPEC_NORETURN	__attribute__((__noreturn__))
#define DECLSPEC_ALIGN(bytes)	__attribute__((__aligned__(bytes)))
#define DECLSPEC_SELECTANY	__attribute__((__weak__))
#define DECLSPEC_CACHEALIGN	DECLSPEC_ALIGN(64)

#define FIELD_OFFSET(type, field)	((LONG)__builtin_offsetof(type, field))
#define UFIELD_OFFSET(type, field)	((ULONG)__builtin_offsetof(type, field))
#define CONTAINING_RECORD(address, type, field) \
	((type *)((PCHAR)(address) - __builtin_offsetof(type, field)))
#define RTL_FIELD_SIZE(type, field)	(sizeof(((type *)0)->field))
#define RTL_SIZEOF_THROUGH_FIELD(type, field) \
	(__builtin_offsetof(type, field) + RTL_FIELD_SIZE(type, field))
#define RTL_CONTAINS_FIELD(structure, size, field) \
	((PCHAR)(&(structure)->field + 1) <= (PCHAR)(structure) + (size))
#define RTL_NUMBER_OF(array)	(sizeof(array) / sizeof((array)[0]))
#ifndef ARRAYSIZE
#define ARRAYSIZE(array)	RTL_NUMBER_OF(array)
#endif

#define UNREFERENCED_PARAMETER(parameter)	((void)(parameter))
#define DBG_UNREFERENCED_PARAMETER(parameter)	((void)(parameter))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(variable)	((void)(variable))

#ifndef C_ASSERT
#define C_ASSERT(condition)	_Static_assert(condition, #condition)
#endif

#include "ntstatus.h"

#endif /* _NMR_NTDEF_H */
