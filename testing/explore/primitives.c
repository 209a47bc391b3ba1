// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's primitives, except atomic accesses. Each is one operation, before
 * which another actor may run.
 */
#include <stdarg.h>
#include <stdio.h>

#include "kernel.h"

#include "explore.h"
#include "scenario.h"

#define HERE __builtin_return_address(0)
#define SHARED __attribute__((section("core_data")))

static SHARED struct notifier_block *module_notifier;

struct task_struct *ex_current(void)
{
	return (struct task_struct *)world.current;
}

/* Read sections: RCU, and wherever preemption or interrupts are disabled. */

static bool is_reader(const struct actor *actor)
{
	return actor->rcu || actor->preempt_off || actor->irq_off;
}

static void section_begin(struct actor *actor)
{
	actor->read_section = ex_mix(actor->signature, actor->operations);
}

static void section_end(struct actor *actor);

/* The end of an interrupt or an RCU callback, each of which is a read section. */
void ex_section_over(struct actor *actor)
{
	actor->preempt_off = 0;
	actor->irq_off = 0;
	section_end(actor);
}

static void section_end(struct actor *actor)
{
	u64 bit = 1ULL << actor->id;
	unsigned int i;

	if (is_reader(actor))
		return;
	actor->read_until = actor->clock;
	actor->clock.of[actor->id]++;
	for (i = 0; i < world.actors; i++) {
		struct actor *callback = &world.actor[i];

		if (!(callback->readers & bit))
			continue;
		callback->readers &= ~bit;
		ex_join(&callback->clock, &actor->read_until);
	}
}

void rcu_read_lock(void)
{
	struct actor *actor = world.current;

	if (!is_reader(actor)) {
		ex_operation(NULL, 0, EX_POINT, "rcu_read_lock()", HERE);
		section_begin(actor);
	}
	actor->rcu++;
}

void rcu_read_unlock(void)
{
	struct actor *actor = world.current;

	if (!actor->rcu)
		ex_fail("rcu_read_unlock() without lock");
	actor->rcu--;
	section_end(actor);
}

static void run_callback(void *argument)
{
	struct rcu_head *rcu = argument;

	rcu->func(rcu);
}

static void run_kfree(void *argument)
{
	ex_free(argument);
}

/* The grace period ends with the last of the read sections that are open now. */
static void after_grace_period(void (*function)(void *argument), void *argument)
{
	struct actor *caller = world.current, *callback;
	u64 readers = 0, open = 0;
	unsigned int i;

	caller->operations++;
	for (i = 0; i < world.actors; i++) {
		struct actor *actor = &world.actor[i];

		if (actor->finished || !actor->started || !is_reader(actor))
			continue;
		readers |= 1ULL << i;
		open += ex_mix(actor->read_section, i);
	}
	caller->signature = ex_mix(caller->signature, open + 7);
	callback = ex_spawn(EX_RCU, "rcu", function, argument);
	callback->readers = readers;
	callback->cpu = caller->cpu;
	for (i = 0; i < world.actors; i++)
		ex_join(&callback->clock, &world.actor[i].read_until);
	callback->clock.of[callback->id] = 1;
}

void call_rcu(struct rcu_head *rcu, void (*func)(struct rcu_head *rcu))
{
	ex_access(rcu, sizeof(*rcu), EX_WRITE, HERE);
	rcu->func = func;
	after_grace_period(run_callback, rcu);
}

void ex_kfree_rcu(const void *memory)
{
	after_grace_period(run_kfree, (void *)memory);
}

static bool no_callback_is_left(void *unused)
{
	unsigned int i;

	(void)unused;
	for (i = 0; i < world.actors; i++)
		if (world.actor[i].kind == EX_RCU && !world.actor[i].finished)
			return false;
	return true;
}

static void join_all_of(enum actor_kind kind)
{
	unsigned int i;

	for (i = 0; i < world.actors; i++)
		if (world.actor[i].kind == kind && world.actor[i].finished)
			ex_join(&world.current->clock, &world.actor[i].clock);
}

void rcu_barrier(void)
{
	ex_might_sleep();
	ex_wait(no_callback_is_left, NULL, true, "rcu_barrier()", HERE);
	join_all_of(EX_RCU);
}

static bool has_no_readers(void *callback)
{
	return !((struct actor *)callback)->readers;
}

static void nothing(void *unused)
{
	(void)unused;
}

void synchronize_rcu(void)
{
	struct actor *callback;

	ex_might_sleep();
	after_grace_period(nothing, NULL);
	callback = &world.actor[world.actors - 1];
	/* Returns as soon as the grace period ends. */
	ex_wait(has_no_readers, callback, true, "synchronize_rcu()", HERE);
	callback->finished = true;
	ex_join(&world.current->clock, &callback->clock);
}

/* Preemption, interrupts, processors. */

/* Moves a thread to the other processor, if it may be moved and the search chooses so. */
static void may_move(const void *place)
{
	struct actor *actor = world.current;

	if (!(ex_scenario->flags & EX_MIGRATE) || actor->kind != EX_THREAD ||
	    is_reader(actor) || world.moves >= 2)
		return;
	if (!ex_choose(2, "moves to the other processor", place))
		return;
	world.moves++;
	actor->cpu ^= 1;
	if (!ex_is_runnable(actor))
		ex_point();
}

void preempt_disable(void)
{
	struct actor *actor = world.current;

	if (!is_reader(actor)) {
		may_move(HERE);
		ex_operation(NULL, 0, EX_POINT, "preempt_disable()", HERE);
		section_begin(actor);
	}
	actor->preempt_off++;
}

void preempt_enable(void)
{
	struct actor *actor = world.current;

	if (!actor->preempt_off)
		ex_fail("preempt_enable() without disable");
	actor->preempt_off--;
	section_end(actor);
}

void ex_might_sleep(void)
{
	struct actor *actor = world.current;

	if (actor->rcu || actor->preempt_off || actor->irq_off || actor->spinlocks)
		ex_fail("sleeps in atomic context");
}

void ex_this_cpu_add(unsigned int *pointer, unsigned int n)
{
	unsigned int *count;

	may_move(HERE);
	if (ex_is_site(HERE) || (ex_scenario->flags & EX_TWO_CPUS))
		ex_operation(NULL, 0, EX_POINT, "this_cpu_add()", HERE);
	count = ex_this_cpu(pointer);
	/* Tasks of one processor see its operations in order. */
	ex_access(count, sizeof(*count), EX_RMW | EX_ACQUIRE | EX_RELEASE, HERE);
	*count += n;
}

void ex_this_cpu_write(unsigned int *pointer, unsigned int to)
{
	unsigned int *count;

	ex_operation(NULL, 0, EX_POINT, "this_cpu_write()", HERE);
	count = ex_this_cpu(pointer);
	ex_access(count, sizeof(*count), EX_WRITE, HERE);
	*count = to;
}

/* Locks. */

static bool is_free(void *owner)
{
	return !*(int *)owner;
}

static void take(int *owner, const char *what, const void *place)
{
	ex_wait(is_free, owner, ex_is_site(place), what, place);
	ex_access(owner, sizeof(*owner), EX_LOCK, place);
	if (*owner)
		ex_fail("lock of memory that is no lock");
	*owner = world.current->id + 1;
}

static void give_back(int *owner, const char *what, const void *place)
{
	ex_operation(owner, sizeof(*owner), EX_RMW | EX_RELEASE | EX_UNLOCK, what, place);
	if (*owner != world.current->id + 1)
		ex_fail("%s by %s, which does not hold it", what, world.current->name);
	*owner = 0;
}

void spin_lock_init(spinlock_t *lock)
{
	lock->owner = 0;
}

/* Disables preemption, as without CONFIG_PREEMPT_RT. */
void spin_lock(spinlock_t *lock)
{
	struct actor *actor = world.current;

	if (!is_reader(actor))
		section_begin(actor);
	actor->preempt_off++;
	take(&lock->owner, "spin_lock()", HERE);
	actor->spinlocks++;
}

void spin_unlock(spinlock_t *lock)
{
	struct actor *actor = world.current;

	give_back(&lock->owner, "spin_unlock()", HERE);
	actor->spinlocks--;
	actor->preempt_off--;
	section_end(actor);
}

void ex_lock_held(const int *owner)
{
	if (*owner != world.current->id + 1)
		ex_fail("a lock should be held, and is not");
}

bool ex_need_resched(void)
{
	if (!(ex_scenario->flags & EX_YIELD) || world.yields >= 2)
		return false;
	if (!ex_choose(2, "has to give way", HERE))
		return false;
	world.yields++;
	return true;
}

void mutex_lock(struct mutex *mutex)
{
	ex_might_sleep();
	take(&mutex->owner, "mutex_lock()", HERE);
}

void mutex_unlock(struct mutex *mutex)
{
	give_back(&mutex->owner, "mutex_unlock()", HERE);
}

/* Completions. UINT32_MAX: after complete_all(). */

void init_completion(struct completion *completion)
{
	completion->done = 0;
}

void reinit_completion(struct completion *completion)
{
	completion->done = 0;
}

void complete(struct completion *completion)
{
	ex_operation(completion, 4, EX_RMW | EX_RELEASE, "complete()", HERE);
	completion->done++;
}

void complete_all(struct completion *completion)
{
	ex_operation(completion, 4, EX_RMW | EX_RELEASE, "complete_all()", HERE);
	completion->done = UINT32_MAX;
}

bool completion_done(struct completion *completion)
{
	ex_operation(completion, 4, EX_READ | EX_ACQUIRE, "completion_done()", HERE);
	return completion->done;
}

static bool is_complete(void *completion)
{
	return ((struct completion *)completion)->done;
}

void wait_for_completion(struct completion *completion)
{
	ex_might_sleep();
	ex_wait(is_complete, completion, ex_is_site(HERE), "wait_for_completion()", HERE);
	if (completion->done == UINT32_MAX) {
		ex_access(completion, 4, EX_READ | EX_MARKED | EX_ACQUIRE, HERE);
	} else {
		ex_access(completion, 4, EX_LOCK, HERE);
		completion->done--;
	}
}

/* Work. */

int atomic_inc_return(atomic_t *v)
{
	return ++v->counter;
}

void atomic_inc(atomic_t *v)
{
	v->counter++;
}

void atomic_dec(atomic_t *v)
{
	v->counter--;
}

/* Threads; no scenario needs any. */

struct task_struct *ex_kthread_run(void)
{
	ex_fail("more callbacks at a time than the workqueue runs");
	return ERR_PTR(-ENOMEM);
}

void kthread_complete_and_exit(struct completion *completion, long code)
{
	(void)completion;
	(void)code;
	__builtin_trap();
}

struct workqueue_struct {
	unsigned int most;
};

static SHARED struct workqueue_struct workqueues[4] = { { 512 } };
struct workqueue_struct *system_unbound_wq = &workqueues[0];

struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags, int most)
{
	struct workqueue_struct *queue = &workqueues[1];

	(void)name;
	(void)flags;
	while (queue->most)
		queue++;
	queue->most = most;
	return queue;
}

void ex_init_work(struct work_struct *work, void (*func)(struct work_struct *work))
{
	ex_access(work, sizeof(*work), EX_WRITE, HERE);
	work->func = func;
	work->pending = 0;
	work->running = 0;
}

/* A work item does not run twice at a time, and the queue has a limit. */
static bool may_begin(void *of)
{
	unsigned int i, running = 0;

	for (i = 0; i < world.actors; i++) {
		struct actor *actor = &world.actor[i];

		if (actor->kind != EX_WORK || actor->finished || !actor->started)
			continue;
		if (actor->argument == of)
			return false;
		running++;
	}
	return running < workqueues[1].most;
}

static void run_work(void *argument)
{
	struct work_struct *work = argument;

	/* Not pending any more. The function may free @work. */
	world.current->may_go_on = NULL;
	ex_operation(&work->pending, 4, EX_RMW | EX_ACQUIRE | EX_RELEASE, "work begins",
		     run_work);
	work->pending = 0;
	work->func(work);
}

static bool make_pending(struct work_struct *work, const char *what, const void *place)
{
	ex_operation(&work->pending, 4, EX_RMW | EX_ACQUIRE | EX_RELEASE, what, place);
	if (work->pending)
		return false;
	work->pending = 1;
	return true;
}

bool queue_work(struct workqueue_struct *queue, struct work_struct *work)
{
	struct actor *actor;

	(void)queue;
	if (!make_pending(work, "queue_work()", HERE))
		return false;
	actor = ex_spawn(EX_WORK, "work", run_work, work);
	actor->cpu = 1;
	actor->may_go_on = may_begin;
	actor->of = work;
	return true;
}

static bool no_work_is_left(void *unused)
{
	unsigned int i;

	(void)unused;
	for (i = 0; i < world.actors; i++)
		if (world.actor[i].kind == EX_WORK && !world.actor[i].finished &&
		    world.actor[i].function == run_work)
			return false;
	return true;
}

void destroy_workqueue(struct workqueue_struct *queue)
{
	ex_wait(no_work_is_left, NULL, true, "destroy_workqueue()", HERE);
	join_all_of(EX_WORK);
	queue->most = 0;
}

/* How often delayed work may run in a schedule. */
static unsigned int timers(void)
{
	if (ex_scenario->flags & EX_TIMER)
		return 2;
	return !!(ex_scenario->flags & EX_TIMER_ONCE);
}

unsigned long ex_jiffies(void)
{
	struct actor *actor = world.current;

	if (ex_scenario && timers())
		ex_operation(NULL, 0, EX_POINT, "jiffies", HERE);
	actor->signature = ex_mix(actor->signature, world.jiffies);
	return world.jiffies;
}

/* For a scenario to end, timers do not fire while it is torn down. */
static bool may_fire(void *of)
{
	return world.timer_fires < timers() && !world.serial && may_begin(of);
}

void ex_timer(void *argument)
{
	struct delayed_work *delayed = argument;

	world.jiffies = max(world.jiffies, delayed->timer.expires);
	world.timer_fires++;
	run_work(argument);
}

static void start_timer(struct delayed_work *delayed, unsigned long delay)
{
	struct actor *actor;

	delayed->timer.expires = world.jiffies + delay;
	actor = ex_spawn(EX_WORK, "timer", ex_timer, delayed);
	actor->may_go_on = may_fire;
	actor->of = delayed;
}

bool queue_delayed_work(struct workqueue_struct *queue, struct delayed_work *work,
			unsigned long delay)
{
	/* It begins at any time, as without a delay. */
	if (delay <= 1)
		return queue_work(queue, &work->work);
	if (!make_pending(&work->work, "queue_delayed_work()", HERE))
		return false;
	start_timer(work, delay);
	return true;
}

static void stop_timer(struct delayed_work *work)
{
	unsigned int i;

	for (i = 0; i < world.actors; i++)
		if (world.actor[i].function == ex_timer &&
		    world.actor[i].argument == work && !world.actor[i].started)
			world.actor[i].finished = true;
	work->work.pending = 0;
}

bool mod_delayed_work(struct workqueue_struct *queue, struct delayed_work *work,
		      unsigned long delay)
{
	(void)queue;
	ex_operation(&work->work.pending, 4, EX_RMW | EX_ACQUIRE | EX_RELEASE,
		     "mod_delayed_work()", HERE);
	stop_timer(work);
	work->work.pending = 1;
	start_timer(work, delay);
	return true;
}

static bool is_idle(void *work)
{
	unsigned int i;

	for (i = 0; i < world.actors; i++)
		if (world.actor[i].kind == EX_WORK && world.actor[i].argument == work &&
		    world.actor[i].function == run_work &&
		    !world.actor[i].finished)
			return false;
	return true;
}

/* A work item that has no delay is not cancelled: it runs. */
bool cancel_delayed_work_sync(struct delayed_work *work)
{
	ex_wait(is_idle, work, true, "waits for work", HERE);
	join_all_of(EX_WORK);
	ex_operation(&work->work.pending, 4, EX_RMW | EX_ACQUIRE | EX_RELEASE,
		     "cancel_delayed_work_sync()", HERE);
	stop_timer(work);
	return true;
}

bool ex_work_pending(const struct work_struct *work)
{
	ex_operation(&work->pending, 4, EX_READ, "work_pending()", HERE);
	return work->pending;
}

/* The index of NPIs. */

static const struct rhashtable_params *the_params;

int rhashtable_init(struct rhashtable *table, const struct rhashtable_params *params)
{
	(void)table;
	the_params = params;
	return 0;
}

void rhashtable_destroy(struct rhashtable *table)
{
	unsigned int i;

	for (i = 0; i < EX_RHASHTABLE; i++)
		if (table->entry[i])
			ex_fail("the index of NPIs is not empty at last");
}

static struct rhash_head **place_of(struct rhashtable *table, const struct rhash_head *head)
{
	unsigned int i;

	for (i = 0; i < EX_RHASHTABLE; i++)
		if (table->entry[i] == head)
			return &table->entry[i];
	return NULL;
}

static void *find(struct rhashtable *table, const void *key,
		  const struct rhashtable_params *params, const void *place)
{
	unsigned int i;

	for (i = 0; i < EX_RHASHTABLE; i++) {
		char *object = (char *)table->entry[i];

		if (!object)
			continue;
		object -= params->head_offset;
		ex_access(object + params->key_offset, params->key_len, EX_READ, place);
		if (!__builtin_memcmp(object + params->key_offset, key, params->key_len))
			return object;
	}
	return NULL;
}

void *ex_rhashtable_lookup(struct rhashtable *table, const void *key,
			   const struct rhashtable_params *params)
{
	ex_operation(&table->lock, 8, EX_READ | EX_ACQUIRE, "rhashtable_lookup()", HERE);
	return find(table, key, params, HERE);
}

void *ex_rhashtable_get_insert(struct rhashtable *table, struct rhash_head *head,
			       const struct rhashtable_params *params)
{
	void *found;

	ex_operation(&table->lock, 8, EX_RMW | EX_ACQUIRE | EX_RELEASE,
		     "rhashtable_lookup_get_insert_fast()", HERE);
	found = find(table, (char *)head - params->head_offset + params->key_offset, params,
		     HERE);
	if (!found)
		*place_of(table, NULL) = head;
	return found;
}

int ex_rhashtable_insert(struct rhashtable *table, struct rhash_head *head)
{
	ex_operation(&table->lock, 8, EX_RMW | EX_ACQUIRE | EX_RELEASE,
		     "rhashtable_insert_fast()", HERE);
	*place_of(table, NULL) = head;
	return 0;
}

int ex_rhashtable_remove(struct rhashtable *table, struct rhash_head *head)
{
	struct rhash_head **place;

	ex_operation(&table->lock, 8, EX_RMW | EX_ACQUIRE | EX_RELEASE,
		     "rhashtable_remove_fast()", HERE);
	ex_access(head, sizeof(*head), EX_READ, HERE);
	place = place_of(table, head);
	if (!place)
		return -ENOENT;
	*place = NULL;
	return 0;
}

/* The rest. */

int ex_inc_not_zero(int *refs)
{
	ex_operation(refs, sizeof(*refs), EX_RMW, "refcount_inc_not_zero()", HERE);
	if (*refs < 0)
		ex_fail("refcount_t: saturated");
	return *refs ? (*refs)++ : 0;
}

void ex_lockdep_init(struct lockdep_map *map, const char *name, struct lock_class_key *key)
{
	map->name = name;
	map->key = key;
}

/* lockdep reads the class, which must still exist. */
void ex_lockdep_read(const struct lockdep_map *map)
{
	ex_access(map, sizeof(*map), EX_READ, HERE);
	if (map->key)
		ex_access(map->key, sizeof(*map->key), EX_READ, HERE);
}

void ex_warn(const char *what)
{
	ex_fail("%s", what);
}

void ex_printk(const char *level, const char *fmt, ...)
{
	ex_note_event("log: %s", fmt);
	if (*level != 'w' || !world.current)
		return;
	world.warnings++;
	if (!(ex_scenario->flags & EX_MAY_WARN))
		ex_fail("unexpected line in the log: %.*s",
			(int)__builtin_strcspn(fmt, "\n"), fmt);
}

int __ratelimit(struct ratelimit_state *state)
{
	(void)state;
	return 1;
}

void *ex_memcpy(void *to, const void *from, size_t size)
{
	ex_access(from, size, EX_READ, HERE);
	ex_access(to, size, EX_WRITE, HERE);
	return __builtin_memcpy(to, from, size);
}

void *ex_memset(void *to, int c, size_t size)
{
	ex_access(to, size, EX_WRITE, HERE);
	return __builtin_memset(to, c, size);
}

int ex_memcmp(const void *a, const void *b, size_t size)
{
	ex_access(a, size, EX_READ, HERE);
	ex_access(b, size, EX_READ, HERE);
	return __builtin_memcmp(a, b, size);
}

size_t strscpy(char *to, const char *from, size_t size)
{
	size_t length;

	ex_access(from, 1, EX_READ, HERE);
	length = __builtin_strlen(from);
	if (length >= size)
		length = size - 1;
	ex_access(from, length + 1, EX_READ, HERE);
	__builtin_memcpy(to, from, length);
	to[length] = '\0';
	return length;
}

int register_module_notifier(struct notifier_block *block)
{
	module_notifier = block;
	return 0;
}

int unregister_module_notifier(struct notifier_block *block)
{
	(void)block;
	module_notifier = NULL;
	return 0;
}

/* The loader sets the state by a plain store, calls exit, and then the notifiers. */
void ex_module_is_going(void *argument)
{
	struct module *module = argument;

	ex_operation(&module->state, 4, EX_WRITE | EX_POINT, "is going", HERE);
	module->state = MODULE_STATE_GOING;
}

void ex_module_goes(void *module)
{
	module_notifier->notifier_call(module_notifier, MODULE_STATE_GOING, module);
}

int param_set_uint(const char *value, const struct kernel_param *param)
{
	(void)value;
	(void)param;
	return 0;
}

int param_get_uint(char *buffer, const struct kernel_param *param)
{
	(void)buffer;
	(void)param;
	return 0;
}

void nmr_debugfs_init(void);
void nmr_debugfs_init(void)
{
}

void nmr_debugfs_exit(void);
void nmr_debugfs_exit(void)
{
}
