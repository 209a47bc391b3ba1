/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Windows' GUIDs by their Windows names. A GUID has the layout of a guid_t.
 *
 * DEFINE_GUID() declares a GUID, or defines it where INITGUID is set;
 * <initguid.h> sets that and includes this file again.
 */
#ifndef _NMR_GUIDDEF_H
#define _NMR_GUIDDEF_H

typedef struct _GUID {
	unsigned int Data1;
	unsigned short Data2;
	unsigned short Data3;
	unsigned char Data4[8];
} GUID, *LPGUID;

typedef const GUID *LPCGUID;
typedef const GUID *REFGUID;
typedef GUID IID, CLSID;
typedef const IID *REFIID;
typedef const CLSID *REFCLSID;

#define IsEqualGUID(first, second) (!__builtin_memcmp(first, second, sizeof(GUID)))
#define InlineIsEqualGUID(first, second) IsEqualGUID(first, second)
#define IsEqualIID(first, second) IsEqualGUID(first, second)
#define IsEqualCLSID(first, second) IsEqualGUID(first, second)

#endif /* _NMR_GUIDDEF_H */

#undef DEFINE_GUID
#ifdef INITGUID
/* Weak, since several files of a driver may define the same GUID. */
#define DEFINE_GUID(name, data1, data2, data3, b0, b1, b2, b3, b4, b5, b6, b7)	\
	extern const GUID name;							\
	const GUID __attribute__((__weak__)) name = {				\
		data1, data2, data3, { b0, b1, b2, b3, b4, b5, b6, b7 }		\
	}
#else
#define DEFINE_GUID(name, data1, data2, data3, b0, b1, b2, b3, b4, b5, b6, b7)	\
	extern const GUID name
#endif
