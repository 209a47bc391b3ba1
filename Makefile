# SPDX-License-Identifier: GPL-2.0
#
# For people; the kernel's build reads Kbuild. Variables given to make reach the
# scripts through the environment.

KDIR ?= /lib/modules/$(shell uname -r)/build
KERNEL ?= 6.12

kbuild = $(MAKE) -C $(KDIR) M=$(CURDIR)

help:
	@sed -n 's/^\([a-z_-]*\):.*## /  make \1 - /p' $(firstword $(MAKEFILE_LIST))

demo: ## boot a stock kernel in QEMU and see it all work; KERNEL=6.1|6.12|VERSION, WDK=1
	@testing/demo/run.sh $(KERNEL)

shell: ## boot the same machine to a prompt, modules in /modules; KERNEL= as well
	@testing/vm/shell.sh $(KERNEL)

test: ## run the KUnit tests; FILTER=GLOB for some of them
	@kunit/run.sh

kunit-module: ## the same suites as a module, loaded on a kernel that has KUnit
	@kunit/module.sh

coverage: ## which lines and branches of nmr_core/ the suites reach
	@kunit/coverage.sh

mutants: ## break nmr_core/ on purpose: the suites must notice each time
	@kunit/mutants.sh

explore: ## try every schedule of nmr_core/ in user space; BOUND=, SEED=, SCENARIO=, REPLAY=
	@testing/explore/run.sh

bench: ## measure calls, registering and binding, beside what one would use instead
	@testing/bench/run.sh $(KERNEL)

bench-plot: ## draw how that grows with what else is registered, as SVG
	@testing/bench/plot.sh $(KERNEL)

bench-check: ## fail if a line of it got more than 5% worse than testing/bench/baseline.csv
	@testing/bench/check.sh $(KERNEL)

bench-keep: ## measure, and keep that in testing/bench/baseline.csv and the documentation
	@testing/bench/keep.sh $(KERNEL)

check: ## checkpatch, sparse, warnings of gcc and clang; silent when all is well
	@scripts/check.sh

storm: storm-stock storm-kasan ## load and unload everything at random; DURATION=60 SEED=N

storm-stock: ## the same on a stock kernel alone; KERNEL= as well
	@testing/storm/run.sh $(KERNEL)

storm-kasan: ## and on one with KASAN, lockdep and kmemleak, which takes minutes to build
	@SAN=kasan testing/storm/run.sh

scale: ## 100,000 registrations and bindings, stuck, left behind, read; KERNEL= as well
	@testing/scale/run.sh $(KERNEL)

model: ## check the rundown and the detach word, as models, with Spin
	@testing/model/run.sh

check-tools: ## test nmr-trace and nmr-graph on kept logs
	@python3 -B tools/tests

docs: ## build the documents as HTML, with Sphinx
	@scripts/docs.sh

modules: ## build the modules here, for the running kernel or KDIR=HEADERS
	$(kbuild) modules

modules_install: ## install them for that kernel
	$(kbuild) modules_install

clean: ## remove what modules made
	$(kbuild) clean

.PHONY: bench bench-plot bench-check bench-keep
.PHONY: help demo shell test kunit-module coverage mutants explore storm storm-stock storm-kasan scale model check check-tools docs modules modules_install clean
