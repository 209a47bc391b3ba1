#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Guest part of run.sh: 100,000 registrations and bindings, 30,000 stuck detaches,
# 50,000 abandoned registrations, tables that are resized under readers, handles at
# every spacing, and calls from hard interrupts. nmr_scale.ko runs the parts and counts
# the callbacks; this script checks the registrar's files and messages.
#
# shellcheck disable=SC2154 # init gets parts= from the kernel
# shellcheck source-path=SCRIPTDIR/../../scripts
. /guest-lib.sh

suite=scale
run=/sys/module/nmr_scale/parameters/run
registry=/sys/kernel/debug/nmr/registry
stats=/sys/kernel/debug/nmr/stats

# The host gets a part of the log: a flood is a failure anyway.
save_log()
{
	dmesg -r -c >"$log_part"
	cat "$log_part" >>"$log_whole"
	head -n 500 "$log_part" >/dev/ttyS1
}

# part NAME [NUMBER]...: runs a part of nmr_scale.ko.
part()
{
	echo "$*" >$run 2>/dev/null && status=0 || status=1
	cat $run
	return "$status"
}

# Checks the longest delay of other tasks since the last such check. A busy host alone
# may delay them for half a second.
no_task_is_stalled()
{
	part delay 2000
}

# stats_are NAME=NUMBER...
stats_are()
{
	different=0
	for expected; do
		grep -qx "${expected%=*} ${expected#*=}" $stats || different=1
	done
	[ $different -eq 0 ] || cat $stats
	return "$different"
}

nothing_is_registered()
{
	stats_are providers=0 clients=0 deregistering=0 bindings=0 attached=0 pending=0
}

many()
{
	chapter "100,000 clients of 10,000 NPIs, registered at once"
	check "they register" part alone 100000 10000
	check "the registrar counts them" stats_are providers=0 clients=100000 bindings=0
	check "they deregister" part apart
	check "nothing is registered" nothing_is_registered

	for order in late early; do
		chapter "100,000 bindings of one provider, which registers $order"
		check "both sides of each attach" part $order-provider 100000
		check "the registrar counts them" \
			stats_are providers=1 clients=100000 bindings=100000 attached=100000
		check "the provider deregisters, and all bindings end" part apart
		check "nothing is registered" nothing_is_registered
		check "no task is stalled" no_task_is_stalled
	done
}

# The watchdog's lines in this chapter must be bounded in each report, which ends with
# a pause or with the number of omitted bindings, and in each second, its shortest
# interval.
watchdog_is_bounded()
{
	dmesg | awk -v most_in_look=20 -v most_in_second=100 '
		!/nmr_core: .*(deregistering for|[0-9]+ more)/ { next }
		match($0, /[0-9]+\.[0-9]+/) {
			at[++lines] = substr($0, RSTART, RLENGTH)
			if (at[lines] - at[lines - 1] > 0.1)
				look = 0
			if (++look > longest)
				longest = look
			if (lines > most_in_second && at[lines] - at[lines - most_in_second] < 1)
				crowded++
		}
		match($0, /[0-9]+ more/) {
			more++
			look = 0
			number = substr($0, RSTART, RLENGTH) + 0
			if (number > largest)
				largest = number
		}
		END {
			printf "%d lines, at most %d in one report; ", lines, longest
			printf "%d count others, at most %d\n", more, largest
			if (crowded)
				printf "%d lines too many in one second\n", crowded
			exit crowded || longest > most_in_look || !more
		}'
}

stuck()
{
	detach_warn_secs=/sys/module/nmr_core/parameters/detach_warn_secs
	echo 1 >$detach_warn_secs
	for shape in one many; do
		[ $shape = one ] && deregistering=1 || deregistering=30000
		chapter "30,000 stuck bindings of $deregistering deregistering"
		check "they are stuck" part stick-$shape 30000
		check "the registrar counts them" stats_are deregistering="$deregistering" \
			bindings=30000 attached=0 pending=30000
		sleep 5
		check "the watchdog's lines are bounded" watchdog_is_bounded
		check "all complete, and wait returns" part complete
		check "nothing is registered" nothing_is_registered
		check "no task is stalled" no_task_is_stalled
	done
	echo 10 >$detach_warn_secs
}

# abandoned COUNT DUTY: checks the messages about the crowd's abandoned clients.
abandoned()
{
	dmesg | grep 'nmr_core: ' >/tmp/abandoned
	head -n 12 /tmp/abandoned
	[ "$(wc -l </tmp/abandoned)" -le 20 ] &&
		[ "$(grep -c 'nmr_core: nmr_scale_crowd: unloaded while still registered' \
			/tmp/abandoned)" -eq 1 ] &&
		[ "$(grep -c "nmr_core: nmr_scale_crowd#0: $2" /tmp/abandoned)" -eq 8 ] &&
		grep -q "nmr_core: nmr_scale_crowd: $(($1 - 8)) more registrations" /tmp/abandoned
}

# The hundredths of a second that the last rmmod took.
last_rmmod()
{
	sed -n '$s/.* //p' /tmp/unloads
}

# forget COUNT PARAMETER DUTY
forget()
{
	chapter "$1 clients, abandoned with $2"
	load nmr_scale_crowd count="$1" "$2=1"
	unload nmr_scale_crowd
	echo "rmmod took $(last_rmmod) hundredths of a second"
	check "nmr_core reports them in few lines" abandoned "$1" "$3"
	check "nothing is registered" nothing_is_registered
	check "no task is stalled" no_task_is_stalled
}

# Hundredths of a second that it takes to unload a module without registrations: the
# fastest of ten unloads, to exclude the host's delays.
fastest_unload()
{
	quiet=1
	fastest=1000000
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		load nmr_scale_crowd
		unload nmr_scale_crowd
		[ "$(last_rmmod)" -ge "$fastest" ] || fastest=$(last_rmmod)
	done
	quiet=
}

forgotten()
{
	forget 6250 forget_deregister 'not deregistered'
	few=$(last_rmmod)
	forget 50000 forget_deregister 'not deregistered'
	many=$(last_rmmod)
	check "8 times as many take at most 12 times as long: $few, $many" \
		[ "$many" -le $((few * 12)) ]
	forget 50000 forget_wait 'deregistered, but not waited for'
}

nothing_left()
{
	chapter "a module without registrations, beside 100,000 of another"
	fastest_unload
	before=$fastest
	check "they register" part alone 100000 10000
	fastest_unload
	check "rmmod takes as long as without them: $before, $fastest" \
		[ "$fastest" -le $((before * 2 + 1)) ]
	check "they deregister" part apart
}

# read_stats LEAST MOST: reads the stats until the churn ends, at least once; each
# time the number of clients must be in that range.
read_stats()
{
	reads=0
	wrong=0
	while
		while read -r total number; do
			[ "$total" = clients ] || continue
			if [ "$number" -lt "$1" ] || [ "$number" -gt "$2" ]; then
				[ $wrong -ge 5 ] || echo "$number clients"
				wrong=$((wrong + 1))
			fi
		done <$stats
		reads=$((reads + 1))
		[ -e /tmp/churning ]
	do :; done
	echo "$reads reads, $wrong of them wrong"
	[ $wrong -eq 0 ]
}

# read_registry COUNT: the same with the registry, which must list each client of the
# crowd exactly once.
read_registry()
{
	reads=0
	wrong=0
	while
		awk -v count="$1" '
			$5 != "nmr_scale_crowd#0" { next }
			$2 in seen { twice++ }
			{ seen[$2]; lines++ }
			END {
				if (twice || lines != count)
					printf "%d of %d, %d of them twice\n",
						lines - twice, count, twice
				exit twice || lines != count
			}' $registry || wrong=$((wrong + 1))
		reads=$((reads + 1))
		[ -e /tmp/churning ]
	do :; done
	echo "$reads reads, $wrong of them wrong"
	[ $wrong -eq 0 ]
}

# in_background NAME COMMAND...: writes the output and the status to files.
in_background()
{
	background=$1
	shift
	"$@" >"/tmp/report-$background" 2>&1 && status=0 || status=$?
	echo "$status" >"/tmp/status-$background"
}

# succeeded NAME: the result from in_background.
succeeded()
{
	head -n 10 "/tmp/report-$1"
	[ "$(cat "/tmp/status-$1")" -eq 0 ]
}

# churn COUNT SECONDS: that many clients register and deregister beside the crowd of
# 19,000 during reads. A read that lets others run may miss clients that register
# meanwhile.
churn()
{
	chapter "19,000 clients, and up to $1 more that register and deregister"
	touch /tmp/churning
	in_background stats read_stats 19000 $((19000 + $1)) &
	reader=$!
	in_background registry read_registry 19000 &
	check "they register and deregister" part churn "$1" "$2"
	rm /tmp/churning
	wait $reader $!
	check "stats never counts too few or too many" succeeded stats
	check "the registry always lists each of the constant ones once" succeeded registry
	check "stats counts the constant ones afterwards" read_stats 19000 19000
	check "the registry lists each of them once" read_registry 19000
	check "no task is stalled" no_task_is_stalled
}

tables()
{
	chapter "19,000 clients"
	load nmr_scale_crowd count=19000
	check "stats counts them" read_stats 19000 19000
	check "the registry lists each once" read_registry 19000
	churn 16000 12
	churn 500 8
	unload nmr_scale_crowd
}

strides()
{
	chapter "handles at every spacing"
	check "1 to 300 clients decline, 8,000 handles each" part strides 1 300 8000
	for stride in 30 226; do
		check "$stride clients decline, 650,000 handles" \
			part strides "$stride" "$stride" 650000
	done
	check "no task is stalled" no_task_is_stalled
}

# Without a rate limit each call would log a line.
bad_handles_are_reported()
{
	reported=$(dmesg | grep -c 'nmr_core: interrupt[^ ]* \[nmr_scale\]: ')
	dmesg | grep -m 3 'nmr_core: interrupt[^ ]* \[nmr_scale\]: '
	echo "$reported lines"
	[ "$reported" -gt 0 ] && [ "$reported" -le 1000 ]
}

interrupts()
{
	chapter "calls from hard interrupts, while 10,000 register and deregister"
	check "each returns the right result in time" part interrupts 10 10000
	check "the bad ones are reported, at a limited rate" bad_handles_are_reported
	check "nothing is registered" nothing_is_registered
}

# Without the messages that the parts provoke and check.
unexpected_log()
{
	grep -v -e ' nmr_core: nmr_scale#0: deregistering for [0-9]* s: binding [0-9]*: nmr_scale#0 owes detach complete$' \
		-e ' nmr_core: [0-9]* more bindings hold up a deregistration$' \
		-e ' nmr_core: nmr_scale_crowd: unloaded while still registered; ' \
		-e ' nmr_core: nmr_scale_crowd#0: not deregistered$' \
		-e ' nmr_core: nmr_scale_crowd#0: deregistered, but not waited for$' \
		-e ' nmr_core: nmr_scale_crowd: [0-9]* more registrations$' \
		-e ' nmr_core: interrupt[^ ]* \[nmr_scale\]: ' \
		-e ' [a-z_]*: [0-9]* callbacks suppressed$' "$log_whole"
}

nothing_else_in_the_log()
{
	unexpected_log >/tmp/log-unexpected
	log_whole=/tmp/log-unexpected
	clean_log | head -n 40
	[ -z "$(clean_log)" ]
}

echo "kernel $(uname -r), $(nproc) processors, $(sed -n 's/MemTotal: *//p' /proc/meminfo)"
# Detect stalls, and lockups (after twice watchdog_thresh), within the test.
echo 10 >/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout
echo 5 >/proc/sys/kernel/watchdog_thresh
load nmr_core
registrar_objects >/tmp/objects
load nmr_scale
for part in $(echo "${parts:-many,stuck,tables,strides,interrupts,nothing_left,forgotten}" | tr , ' '); do
	began=$(now)
	$part
	echo "$part: $((($(now) - began) / 100)) s"
done

chapter "after everything"
unload nmr_scale
check "every rmmod succeeded" every_rmmod_succeeded
check "the registry is empty" [ "$(wc -l <$registry)" -eq 1 ]
check "the slab caches of the registrar have as many objects as before" \
	same_objects /tmp/objects
unload nmr_core
check "the core is unloaded" [ ! -d /sys/module/nmr_core ]
save_log
check "nothing else is in the log" nothing_else_in_the_log
echo "end of the scale"
poweroff -f
