# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Functions for the guest.sh of demo, storm and scale, to be sourced: load and unload
# modules, make traffic, and check the log and the slab caches. $suite is the name in
# the results (demo).
unload_bound=20
log_part=/tmp/log-part
log_whole=/tmp/log-whole

chapter()
{
	echo
	echo "== $*"
	save_log
}

# check NAME COMMAND...: prints the result, and below it the command's output.
check()
{
	name=$1
	shift
	if "$@" >/tmp/reason 2>&1; then
		echo "ok   ${suite:-demo}: $name"
	else
		echo "FAIL ${suite:-demo}: $name"
	fi
	sed 's/^/  /' /tmp/reason
}

# The log is moved from the kernel to files and to the host after each chapter.
save_log()
{
	dmesg -r -c >"$log_part"
	cat "$log_part" >>"$log_whole"
	cat "$log_part" >/dev/ttyS1
}

# Hundredths of a second since the start.
now()
{
	read -r up _ </proc/uptime
	echo "${up%.*}${up#*.}"
}

# wait_until SECONDS COMMAND...
wait_until()
{
	deadline=$(($(now) + $1 * 100))
	shift
	until "$@"; do
		[ "$(now)" -lt $deadline ] || return 1
		usleep 20000
	done
}

# load MODULE [PARAMETER]...: does not wait for the effects.
load()
{
	module=$1
	shift
	[ "${quiet:-}" ] || echo "insmod $module${*:+ $*}"
	insmod "/modules/$module.ko" "$@" || {
		echo "FAIL ${suite:-demo}: insmod $module $*"
		give_up
	}
}

timed_rmmod()
{
	began=$(now)
	rmmod "$1" && status=0 || status=$?
	echo "$1 $status $(($(now) - began))" >"/tmp/going-$1"
	mv "/tmp/going-$1" "/tmp/gone-$1"
}

# unload MODULE...: all of them at the same time.
unload()
{
	[ "${quiet:-}" ] || echo "rmmod $*" | sed 's/ \(nmr_[a-z_]*\) / \1 \& rmmod /'
	for module; do
		timed_rmmod "$module" &
	done
	for module; do
		wait_until $unload_bound [ -e "/tmp/gone-$module" ] || {
			echo "FAIL ${suite:-demo}: rmmod $module has not returned in $unload_bound s"
			give_up
		}
		cat "/tmp/gone-$module" >>/tmp/unloads
		rm "/tmp/gone-$module"
	done
}

# /tmp/unloads has, for each unload: module, exit status, hundredths of a second.
every_rmmod_succeeded()
{
	awk '
		$2 != 0 { print "rmmod", $1, "failed:", $2; bad = 1 }
		$3 > most { most = $3 }
		END { printf "%d rmmod, the slowest took %.2f s\n", NR, most / 100
		      exit bad || !NR }' /tmp/unloads
}

# Ends the guest, after logging the blocked tasks.
give_up()
{
	echo w >/proc/sysrq-trigger
	save_log
	tail -n 60 "$log_part"
	poweroff -f
}

# start_traffic PAUSE INTERVAL: pings every INTERVAL seconds and a TCP stream that
# pauses for PAUSE microseconds, on the loopback device, until /tmp/traffic is removed.
start_traffic()
{
	echo "traffic on loopback: ping, a TCP stream"
	touch /tmp/traffic
	nc -ll -p 7 -e cat &
	while [ -e /tmp/traffic ]; do
		head -c 20000 /dev/zero
		usleep "$1"
	done | nc 127.0.0.1 7 >/dev/null &
	ping -q -i "$2" 127.0.0.1 >/dev/null &
}

# Adds UDP traffic, which stop_traffic ends as well.
start_udp()
{
	echo "traffic on loopback: UDP"
	while [ -e /tmp/traffic ]; do
		traceroute -n -q 1 127.0.0.1 >/dev/null 2>&1
	done &
}

stop_traffic()
{
	rm /tmp/traffic
	killall ping nc 2>/dev/null
	sleep 1
}

# The packets that the provider delivered and that the client reports as seen.
counts()
{
	cat /sys/module/nmr_provider_demo/parameters/compare
}

delivered_at_least()
{
	counts | grep -q . || return 1
	[ "$(counts | sed 's/.*delivered packets=\([0-9]*\) .*/\1/')" -ge "$1" ]
}

# wait_packets COUNT: waits until that many packets are delivered.
wait_packets()
{
	wait_until 20 delivered_at_least "$1" || {
		echo "FAIL ${suite:-demo}: no $1 packets in 20 s"
		counts
		give_up
	}
	[ "${quiet:-}" ] || counts
}

# attached GUID: the number of bindings that were attached in this chapter.
attached()
{
	dmesg | grep -c " attached npi=$1"
}

# Objects in use in the registrar's slab caches.
registrar_objects()
{
	for cache in /sys/kernel/slab/nmr_*; do
		[ -d "$cache" ] || continue
		echo 1 >"$cache/shrink"
		echo "${cache##*/} $(sed 's/ .*//' "$cache/objects")"
	done
}

# Objects in use in the caches of kmalloc().
kmalloc_objects()
{
	for cache in /sys/kernel/slab/kmalloc-*; do
		echo "${cache##*/} $(sed 's/ .*//' "$cache/objects")"
	done
}

# same_objects FILE: compares with the file; RCU frees some objects with a delay.
same_objects()
{
	wait_until 10 registrar_objects_are "$1" && return
	echo "was:"
	cat "$1"
	echo "is:"
	registrar_objects
	return 1
}

registrar_objects_are()
{
	registrar_objects | cmp -s - "$1"
}

# no_leak FILE COUNT: no cache has grown by COUNT objects or more.
no_leak()
{
	wait_until 10 kmalloc_objects_within "$1" "$2" && status=0 || status=1
	cat /tmp/grown
	return "$status"
}

kmalloc_objects_within()
{
	kmalloc_objects | awk -v most="$2" '
		NR == FNR { was[$1] = $2; next }
		{ more = $2 - was[$1] }
		more > top { top = more; cache = $1 }
		more >= most { print $1 " has " more " objects more"; bad = 1 }
		END { if (!bad) printf "%d more at most %s\n", top, cache
		      exit bad }' "$1" - >/tmp/grown
}

# Matches the kernel's reports of bugs, and warnings of the modules.
clean_log()
{
	! grep -v 'loading out-of-tree module taints kernel' "$log_whole" |
		grep -E -A 30 -e 'WARNING|BUG|Oops|KASAN|KFENCE|UBSAN|lockdep|refcount_t' \
		-e 'possible .* locking|inconsistent lock state|rcu.*stall' \
		-e 'blocked for more than|soft lockup|Call Trace|general protection' \
		-e 'Objects remaining|still has objects|scheduling while atomic' \
		-e '^<[0-4]>.* (nmr_[a-z_]*|third_module): '
}
