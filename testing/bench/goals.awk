# SPDX-License-Identifier: GPL-2.0
#
# Compares the lines of measure.sh with the goals.
BEGIN { FS = "," }
/^#/ || $5 == "-" { next }
{
	best[$1, $2, $3] = $5
	median[$1, $2, $3] = $6
}

function value(values, work, name, others) {
	if (!((work, name, others) in values))
		lacking = 1
	return values[work, name, others]
}

# goal(text, value, upper bound, 1), or goal(text, value, lower bound, -1)
function goal(text, is, bound, sign) {
	if (lacking)
		printf "not measured %s\n", text
	else
		printf "%-12s  %s: %.2f, goal %s %.2f\n",
		       (sign * is <= sign * bound) ? "met" : "MISSED", text, is,
		       (sign > 0) ? "<=" : ">=", bound
	lacking = 0
}

function ratio(a, b) {
	return b ? a / b : 0
}

END {
	call = "guarded call"
	guarded = value(best, call, "nmr_rundown", 0)
	goal("guarded call over the bare one, instructions",
	     guarded - value(best, call, "bare indirect call", 0), 17, 1)
	bare = value(best, call, "bare indirect call", 0)
	goal("gate over the bare call, instructions",
	     value(best, call, "nmr_gate", 0) - bare, 6, 1)
	inside = value(best, call, "nmr_gate in a read section", 0)
	goal("gate in a read section over the bare call, instructions", inside - bare, 3.1, 1)
	n = split("srcu_read_lock,percpu_ref_tryget_live,try_module_get," \
		  "refcount_t,read_lock,srcu notifier chain of one", other, ",")
	for (i = 1; i <= n; i++)
		goal("guarded call against " other[i],
		     ratio(guarded, value(best, call, other[i], 0)), 1, 1)

	call = call " on two processors"
	goal("guarded calls on two processors, times one",
	     value(best, call, "nmr_rundown", 0), 1.9, -1)
	if ((call, "bare indirect call", 0) in best &&
	    best[call, "bare indirect call", 0] < 1.9)
		print "              (the host was busy: bare calls did not reach it either)"

	life = "pair life cycle"
	goal("pair life cycle, instructions", value(best, life, "nmr", 10), 4000, 1)
	goal("pair with rundown, instructions", value(best, life, "nmr with rundown", 10),
	     6000, 1)
	goal("pair with gates, instructions", value(best, life, "nmr with gates", 10), 4300, 1)
	goal("auxiliary bus against pair life cycle",
	     ratio(value(best, life, "auxiliary bus", 10), value(best, life, "nmr", 10)),
	     40, -1)
	goal("pair life cycle among 100,000 against 10, best",
	     ratio(value(best, life, "nmr", 100000), value(best, life, "nmr", 10)),
	     1.1, 1)
	goal("pair life cycle among 100,000 against 10, median",
	     ratio(value(median, life, "nmr", 100000), value(median, life, "nmr", 10)),
	     1.1, 1)
	deregister = "client deregister"
	goal("client deregister among 10,000 against 1, best",
	     ratio(value(best, deregister, "nmr", 10000),
		   value(best, deregister, "nmr", 1)), 1.1, 1)
	goal("client deregister among 10,000 against 1, median",
	     ratio(value(median, deregister, "nmr", 10000),
		   value(median, deregister, "nmr", 1)), 1.1, 1)
	goal("idle rundown until wait returns against synchronize_rcu",
	     ratio(value(median, "detach", "idle rundown until wait returns", 0),
		   value(median, "detach", "synchronize_rcu", 0)), 0.05, 1)
}
