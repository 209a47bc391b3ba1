/* SPDX-License-Identifier: GPL-2.0 */
/* Defines the tracepoints in the one file that sets CREATE_TRACE_POINTS. */
#ifdef CREATE_TRACE_POINTS
#undef CREATE_TRACE_POINTS
#undef DECLARE_EVENT_CLASS
#undef DEFINE_EVENT

#define DECLARE_EVENT_CLASS(class, proto, args, fields, assign, print)	\
	static inline void ex_trace_##class(proto)			\
	{								\
		struct { fields } __ex_entry, *__entry = &__ex_entry;	\
									\
		assign							\
		(void)__ex_entry;					\
	}								\
	static_assert(1)
#define DEFINE_EVENT(class, name, proto, args)				\
	void trace_##name(proto)					\
	{								\
		ex_trace_##class(args);					\
	}								\
	static_assert(1)
#define TRACE_HEADER_MULTI_READ
#include <trace/events/nmr.h>
#undef TRACE_HEADER_MULTI_READ
#endif
