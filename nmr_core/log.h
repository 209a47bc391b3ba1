/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_LOG_H
#define _NMR_LOG_H

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/printk.h>

struct nmr_binding_object;
struct nmr_registration;

/* Steps, in the one grammar of Documentation/trace.rst, through pr_debug(). */
void nmr_log_registration(const char *step, const struct nmr_registration *registration,
			  int result);
void nmr_log_call(const char *step, const struct nmr_binding_object *binding);
void nmr_log_result(const char *step, const struct nmr_binding_object *binding,
		    int result);

/* A call that was wrong: one line, naming who made it (contract 5). */
#define nmr_warn_caller(caller, fmt, ...)				\
	pr_warn("%pS: " fmt "\n", (void *)(caller), ##__VA_ARGS__)

#endif /* _NMR_LOG_H */
