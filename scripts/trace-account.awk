# SPDX-License-Identifier: GPL-2.0
#
# dmesg | awk -f trace-account.awk
# Goes through the registrar's trace and complains about each binding that was
# attached and did not have every step of its end exactly once.

match($0, /nmr_core: [a-z_]+ npi=/) {
	step = substr($0, RSTART + 10, RLENGTH - 15)
	match($0, / binding=[0-9-]+/)
	binding = substr($0, RSTART + 9, RLENGTH - 9)
	if (/ result=-$/)
		called[step " " binding]++
	else
		returned[step " " binding]++
	if (step == "attached")
		bindings[binding] = $0
	if (step ~ /^detach_/ && / result=-115$/)
		pending++
}

function once(count, step, binding)
{
	if (count[step " " binding] == 1)
		return
	printf "%s: %d times: %s\n", step, count[step " " binding], bindings[binding]
	wrong = 1
}

END {
	for (binding in bindings) {
		total++
		once(called, "detach_provider", binding)
		once(returned, "detach_provider", binding)
		once(called, "detach_client", binding)
		once(returned, "detach_client", binding)
		once(returned, "unbound", binding)
		if (called["cleanup_client " binding] > 1 ||
		    called["cleanup_provider " binding] > 1) {
			print "cleaned up twice: " bindings[binding]
			wrong = 1
		}
	}
	printf "%d bindings, %d detach callbacks found calls under way\n", total, pending
	exit wrong || !total
}
