# SPDX-License-Identifier: GPL-2.0
"""Run the tests of the tools, and print ok or FAIL for each, with the reasons."""
import os
import sys
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]


class Lines(unittest.TestResult):
    """Prints the result of each test."""

    def _print(self, verdict, test):
        name = test.id().split(".", 1)[1].replace("_", " ")
        print(f"{verdict:4} tools: {name}", flush=True)

    def addSuccess(self, test):
        self._print("ok", test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._print("skip", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._print("FAIL", test)
        print(self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self._print("FAIL", test)
        print(self.errors[-1][1])


result = Lines()
unittest.defaultTestLoader.discover(HERE, "*_test.py", HERE).run(result)
sys.exit(not result.wasSuccessful() or not result.testsRun)
