# SPDX-License-Identifier: GPL-2.0
"""Runs the tests of the tools: a line each, ok or FAIL. Reasons follow."""
import os
import sys
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]


class Lines(unittest.TestResult):
    """Says how each test went."""

    def _say(self, verdict, test):
        name = test.id().split(".", 1)[1].replace("_", " ")
        print(f"{verdict:4} tools: {name}", flush=True)

    def addSuccess(self, test):
        self._say("ok", test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._say("skip", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._say("FAIL", test)
        print(self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self._say("FAIL", test)
        print(self.errors[-1][1])


result = Lines()
unittest.defaultTestLoader.discover(HERE, "*_test.py", HERE).run(result)
sys.exit(not result.wasSuccessful() or not result.testsRun)
