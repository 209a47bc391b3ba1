#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Guest part of run.sh: 100,000 registrations and bindings, 30,000 that are stuck,
# 50,000 that a module leaves behind, tables that change size under readers,
# handles at every spacing, and calls from hard interrupts. nmr_scale.ko runs the
# parts and counts the callbacks; this script looks at the registrar meanwhile.
#
# shellcheck disable=SC2154 # init gets parts= from the kernel
# shellcheck source-path=SCRIPTDIR/../../scripts
. /guest-lib.sh

suite=scale
run=/sys/module/nmr_scale/parameters/run
registry=/sys/kernel/debug/nmr/registry
stats=/sys/kernel/debug/nmr/stats

# What goes to the host is cut: a log that is flooded is a failure anyway.
save_log()
{
	dmesg -r -c >"$log_part"
	cat "$log_part" >>"$log_whole"
	head -n 500 "$log_part" >/dev/ttyS1
}

# part NAME [NUMBER]...: of nmr_scale.ko.
part()
{
	echo "$*" >$run 2>/dev/null && status=0 || status=1
	cat $run
	return "$status"
}

# What others had to wait for a processor since the last such check. On a busy host
# it is now and then half a second that is not the registrar's.
nobody_is_stalled()
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
	check "none is left" nothing_is_registered

	for order in late early; do
		chapter "100,000 bindings of one provider, which registers $order"
		check "both sides of each attach" part $order-provider 100000
		check "the registrar counts them" \
			stats_are providers=1 clients=100000 bindings=100000 attached=100000
		check "the provider deregisters, and all comes apart" part apart
		check "nothing is left" nothing_is_registered
		check "nobody is stalled" nobody_is_stalled
	done
}

# What the watchdog wrote since the chapter began: bounded in each look, which ends
# with a pause or with the number of what was left out, and in each second, which is
# its shortest interval.
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
			printf "%d lines, %d in one look at most; ", lines, longest
			printf "%d with a number of others, of %d at most\n", more, largest
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
		check "nothing is left" nothing_is_registered
		check "nobody is stalled" nobody_is_stalled
	done
	echo 10 >$detach_warn_secs
}

# left COUNT DUTY: what nmr_core says of the clients that the crowd left.
left()
{
	dmesg | grep 'nmr_core: ' >/tmp/left
	head -n 12 /tmp/left
	[ "$(wc -l </tmp/left)" -le 20 ] &&
		[ "$(grep -c 'nmr_core: nmr_scale_crowd: unloaded while still registered' \
			/tmp/left)" -eq 1 ] &&
		[ "$(grep -c "nmr_core: nmr_scale_crowd#0: $2" /tmp/left)" -eq 8 ] &&
		grep -q "nmr_core: nmr_scale_crowd: $(($1 - 8)) more registrations" /tmp/left
}

# The hundredths of a second that the last rmmod took.
last_rmmod()
{
	sed -n '$s/.* //p' /tmp/unloads
}

# forget COUNT PARAMETER DUTY
forget()
{
	chapter "$1 clients, left behind with $2"
	load nmr_scale_crowd count="$1" "$2=1"
	unload nmr_scale_crowd
	echo "rmmod took $(last_rmmod) hundredths of a second"
	check "nmr_core says so, in few lines" left "$1" "$3"
	check "none is left" nothing_is_registered
	check "nobody is stalled" nobody_is_stalled
}

# Hundredths of a second that it takes to unload what left nothing: the fastest of
# ten times, for the rest is the host's.
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
	chapter "a module that left nothing, while 100,000 registrations stay"
	fastest_unload
	before=$fastest
	check "they register" part alone 100000 10000
	fastest_unload
	check "rmmod takes as long as without them: $before, $fastest" \
		[ "$fastest" -le $((before * 2 + 1)) ]
	check "they deregister" part apart
}

# read_stats LEAST MOST: reads until the churn is over, and once at least; each
# time so many clients must be counted.
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

# read_registry COUNT: the same; each of the crowd must be there exactly once.
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

# in_background NAME COMMAND...: its report and its status go to files.
in_background()
{
	background=$1
	shift
	"$@" >"/tmp/report-$background" 2>&1 && status=0 || status=$?
	echo "$status" >"/tmp/status-$background"
}

# What in_background wrote.
succeeded()
{
	head -n 10 "/tmp/report-$1"
	[ "$(cat "/tmp/status-$1")" -eq 0 ]
}

# churn COUNT SECONDS: so many clients come and go beside the crowd of 19,000, while
# others read. A walk that lets others run may not count those that come meanwhile.
churn()
{
	chapter "19,000 clients, and up to $1 more that come and go"
	touch /tmp/churning
	in_background stats read_stats 19000 $((19000 + $1)) &
	reader=$!
	in_background registry read_registry 19000 &
	check "they come and go" part churn "$1" "$2"
	rm /tmp/churning
	wait $reader $!
	check "stats never counts too few or too many" succeeded stats
	check "the registry always lists each of the constant ones once" succeeded registry
	check "stats counts those that are left" read_stats 19000 19000
	check "the registry lists each of them once" read_registry 19000
	check "nobody is stalled" nobody_is_stalled
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
	check "nobody is stalled" nobody_is_stalled
}

# Each of them would be a line, were there no limit to their rate.
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
	check "each returns what it should, and soon" part interrupts 10 10000
	check "the bad ones are reported, at a limited rate" bad_handles_are_reported
	check "nothing is left" nothing_is_registered
}

# What this stage provokes is checked where it does.
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
# A stall and a lockup, which takes twice as many seconds, are seen within the stage.
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
check "no object of the registrar's is left" same_objects /tmp/objects
unload nmr_core
check "the core went" [ ! -d /sys/module/nmr_core ]
save_log
check "nothing else is in the log" nothing_else_in_the_log
echo "end of the scale"
poweroff -f
