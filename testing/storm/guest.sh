#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Guest part of run.sh: first each fault that the registrar reports, one at a time;
# then two shells load and unload all modules at random, after which nothing may
# remain. seed= and duration= come from the kernel's command line. The compressed
# log goes to the second serial port, for run.sh to check.
#
# shellcheck disable=SC2154 # init gets seed= and duration= from the kernel
. /guest-lib.sh

suite=storm
storm_modules="nmr_storm_provider1 nmr_storm_provider2 nmr_storm_client
	nmr_storm_forgetful nmr_storm_slow nmr_provider_demo nmr_client_demo"
leaks=/sys/kernel/debug/kmemleak
failslab=/sys/kernel/debug/failslab
registry=/sys/kernel/debug/nmr/registry

# The log is compressed, or it would fill the memory and the serial port.
save_log()
{
	dmesg -r -c >"$log_part"
	gzip -1 <"$log_part" >>/tmp/log.gz
}

send_log()
{
	base64 /tmp/log.gz >/dev/ttyS1
}

give_up()
{
	echo w >/proc/sysrq-trigger
	cat "$registry"
	save_log
	send_log
	tail -n 60 "$log_part"
	reboot -f
}

# lines PATTERN: the number of matching lines in the chapter's log.
lines()
{
	dmesg | grep -c "$1"
}

# has COUNT PATTERN
has()
{
	[ "$(lines "$2")" -eq "$1" ] && return
	echo "$(lines "$2") lines with \"$2\", not $1:"
	dmesg | grep -v ' result='
	return 1
}

# lingered COUNT SIDE: the last calls of COUNT rundowns of a side ended long after they
# were closed.
lingered()
{
	count=$(dmesg | awk -v closed="$2_rundown_detach" -v drained="$2_rundown_drained" '
		match($0, /[0-9]+\.[0-9]+\]/) { time = substr($0, RSTART, RLENGTH - 1) }
		{ binding = $0; sub(/.* binding=/, "", binding); sub(/ .*/, "", binding) }
		index($0, closed) { since[binding] = time }
		index($0, drained) && time - since[binding] > 0.5 { count++ }
		END { print count + 0 }')
	[ "$count" -eq "$1" ] && return
	echo "$count rundowns, not $1"
	return 1
}

logged()
{
	dmesg | grep -m 1 "$1"
}

registry_has()
{
	grep -q "$1" "$registry"
}

registry_lacks()
{
	! registry_has "$1"
}

# Only the header line.
registry_empty()
{
	[ "$(wc -l <"$registry")" -eq 1 ] && return
	cat "$registry"
	return 1
}

gone()
{
	[ ! -d "/sys/module/$1" ]
}

# insmod must fail because of fail_after.
load_fails()
{
	echo "insmod $*"
	module=$1
	shift
	! insmod "/modules/$module.ko" "$@" 2>/tmp/error &&
		grep -q 'Operation canceled' /tmp/error
}

is_stuck="nmr_storm_provider1#.: deregistering for"
owes="binding [0-9]*: nmr_storm_slow#. owes detach complete"

stuck_detach()
{
	chapter "a client that does not complete (contract 5.6)"
	load nmr_core dyndbg=+p detach_warn_secs=1
	load nmr_storm_provider1
	load nmr_storm_slow linger_ms=5500
	timed_rmmod nmr_storm_provider1 &
	sleep 1
	check "the registry shows which side is pending" \
		registry_has '^binding .* nmr_storm_provider1#0 nmr_storm_slow#0 detaching done .* pending '
	wait_until 20 [ -e /tmp/gone-nmr_storm_provider1 ]
	cat /tmp/gone-nmr_storm_provider1 >>/tmp/unloads
	rm /tmp/gone-nmr_storm_provider1
	for secs in 1 2 4; do
		check "after $secs s each of the two bindings is named, with its debtor" \
			has 2 "$is_stuck $secs s: $owes"
	done
	check "the intervals grow" has 6 deregistering
	unload nmr_storm_slow

	chapter "the same with the watchdog off"
	echo 0 >/sys/module/nmr_core/parameters/detach_warn_secs
	load nmr_storm_provider1
	load nmr_storm_slow linger_ms=1500
	unload nmr_storm_provider1
	check "nothing is logged" has 0 deregistering
	unload nmr_storm_slow
	echo 10 >/sys/module/nmr_core/parameters/detach_warn_secs
}

# forgets NAME COUNT DUTY REPORT: checks after the unload of the forgetful client
# with COUNT registrations. The client logs each time what it forgets, since insmod
# tries a failing load twice.
forgets()
{
	times=$(lines "nmr_storm_forgetful: forgets to $3")
	check "$1: it forgot" [ "$times" -gt 0 ]
	check "$1: reported once, with its name" \
		has "$times" "nmr_storm_forgetful: unloaded while still registered"
	check "$1: each registration with what was forgotten" \
		has $(($2 * times)) "nmr_storm_forgetful#.: $4"
	check "$1: all bindings are gone" has $(($2 * times)) ' unbound '
	check "$1: none of its registrations remains" registry_lacks nmr_storm_forgetful
}

forgotten_duties()
{
	load nmr_storm_provider1 linger_ms=1000

	chapter "a client that does not deregister while the provider pends (contract 5.7)"
	load nmr_storm_forgetful forget_deregister=1
	unload nmr_storm_forgetful
	forgets "rmmod without deregister" 2 deregister "not deregistered"
	check "the provider was pending" lingered 2 provider

	chapter "a client that does not wait"
	load nmr_storm_forgetful forget_wait=1
	unload nmr_storm_forgetful
	forgets "rmmod without wait" 2 wait "deregistered, but not waited for"

	chapter "an init that fails and abandons both registrations"
	check "insmod fails" load_fails nmr_storm_forgetful forget_deregister=1 fail_after=2
	forgets "failed init" 2 deregister "not deregistered"

	chapter "an init that fails in the middle and abandons one"
	check "insmod fails" load_fails nmr_storm_forgetful forget_deregister=1 fail_after=1
	forgets "init failed in the middle" 1 deregister "not deregistered"

	chapter "an init that fails and cleans up"
	check "insmod fails" load_fails nmr_storm_forgetful fail_after=2
	check "nothing is reported" has 0 'nmr_core: .*not \(deregistered\|waited for\)\|still registered'
	check "none of its registrations remains" registry_lacks nmr_storm_forgetful

	chapter "a provider that does not deregister while the client pends"
	load nmr_storm_slow linger_ms=1000
	unload nmr_storm_provider1
	load nmr_storm_provider2 forget_deregister=1
	unload nmr_storm_provider2
	check "reported once, with its name" has 1 "nmr_storm_provider2: unloaded while still registered"
	check "the client was pending" lingered 4 client
	check "none of its registrations remains" registry_lacks nmr_storm_provider2
	unload nmr_storm_slow
}

# draw LIMIT: sets $drawn to a pseudorandom number below LIMIT.
draw()
{
	state=$(((state * 1103515245 + 12345) & 0x7fffffff))
	drawn=$(((state >> 12) % $1))
}

# Sets $with to parameters for $module, and $nth; the same number of draws for all.
draw_parameters()
{
	with=
	draw 4
	case $drawn$module in
	0nmr_storm_*) draw 3; with="fail_after=$drawn" ;;
	*nmr_provider_demo) draw 3; with="instances=$((drawn + 1))" ;;
	# A polling thread without a pause takes a processor, so it is rare.
	*nmr_client_demo) draw 20; with="instances=$((drawn % 3 + 1))"
		[ "$drawn" -gt 0 ] || with="$with poll_interval_ms=0" ;;
	*) draw 3 ;;
	esac
	# The allocation during the load that must fail, if any.
	draw 160
	nth=
	[ ! -d $failslab ] || [ "$drawn" -ge 40 ] || nth=$drawn
	draw 200
	case $module in
	nmr_storm_slow) with="$with linger_ms=$((drawn / 4 + 1))" ;;
	nmr_storm_forgetful) [ "$drawn" -lt 50 ] || with="$with forget_deregister=1"
		[ "$drawn" -lt 150 ] || with="$with forget_wait=1" ;;
	esac
}

# One of two shells that draw the same module finds it loaded, unloaded or busy.
lost_race()
{
	grep -qE 'File exists|No such file|busy|temporarily unavailable' "$1"
}

count_result()
{
	if [ "$1" -eq 0 ]; then
		eval "$2=\$(($2 + 1))"
	elif grep -qi 'Operation canceled\|out of memory\|cannot allocate' "$error"; then
		injected=$((injected + 1))
	elif lost_race "$error"; then
		lost=$((lost + 1))
	else
		cat "$error" >>/tmp/refused
	fi
}

# load_or_fail FILE [PARAMETER]...: insmod, with its $nth allocation failing.
load_or_fail()
{
	if [ "$nth" ]; then
		sh -c 'echo "$0" >/proc/self/fail-nth; exec insmod "$@"' "$nth" "$@"
	else
		insmod "$@"
	fi
}

# Only kmalloc() caches: kmemleak disables itself on its first failed allocation.
inject_failures()
{
	[ -d $failslab ] || return 0
	echo N >$failslab/ignore-gfp-wait
	echo 0 >$failslab/verbose
	echo Y >$failslab/cache-filter
	for cache in /sys/kernel/slab/kmalloc-*; do
		echo 1 >"$cache/failslab"
	done
}

# shell NUMBER: load and unload until the time is up. A failed insmod counts as one
# load, though it tries twice. Each shell has its own copies of the modules, because
# the kernel merges concurrent loads of the same file.
shell()
{
	state=$((seed * 2 + $1))
	error=/tmp/error-$1
	loads=0 unloads=0 injected=0 lost=0
	cp -r /modules "/tmp/modules-$1"
	while read -r up _ </proc/uptime && [ "${up%.*}" -lt "$storm_end" ]; do
		draw 7
		# shellcheck disable=SC2086 # a list of words
		set -- "$1" $storm_modules
		shift "$drawn"
		module=$2
		set -- "${error##*-}"
		draw_parameters
		if [ -d "/sys/module/$module" ]; then
			rmmod "$module" 2>"$error"
			count_result $? unloads
		else
			# shellcheck disable=SC2086 # a list of words
			load_or_fail "/tmp/modules-$1/$module.ko" $with 2>"$error"
			count_result $? loads
		fi
	done
	rm -r "/tmp/modules-$1"
	echo "$loads $injected $unloads $lost" >"/tmp/counts-$1"
}

all_out()
{
	for module in $storm_modules; do
		gone "$module" || unload "$module"
	done
}

# The number of per-CPU allocations, or of their pages if the kernel does not count
# them.
percpu_memory()
{
	awk '/nr_cur_alloc/ { print $3 }' /sys/kernel/debug/percpu_stats 2>/dev/null |
		grep . || awk '/^Percpu:/ { print $2 / 4 }' /proc/meminfo
}

# Each rundown has one allocation; the traffic's routes may have changed by a few.
percpu_is()
{
	[ "$(percpu_memory)" -le $(($1 + 4)) ]
}

same_percpu()
{
	wait_until 10 percpu_is "$1"
	status=$?
	echo "$1 before, $(percpu_memory) after"
	return "$status"
}

# kmemleak needs two scans.
no_leaks()
{
	echo scan >$leaks
	sleep 6
	echo scan >$leaks
	[ -z "$(cat $leaks)" ] || { cat $leaks; return 1; }
}

nothing_refused()
{
	[ ! -s /tmp/refused ] || { sort /tmp/refused | uniq -c; return 1; }
}

storm()
{
	chapter "the storm: $duration s, seed $seed"
	# Let the kernel make its one-time allocations.
	for module in $storm_modules; do
		load "$module"
	done
	sleep 1
	all_out
	# The core's slab caches have per-CPU memory, too.
	unload nmr_core
	percpu=$(percpu_memory)
	load nmr_core dyndbg=+p
	registrar_objects >/tmp/objects
	kmalloc_objects >/tmp/kmalloc
	if [ -e $leaks ]; then
		echo scan >$leaks
		echo clear >$leaks
	fi
	# Less traffic than in the demo, to leave processor time for the storm.
	start_traffic 100000 0.02
	inject_failures

	storm_end=$(($(now) / 100 + duration))
	shell 1 &
	shell 2 &
	while ! { [ -e /tmp/counts-1 ] && [ -e /tmp/counts-2 ]; }; do
		sleep 1
		save_log
		[ "$(now)" -lt $(((storm_end + 60) * 100)) ] || {
			echo "FAIL storm: the shells do not end"
			give_up
		}
	done
	awk '{ loads += $1 + $2; injected += $2; unloads += $3; lost += $4 }
		END { print loads " module loads, " injected " of them made to fail, " \
			unloads " unloads, " lost " that came too late" }' /tmp/counts-*
	all_out
	stop_traffic
	save_log

	chapter "after the storm"
	check "no insmod or rmmod was refused for another reason" nothing_refused
	check "every module was unloaded" every_rmmod_succeeded
	check "the registry is empty" registry_empty
	check "the slab caches of the registrar have as many objects as before" \
		same_objects /tmp/objects
	# KASAN's quarantine delays frees, but kmemleak checks there.
	[ -e $leaks ] || check "no other cache grew by 100 objects" no_leak /tmp/kmalloc 100
	unload nmr_core
	check "the core is unloaded" gone nmr_core
	check "no per-CPU memory remains" same_percpu "$percpu"
	[ ! -e $leaks ] || check "nothing leaked" no_leaks
	save_log
}

# Must be last: lockdep turns itself off after a report. The attach callback takes
# the lock, so wait must not be called with it held. Here attach has returned before,
# so nothing hangs.
lock_over_wait()
{
	chapter "a lock held over wait that a callback needs (contract, section 7)"
	load nmr_core
	load nmr_storm_provider1
	load nmr_storm_client lock_over_wait=1
	check "no report before" has 0 'possible circular locking'
	unload nmr_storm_client
	check "lockdep reports it" has 1 'possible circular locking dependency'
	check "it names the lock" logged '(storm_lock).*, at: storm_leave'
	check "and the registration" logged '(&storm_clients.*, at: nmr_wait'
	unload nmr_storm_provider1
	unload nmr_core
	# Keep the report out of the log that is checked.
	dmesg -c >/dev/null
}

echo "kernel $(uname -r), $(nproc) processors"
stuck_detach
forgotten_duties
save_log
storm
send_log
if [ -e /proc/lockdep ]; then
	lock_over_wait
fi
echo "end of the storm"
# A kernel without ACPI cannot power off.
reboot -f
