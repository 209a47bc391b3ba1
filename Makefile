# SPDX-License-Identifier: GPL-2.0
#
# For people; the kernel's build reads Kbuild. Variables given to make reach the
# scripts through the environment.

KDIR ?= /lib/modules/$(shell uname -r)/build
KERNEL ?= 6.12

kbuild = $(MAKE) -C $(KDIR) M=$(CURDIR) CONFIG_NMR_CORE=m \
	CONFIG_NMR_PROVIDER_DEMO=m CONFIG_NMR_CLIENT_DEMO=m CONFIG_NMR_WDK=m

help:
	@sed -n 's/^\([a-z_-]*\):.*## /  make \1 - /p' $(firstword $(MAKEFILE_LIST))

demo: ## boot a stock kernel in QEMU and see it all work; KERNEL=6.1|6.12|VERSION, WDK=1
	@scripts/demo.sh $(KERNEL)

shell: ## boot the same machine to a prompt, modules in /modules; KERNEL= as well
	@scripts/shell.sh $(KERNEL)

test: ## run the KUnit tests; FILTER=GLOB for some of them
	@scripts/kunit.sh

kunit-module: ## the same suites as a module, loaded on a kernel that has KUnit
	@scripts/kunit-module.sh

coverage: ## which lines and branches of nmr_core/ the suites reach
	@scripts/kunit-coverage.sh

mutants: ## break nmr_core/ on purpose: the suites must notice each time
	@scripts/kunit-mutants.sh

explore: ## try every schedule of nmr_core/ in user space; BOUND=, SEED=, SCENARIO=, REPLAY=
	@testing/explore/run.sh

bench: ## measure calls, registering and binding, beside what one would use instead
	@scripts/bench.sh $(KERNEL)

bench-plot: ## draw how that grows with what else is registered, as SVG
	@scripts/bench-plot.sh $(KERNEL)

bench-check: ## fail if a line of it got more than 5% worse than bench/baseline.csv
	@scripts/bench-check.sh $(KERNEL)

bench-keep: ## measure, and keep that in bench/baseline.csv and the documentation
	@scripts/bench-keep.sh $(KERNEL)

check: ## checkpatch, sparse, warnings of gcc and clang; silent when all is well
	@scripts/check.sh

storm: storm-stock storm-kasan ## load and unload everything at random; DURATION=60 SEED=N

storm-stock: ## the same on a stock kernel alone; KERNEL= as well
	@scripts/storm.sh $(KERNEL)

storm-kasan: ## and on one with KASAN, lockdep and kmemleak, which takes minutes to build
	@SAN=kasan scripts/storm.sh

scale: ## 100,000 registrations and bindings, stuck, left behind, read; KERNEL= as well
	@testing/scale/run.sh $(KERNEL)

check-tools: ## test nmr-trace and nmr-graph on kept logs
	@python3 -B scripts/tests

modules: ## build the modules here, for the running kernel or KDIR=HEADERS
	$(kbuild) modules

modules_install: ## install them for that kernel
	$(kbuild) modules_install

clean: ## remove what modules made
	$(kbuild) clean

.PHONY: bench bench-plot bench-check bench-keep
.PHONY: help demo shell test kunit-module coverage mutants explore storm storm-stock storm-kasan scale check check-tools modules modules_install clean
