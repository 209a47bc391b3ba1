# SPDX-License-Identifier: GPL-2.0
#
# For manual use; the kernel's build system reads Kbuild. Variables on make's command
# line reach the scripts through the environment.

KDIR ?= /lib/modules/$(shell uname -r)/build
KERNEL ?= 6.12

kbuild = $(MAKE) -C $(KDIR) M=$(CURDIR)

help:
	@sed -n 's/^\([a-z_-]*\):.*## /  make \1 - /p' $(firstword $(MAKEFILE_LIST))

demo: ## boot a stock kernel in QEMU and demonstrate the modules; KERNEL=6.1|6.12|VERSION, WDK=1
	@testing/demo/run.sh $(KERNEL)

shell: ## boot the demo's machine to a shell prompt, with the modules in /modules; KERNEL=
	@testing/vm/shell.sh $(KERNEL)

test: ## run the KUnit tests; FILTER=GLOB selects some
	@kunit/run.sh

kunit-module: ## run the same suites as a module
	@kunit/module.sh

coverage: ## report the lines and branches of nmr_core/ that the suites reach
	@kunit/coverage.sh

mutants: ## break nmr_core/ in many ways: the suites must fail each time
	@kunit/mutants.sh

explore: ## try every schedule of nmr_core/ in user space; BOUND=, SEED=, SCENARIO=, REPLAY=
	@testing/explore/run.sh

bench: ## measure calls, registering and binding, and the alternatives
	@testing/bench/run.sh $(KERNEL)

bench-plot: ## plot the cost over the number of registrations, as SVG
	@testing/bench/plot.sh $(KERNEL)

bench-check: ## fail if a line is more than 5% worse than in testing/bench/baseline.csv
	@testing/bench/check.sh $(KERNEL)

bench-keep: ## measure, and update testing/bench/baseline.csv and the documentation
	@testing/bench/keep.sh $(KERNEL)

check: ## run checkpatch, sparse, shellcheck, gcc and clang; prints only complaints
	@scripts/check.sh

storm: storm-stock storm-kasan ## load and unload all modules at random; DURATION=60 SEED=N

storm-stock: ## the same, only on a stock kernel; KERNEL=
	@testing/storm/run.sh $(KERNEL)

storm-kasan: ## the same, only on a kernel with KASAN, lockdep and kmemleak
	@SAN=kasan testing/storm/run.sh

scale: ## test 100,000 registrations and bindings; KERNEL=
	@testing/scale/run.sh $(KERNEL)

model: ## check the rundown and the debts of a binding, as models, with Spin
	@testing/model/run.sh

check-tools: ## test nmr-trace and nmr-graph on saved logs
	@python3 -B tools/tests

docs: ## build the documents as HTML, with Sphinx
	@scripts/docs.sh

modules: ## build the modules in this directory, for the running kernel or KDIR=HEADERS
	$(kbuild) modules

modules_install: ## install the modules for that kernel
	$(kbuild) modules_install

clean: ## remove what make modules built
	$(kbuild) clean

.PHONY: bench bench-plot bench-check bench-keep
.PHONY: help demo shell test kunit-module coverage mutants explore storm storm-stock storm-kasan scale model check check-tools docs modules modules_install clean
