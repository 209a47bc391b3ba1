// SPDX-License-Identifier: GPL-2.0
/*
 * A client that calls its provider from a timer and from a thread. Both keep
 * running while providers come and go; a rundown counts their calls. As total()
 * sleeps, a gate would not do.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/nmr.h>
#include <linux/nmr_rundown.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/version.h>
#include "ticks.h"

/* For a timer that only rearms itself, the two do the same. */
#if KERNEL_VERSION(6, 2, 0) > LINUX_VERSION_CODE
#define timer_shutdown_sync(timer) del_timer_sync(timer)
#endif

struct ticks_binding {
	struct nmr_rundown calls;
	const struct ticks_provider_dispatch *provider;
	void *provider_binding_context;
	struct rcu_head rcu;
};

/* Bit 0: there is a binding. Only the first of several providers is used. */
static unsigned long ticks_bound;
/* The binding, once calls through it may begin. */
static struct ticks_binding __rcu *ticks_binding;
static struct nmr_client *ticks_client;
static struct task_struct *ticks_thread;

/*
 * Returns the binding to call through, or NULL. The rundown keeps it alive until
 * ticks_exit_binding(); the RCU read section keeps it alive until it is entered.
 */
static struct ticks_binding *ticks_enter_binding(void)
{
	struct ticks_binding *binding;

	rcu_read_lock();
	binding = rcu_dereference(ticks_binding);
	if (binding && !nmr_rundown_enter(&binding->calls))
		binding = NULL;
	rcu_read_unlock();
	return binding;
}

static void ticks_exit_binding(struct ticks_binding *binding)
{
	/* This may complete the detach: do not touch the binding afterwards. */
	nmr_rundown_exit(&binding->calls);
}

static void ticks_timer_expired(struct timer_list *timer);
static DEFINE_TIMER(ticks_timer, ticks_timer_expired);

static void ticks_timer_expired(struct timer_list *timer)
{
	struct ticks_binding *binding = ticks_enter_binding();

	if (binding) {
		binding->provider->tick(binding->provider_binding_context);
		ticks_exit_binding(binding);
	}
	mod_timer(&ticks_timer, jiffies + 1);
}

static int ticks_thread_run(void *unused)
{
	u64 total = 0;

	while (!kthread_should_stop()) {
		struct ticks_binding *binding = ticks_enter_binding();

		if (binding) {
			total = binding->provider->total(binding->provider_binding_context);
			ticks_exit_binding(binding);
		} else {
			schedule_timeout_interruptible(HZ / 10);
		}
	}
	pr_info("the last total was %llu\n", total);
	return 0;
}

static int ticks_attach_provider(struct nmr_binding *nmr_binding, void *client_context,
				 const struct npi_registration_instance *provider_instance)
{
	struct ticks_binding *binding;
	const void *dispatch;
	int err;

	/* Callbacks of two providers may run at the same time. */
	if (test_and_set_bit(0, &ticks_bound))
		return -ENODEV;

	err = -ENOMEM;
	binding = kzalloc(sizeof(*binding), GFP_KERNEL);
	if (!binding)
		goto err_alloc;
	err = nmr_rundown_init_client(&binding->calls, nmr_binding, GFP_KERNEL);
	if (err)
		goto err_rundown;
	err = nmr_client_attach_provider(nmr_binding, binding, NULL,
					 &binding->provider_binding_context, &dispatch);
	if (err)
		goto err_attach;

	/* Fully initialised: now the timer and the thread may find it. */
	binding->provider = dispatch;
	rcu_assign_pointer(ticks_binding, binding);
	return 0;

err_attach:
	nmr_rundown_destroy(&binding->calls);
err_rundown:
	kfree(binding);
err_alloc:
	clear_bit(0, &ticks_bound);
	return err;
}

/*
 * No call begins once this has returned. It returns -EINPROGRESS, and the registrar
 * completes the detach when no call is in progress any more.
 */
static int ticks_detach_provider(void *client_binding_context)
{
	struct ticks_binding *binding = client_binding_context;

	return nmr_rundown_detach(&binding->calls);
}

/* No call is in progress, but the timer may still be looking at the rundown. */
static void ticks_cleanup_binding_context(void *client_binding_context)
{
	struct ticks_binding *binding = client_binding_context;

	RCU_INIT_POINTER(ticks_binding, NULL);
	nmr_rundown_destroy(&binding->calls);
	kfree_rcu(binding, rcu);
	clear_bit_unlock(0, &ticks_bound);
}

static const struct nmr_client_characteristics ticks_characteristics = {
	.attach_provider = ticks_attach_provider,
	.detach_provider = ticks_detach_provider,
	.cleanup_binding_context = ticks_cleanup_binding_context,
	.instance.npi_id = &ticks_npi_id,
};

static int __init ticks_init(void)
{
	int err;

	ticks_thread = kthread_run(ticks_thread_run, NULL, "ticks");
	if (IS_ERR(ticks_thread))
		return PTR_ERR(ticks_thread);
	mod_timer(&ticks_timer, jiffies + 1);

	err = nmr_register_client(&ticks_characteristics, NULL, &ticks_client);
	if (err)
		goto err_register;
	return 0;

err_register:
	timer_shutdown_sync(&ticks_timer);
	kthread_stop(ticks_thread);
	return err;
}

static void __exit ticks_exit(void)
{
	/* Returns -EINPROGRESS, as the client is registered. */
	nmr_deregister_client(ticks_client);
	nmr_wait_for_client_deregister_complete(ticks_client);

	/*
	 * The registrar is done with this module, but the timer and the thread
	 * still run, without finding a binding.
	 */
	timer_shutdown_sync(&ticks_timer);
	kthread_stop(ticks_thread);
}

module_init(ticks_init);
module_exit(ticks_exit);

MODULE_DESCRIPTION("Client of the ticks NPI");
MODULE_LICENSE("GPL");
