/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Annotations for Microsoft's static analyser (SAL), which compilers ignore.
 */
#ifndef _NMR_SAL_H
#define _NMR_SAL_H

#define _In_
#define _In_opt_
#define _In_z_
#define _In_opt_z_
#define _In_reads_(size)
#define _In_reads_opt_(size)
#define _In_reads_bytes_(size)
#define _In_reads_bytes_opt_(size)
#define _In_range_(low, high)
#define _Out_
#define _Out_opt_
#define _Out_writes_(size)
#define _Out_writes_opt_(size)
#define _Out_writes_to_(size, count)
#define _Out_writes_bytes_(size)
#define _Out_writes_bytes_opt_(size)
#define _Out_writes_bytes_to_(size, count)
#define _Out_writes_bytes_all_(size)
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Outptr_opt_result_maybenull_
#define _Outptr_result_nullonfailure_
#define _Outptr_result_bytebuffer_(size)
#define _Inout_
#define _Inout_opt_
#define _Inout_updates_(size)
#define _Inout_updates_opt_(size)
#define _Inout_updates_bytes_(size)
#define _Inout_updates_bytes_opt_(size)
#define _Reserved_
#define _Const_
#define _Pre_
#define _Post_
#define _Pre_maybenull_
#define _Pre_notnull_
#define _Pre_null_
#define _Pre_satisfies_(condition)
#define _Post_invalid_
#define _Post_maybenull_
#define _Post_notnull_
#define _Post_ptr_invalid_
#define _Post_satisfies_(condition)
#define _Post_valid_
#define _Post_writable_byte_size_(size)
#define _Prepost_z_
#define _Null_terminated_
#define _NullNull_terminated_
#define _Notnull_
#define _Maybenull_
#define _Maybe_null_
#define _Deref_out_
#define _Deref_post_opt_valid_
#define _Deref_out_range_(low, high)
#define _Field_range_(low, high)
#define _Field_size_(size)
#define _Field_size_opt_(size)
#define _Field_size_bytes_(size)
#define _Field_size_bytes_opt_(size)
#define _Field_size_bytes_part_(size, count)
#define _Field_z_
#define _Struct_size_bytes_(size)
#define _Readable_bytes_(size)
#define _Writable_bytes_(size)
#define _Readable_elements_(size)
#define _Writable_elements_(size)
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Ret_range_(low, high)
#define _Ret_z_
#define _Return_type_success_(condition)
#define _Result_nullonfailure_
#define _Success_(condition)
#define _On_failure_(annotations)
#define _Always_(annotations)
#define _When_(condition, annotations)
#define _At_(expression, annotations)
#define _At_buffer_(expression, iterator, size, annotations)
#define _Group_(annotations)
#define _Points_to_data_
#define _Literal_
#define _Notliteral_
#define _Check_return_
#define _Must_inspect_result_
#define _Printf_format_string_
#define _Use_decl_annotations_
#define _Analysis_assume_(condition)
#define _Analysis_noreturn_
#define _Function_class_(name)
#define _Enum_is_bitflag_
#define _Strict_type_match_
#define _Interlocked_
#define _Interlocked_operand_
#define _Guarded_by_(lock)
#define _Write_guarded_by_(lock)
#define _Has_lock_kind_(kind)
#define _Has_lock_level_(level)
#define _Lock_level_order_(first, second)
#define _Create_lock_level_(level)
#define _Acquires_lock_(lock)
#define _Acquires_exclusive_lock_(lock)
#define _Acquires_shared_lock_(lock)
#define _Acquires_nonreentrant_lock_(lock)
#define _Releases_lock_(lock)
#define _Releases_exclusive_lock_(lock)
#define _Releases_shared_lock_(lock)
#define _Releases_nonreentrant_lock_(lock)
#define _Requires_lock_held_(lock)
#define _Requires_lock_not_held_(lock)
#define _Requires_exclusive_lock_held_(lock)
#define _Requires_shared_lock_held_(lock)
#define _Requires_no_locks_held_
#define _Post_same_lock_(first, second)
#define _IRQL_requires_(level)
#define _IRQL_requires_max_(level)
#define _IRQL_requires_min_(level)
#define _IRQL_requires_same_
#define _IRQL_always_function_max_(level)
#define _IRQL_always_function_min_(level)
#define _IRQL_raises_(level)
#define _IRQL_saves_
#define _IRQL_saves_global_(kind, parameter)
#define _IRQL_restores_
#define _IRQL_restores_global_(kind, parameter)
#define _IRQL_is_cancel_
#define _IRQL_uses_cancel_
#define _Kernel_clear_do_init_(yes)
#define _Kernel_entry_
#define _Kernel_float_restored_
#define _Kernel_float_saved_
#define _Kernel_float_used_
#define _Kernel_IoGetDmaAdapter_
#define _Kernel_releases_resource_(kind)
#define _Kernel_requires_resource_held_(kind)
#define _Kernel_requires_resource_not_held_(kind)
#define _Kernel_acquires_resource_(kind)
#define _Dispatch_type_(function)
#define __drv_acquiresExclusiveResource(kind)
#define __drv_aliasesMem
#define __drv_allocatesMem(kind)
#define __drv_arg(expression, annotations)
#define __drv_at(expression, annotations)
#define __drv_deref(annotations)
#define __drv_dispatchType(kind)
#define __drv_freesMem(kind)
#define __drv_functionClass(name)
#define __drv_in(annotations)
#define __drv_in_deref(annotations)
#define __drv_inTry
#define __drv_interlocked
#define __drv_maxFunctionIRQL(level)
#define __drv_maxIRQL(level)
#define __drv_minIRQL(level)
#define __drv_mustHold(kind)
#define __drv_neverHold(kind)
#define __drv_out(annotations)
#define __drv_out_deref(annotations)
#define __drv_raisesIRQL(level)
#define __drv_releasesExclusiveResource(kind)
#define __drv_requiresIRQL(level)
#define __drv_restoresIRQL
#define __drv_ret(annotations)
#define __drv_sameIRQL
#define __drv_savesIRQL
#define __drv_strictType(type, mode)
#define __drv_strictTypeMatch(mode)
#define __drv_useCancelIRQL
#define __drv_when(condition, annotations)
#define __checkReturn
#define __callback
#define __success(condition)
#define __analysis_assume(condition)

/* The older generation of annotations. */
#define IN
#define OUT
#define OPTIONAL
#define __in
#define __in_opt
#define __in_bcount(size)
#define __in_bcount_opt(size)
#define __in_ecount(size)
#define __in_ecount_opt(size)
#define __out
#define __out_opt
#define __out_bcount(size)
#define __out_bcount_opt(size)
#define __out_ecount(size)
#define __out_ecount_opt(size)
#define __inout
#define __inout_opt
#define __inout_bcount(size)
#define __inout_ecount(size)
#define __deref_out
#define __deref_out_opt
#define __deref_inout
#define __field_bcount(size)
#define __field_ecount(size)
#define __reserved

#endif /* _NMR_SAL_H */
