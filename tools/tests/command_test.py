# SPDX-License-Identifier: GPL-2.0
"""The commands nmr-trace and nmr-graph, on saved logs."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

from stories import PENDING, Story

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.dirname(HERE)


def kept(name):
    """The path of a saved log."""
    return os.path.join(HERE, "logs", name)


def run(script, *args, text=None, env=None):
    """Run it; its exit status, output and errors."""
    done = subprocess.run([sys.executable, os.path.join(SCRIPTS, script), *args],
                          input=text, capture_output=True, encoding="utf-8", check=False,
                          env={**os.environ, "PYTHONIOENCODING": "utf-8", **(env or {})})
    return done.returncode, done.stdout, done.stderr


def trace(*args, **kwargs):
    """Run nmr-trace."""
    return run("nmr-trace", *args, **kwargs)


def graph(*args, **kwargs):
    """Run nmr-graph."""
    return run("nmr-graph", *args, **kwargs)


def log(story):
    """The story as dmesg prints it."""
    return "\n".join(story.lines) + "\n"


def program(directory, name, text):
    """A shell script in place of a program."""
    path = os.path.join(directory, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + text)
    os.chmod(path, 0o755)


class Trace(unittest.TestCase):
    """nmr-trace"""

    maxDiff = None
    wrong = log(Story().begun().provider_detaches(PENDING).call("detach_provider").over())
    right = log(Story().begun().provider_detaches().call("detach_provider").over())

    def test_demo_log(self):
        status, out, err = trace("-q", "--whole", "--strict", kept("demo.log"))
        self.assertEqual((status, err), (0, ""))
        self.assertIn("65 steps, 3 bindings, 0 open, 0 damaged lines, 0 violations", out)

    def test_trace_report(self):
        status, out, err = trace("-q", "--whole", "--strict", kept("trace-report.txt"))
        self.assertEqual((status, err), (0, ""))
        self.assertIn("65 steps, 3 bindings, 0 open, 0 damaged lines, 0 violations", out)

    def test_damaged_log(self):
        status, out, _ = trace("-q", kept("damaged.log"))
        self.assertEqual(status, 0)
        self.assertIn(" 5 damaged lines, 0 violations", out)
        self.assertIn("  line 3: ", out)

    def test_damaged_log_strictly(self):
        status, _, err = trace("-q", "--strict", kept("damaged.log"))
        self.assertEqual((status, err), (4, "nmr-trace: 5 damaged lines\n"))

    def test_overrun_log(self):
        status, out, _ = trace("-q", kept("overrun.log"))
        self.assertEqual(status, 0)
        self.assertIn("3 bindings began before the log does", out)

    def test_perf_script(self):
        status, out, err = trace("-q", "--whole", "--strict", kept("perf-script.txt"))
        self.assertEqual((status, err), (0, ""))
        self.assertIn("45 steps, 2 bindings, 0 open, 0 damaged lines, 0 violations", out)

    def test_overrun_traces(self):
        for name in ("trace-cmd-dropped.txt", "trace-overrun.txt"):
            status, out, err = trace("-q", "--strict", kept(name))
            self.assertEqual((status, err), (0, ""), name)
            self.assertIn("77 steps, 7 bindings, 2 open, 0 damaged lines, 0 violations", out)
            self.assertIn("lines are missing since line 1", out)

    def test_images_of_a_trace(self):
        for form in ("--mermaid", "--svg"):
            self.assertEqual(trace(form, kept("perf-script.txt"))[0], 0)

    def test_follow_a_trace_that_lost_events(self):
        with open(kept("trace-cmd-dropped.txt"), encoding="utf-8") as file:
            status, out, _ = trace("--follow=-", "-q", text=file.read())
        self.assertEqual(status, 0)
        self.assertIn("77 steps", out)

    def test_trace_out_of_order(self):
        for args in ((), ("--follow=-",)):
            with open(kept("trace-cmd-stream.txt"), encoding="utf-8") as file:
                status, _, err = trace("-q", *args, text=file.read())
            self.assertEqual(status, 3)
            self.assertIn("line 3 at 58.518450 s follows one at 58.733110 s", err)

    def test_processors_a_little_apart(self):
        with open(kept("trace-report.txt"), encoding="utf-8") as file:
            text = file.read().replace(" 22.031228: ", " 22.030600: ", 1)
        self.assertEqual(trace("-q", "--whole", text=text)[0], 0)

    def test_nothing_readable(self):
        status, out, err = trace(kept("trace-cmd-raw.txt"))
        self.assertEqual((status, out), (3, ""))
        self.assertIn("none of the registrar's 2 lines can be read", err)
        self.assertIn("line 2: insmod-1634 ", err)

    def test_violation(self):
        status, _, err = trace("-q", text=self.wrong)
        self.assertEqual((status, err), (1, "nmr-trace: violation: line 13: binding 7: "
                                         "cleanup_client: the provider is pending since line "
                                         "10, and has not said detach complete\n"))

    def test_carriage_returns(self):
        status, out, _ = trace("-q", "--whole", text=self.right.replace("\n", "\r\n"))
        self.assertEqual(status, 0)
        self.assertIn("0 damaged", out)

    def test_chart(self):
        status, out, _ = trace("--ascii", text=self.right)
        self.assertEqual(status, 0)
        self.assertIn("\n    5.008000        7       |<----------|           |  detach_client\n",
                      out)
        self.assertIn("binding 7: p#0 1.000 ms; c#0 1.000 ms\n", out)

    def test_chart_with_lines(self):
        self.assertIn("│◀──────────│           │  detach_client\n", trace(text=self.right)[1])

    def test_still_open(self):
        story = Story().begun().provider_detaches(PENDING).call("detach_provider")
        status, out, _ = trace("-q", text=log(story))
        self.assertEqual(status, 0)
        self.assertIn("  binding 7 of p#0 and c#0: detaching; p#0 owes detach complete\n", out)
        self.assertIn("  provider p#0 of 8b0cf47d-85f1-4dc2-9c53-83a90c215971: "
                      "deregistering\n", out)

    def test_still_open_in_a_whole_log(self):
        self.assertEqual(trace("-q", "--whole", text=log(Story().begun()))[0], 1)

    def test_filters(self):
        def steps(*args):
            return trace("--mermaid", *args, kept("demo.log"))[1].count(">>")
        everything = steps()
        self.assertLess(steps("--owner", "third_module"), everything)
        self.assertLess(steps("--npi", "45841430"), everything)
        self.assertEqual(steps("--npi", "8b0cf47d") + steps("--npi", "45841430"), everything)
        self.assertEqual(steps("--binding", "999999"), 0)

    def test_mermaid(self):
        status, out, _ = trace("--mermaid", "--title", "Bye", text=self.right)
        self.assertEqual(status, 0)
        self.assertTrue(out.startswith("# Bye\n\n```mermaid\nsequenceDiagram\n"))
        self.assertTrue(out.endswith("```\n"))
        self.assertIn("    participant p0 as p#35;0<br/>provider\n", out)
        self.assertIn("    p1->>p0: detach_client (7)\n    p0-->>p1: detach_client = 0 (7)\n", out)
        self.assertIn("    Note over p0,p2: unbound (7)\n", out)

    def test_mermaid_of_odd_names(self):
        out = trace("--mermaid", text=self.right.replace("p#0", "a;<b>#0"))[1]
        self.assertIn("    participant p0 as a#59;#60;b#62;#35;0<br/>provider\n", out)

    def test_mermaid_that_is_too_long(self):
        story = Story().registered()
        for binding in range(7, 400):
            story.attached(binding=binding)
        status, _, err = trace("--mermaid", text=log(story))
        self.assertEqual(status, 0)
        self.assertIn("most renderers show at most 50000; draw a part", err)
        self.assertNotIn("renderers", trace("--mermaid", "--binding", "7", text=log(story))[2])

    def test_svg(self):
        status, out, err = trace("--svg", text=self.wrong)
        self.assertEqual(status, 1)
        texts = [node.text for node in ElementTree.fromstring(out).iter()
                 if node.tag.endswith("}text")]
        self.assertIn("detach_client = pending", texts)
        self.assertIn("the provider is pending since line 10, and has not said detach complete",
                      texts)
        self.assertIn("1 violations", err)

    def test_output_file(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "chart.svg")
            self.assertEqual(trace("--svg", "-o", path, text=self.right)[0], 0)
            ElementTree.parse(path)

    def test_odd_names_in_images(self):
        text = self.right.replace("p#0", "a<b&\"c#0")
        ElementTree.fromstring(trace("--svg", text=text)[1])

    def test_not_a_log(self):
        status, out, err = trace(text="hello\n")
        self.assertEqual((status, out), (3, ""))
        self.assertIn("no step of the registrar's in 1 lines", err)

    def test_empty(self):
        self.assertEqual(trace(text=""), (3, "", "nmr-trace: standard input: empty\n"))

    def test_no_file(self):
        status, _, err = trace("/nowhere/at/all")
        self.assertEqual(status, 3)
        self.assertIn("/nowhere/at/all", err)

    def test_trace_dat(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"\x17\x08\x44tracing6\0" + bytes(range(256)))
            file.flush()
            status, _, err = trace(file.name)
        self.assertEqual(status, 3)
        self.assertIn("trace-cmd report", err)

    def test_binary(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(bytes(range(256)) * 100)
            file.flush()
            self.assertEqual(trace(file.name)[0], 3)

    def test_wrong_arguments(self):
        self.assertEqual(trace("--svg", "--mermaid")[0], 2)
        self.assertEqual(trace("--follow", kept("demo.log"))[0], 2)

    def test_help(self):
        status, out, _ = trace("--help")
        self.assertEqual(status, 0)
        self.assertIn("exit status:", out)

    def test_follow_a_pipe(self):
        status, out, err = trace("--follow=-", "--ascii", text=self.wrong + log(
            Story().later(60).of_provider("register")))
        self.assertEqual(status, 1)
        self.assertIn("|<----------|           |  detach_client\n", out)
        self.assertEqual(err.count("violation"), 1)

    def test_follow_dmesg(self):
        with tempfile.TemporaryDirectory() as directory:
            program(directory, "dmesg", f'[ "$1" = --follow ] && cat "{kept("demo.log")}"\n')
            status, out, err = trace("--follow", env={
                "PATH": directory + os.pathsep + os.environ["PATH"]})
        self.assertEqual((status, err), (0, ""))
        self.assertIn("third_module#3", out)

    def test_follow_dmesg_that_fails(self):
        with tempfile.TemporaryDirectory() as directory:
            program(directory, "dmesg", "echo dmesg: not you >&2\nexit 1\n")
            status, _, err = trace("--follow", env={
                "PATH": directory + os.pathsep + os.environ["PATH"]})
        self.assertEqual(status, 3)
        self.assertIn("dmesg --follow ended with status 1", err)

    def test_many_bindings_are_summed_up(self):
        story = Story().registered()
        for binding in range(7, 47):
            story.attached(binding=binding)
        story.later(5).of_provider("deregister", PENDING)
        for binding in range(7, 47):
            story.call("detach_client", binding=binding)
            story.call("detach_provider", binding=binding).cleaned(binding=binding)
        status, out, _ = trace("-q", "--whole", text=log(story.provider_gone().client_gone()))
        self.assertEqual(status, 0)
        self.assertIn("  c#0 as client: 40 times, 0 pending, median 1.000 ms, "
                      "longest 1.000 ms\n", out)


class Graph(unittest.TestCase):
    """nmr-graph"""

    def test_dot(self):
        status, out, err = graph(kept("registry-during"))
        self.assertEqual((status, err), (0, ""))
        self.assertTrue(out.startswith("digraph nmr {\n"))
        self.assertIn('label="binding ', out)
        self.assertIn("pending for ", out)
        self.assertEqual(out.count("{"), out.count("}"))

    def test_pipe(self):
        with open(kept("registry-before"), encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(graph("-", text=text)[:2], graph(kept("registry-before"))[:2])

    def test_filters(self):
        self.assertNotIn("third_module", graph("--npi", "45841430", kept("registry-during"))[1])
        out = graph("--owner", "third_module", kept("registry-during"))[1]
        self.assertIn("third_module", out)
        self.assertNotIn("nmr_client_demo", out)

    def test_empty_registry(self):
        with open(kept("registry-before"), encoding="utf-8") as file:
            head = file.readline()
        status, out, _ = graph("-", text=head)
        self.assertEqual(status, 0)
        self.assertNotIn("->", out)

    def test_registration_without_binding(self):
        with open(kept("registry-before"), encoding="utf-8") as file:
            text = "".join(line for line in file if not line.startswith("binding"))
        status, out, _ = graph("-", text=text)
        self.assertEqual(status, 0)
        self.assertIn("not bound", out)

    def test_damaged_lines(self):
        with open(kept("registry-during"), encoding="utf-8") as file:
            text = file.read()
        status, out, err = graph("-", text=text[:-20])
        self.assertEqual(status, 0)
        self.assertIn("1 damaged lines", err)
        self.assertTrue(out.endswith("}\n"))
        self.assertEqual(graph("--strict", "-", text=text[:-20])[0], 4)

    def test_not_a_registry(self):
        for text in ("hello\n", ""):
            status, out, err = graph("-", text=text)
            self.assertEqual((status, out), (3, ""))
            self.assertTrue(err.startswith("nmr-graph: standard input: "))

    def test_no_file(self):
        self.assertEqual(graph("/nowhere/at/all")[0], 3)

    def test_without_dot(self):
        with tempfile.TemporaryDirectory() as directory:
            status, out, err = graph("--svg", kept("registry-before"), env={"PATH": directory})
        self.assertEqual((status, out), (1, ""))
        self.assertIn("not installed", err)

    def test_dot_fails(self):
        with tempfile.TemporaryDirectory() as directory:
            program(directory, "dot", "exit 7\n")
            status, _, err = graph("--svg", kept("registry-before"), env={"PATH": directory})
        self.assertEqual((status, err), (1, "nmr-graph: dot ended with status 7\n"))

    @unittest.skipUnless(shutil.which("dot"), "Graphviz is not installed")
    def test_svg(self):
        status, out, _ = graph("--svg", "--title", "now", kept("registry-during"))
        self.assertEqual(status, 0)
        ElementTree.fromstring(out)

    def test_help(self):
        self.assertEqual(graph("--help")[0], 0)


if __name__ == "__main__":
    unittest.main()
