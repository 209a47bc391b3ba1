# SPDX-License-Identifier: GPL-2.0
"""Parsing of lines."""
import unittest

from nmr_tools.steps import (CLIENT, PENDING, PROVIDER, Boot, Damaged, Gap, Message,
                             Step, read, read_line)
from stories import NPI

DETACH = f"nmr_core: detach_client npi={NPI} provider=p#0 client=c#1 binding=4 result=-115"
EVENT = f"npi={NPI} provider=p#0 client=c#1 binding=4 side=provider result=-115"


class Lines(unittest.TestCase):
    """Lines of logs and of trace reports."""

    def step(self, line, time=None):
        """Expect that step."""
        self.assertEqual(read_line(5, line), Step(
            5, time, "detach", PROVIDER, NPI, "p#0", "c#1", 4, PENDING))

    def kind(self, line, kind):
        """Expect an item of that kind, or none."""
        item = read_line(5, line)
        self.assertEqual(type(item), type(None) if kind is None else kind, line)
        return item

    def test_bare(self):
        self.step(DETACH)

    def test_dmesg(self):
        self.step(f"[   12.345678] {DETACH}", 12.345678)

    def test_dmesg_raw(self):
        self.step(f"<7>[   12.345678] {DETACH}", 12.345678)

    def test_dmesg_decoded(self):
        self.step(f"kern  :debug : [   12.345678] {DETACH}", 12.345678)

    def test_dmesg_with_deltas(self):
        self.step(f"[   12.345678 <    0.000100>] {DETACH}", 12.345678)

    def test_dmesg_with_callers(self):
        self.step(f"[   12.345678][  T123] {DETACH}", 12.345678)

    def test_journal(self):
        self.step(f"Jan 01 12:00:00 host kernel: {DETACH}")

    def test_dynamic_debug_with_names(self):
        self.step(f"[   12.345678] nmr_core:nmr_log_result: {DETACH}", 12.345678)

    def test_trace_cmd(self):
        self.step(f"       rmmod-123   [000]    12.345678: nmr_detach_returned:  {EVENT}",
                  12.345678)

    def test_trace_pipe(self):
        self.step(f"  rmmod-123     [001] d..1.    12.345678: nmr_detach_returned: {EVENT}",
                  12.345678)

    def test_perf(self):
        self.step(f"rmmod   123 [000]    12.345678: nmr:nmr_detach_returned: {EVENT}", 12.345678)

    def test_perf_pads_names(self):
        self.step(f"rmmod   123 [000]    12.345678:    nmr:nmr_detach_returned: {EVENT}",
                  12.345678)

    def test_trace_cmd_of_an_instance_with_nanoseconds(self):
        self.step(f"more:   rmmod-123   [000]    12.345678000: nmr_detach_returned:  {EVENT}",
                  12.345678)

    def test_trace_cmd_with_differences(self):
        self.step(f"  rmmod-123   [000]    12.345678: (+351)  nmr_detach_returned:  {EVENT}",
                  12.345678)

    def test_trace_with_thread_groups(self):
        self.step(f"  rmmod-123     (    123) [001] .....    12.345678: nmr_detach_returned: "
                  f"{EVENT}", 12.345678)

    def test_trace_in_latency_format(self):
        self.step(f"  rmmod-123       0..... 12345678us+: nmr_detach_returned: {EVENT}",
                  12.345678)

    def test_trace_by_a_clock_that_is_not_in_seconds(self):
        self.step(f"  rmmod-123     [001] .....            5: nmr_detach_returned: {EVENT}")

    def test_trace_without_context(self):
        self.step(f"nmr_detach_returned: {EVENT}")

    def test_called_event(self):
        step = read_line(1, "  a-1 [000] 1.5: nmr_attach_called: "
                         + EVENT.replace("side=provider", "side=client"))
        self.assertEqual((step.label, step.result), ("attach_provider", None))

    def test_registration_event(self):
        step = read_line(1, f"  a-1 [000] 1.5: nmr_wait: npi={NPI} side=client owner=c#1 "
                         "result=0")
        self.assertEqual((step.label, step.provider, step.client, step.side),
                         ("wait_client", None, "c#1", CLIENT))

    def test_cut_off_anywhere_it_is_damaged(self):
        for end in range(len("nmr_core: deta"), len(DETACH) - 4):
            self.kind(DETACH[:end], Damaged)

    def test_cut_off_event_is_damaged(self):
        line = f"  a-1 [000] 1.5: nmr_detach_returned: {EVENT}"
        for end in range(line.index("nmr_") + 4, len(line) - 4):
            self.kind(line[:end], Damaged)

    def test_beginning_is_lost(self):
        for begin in range(len("nmr_core:"), DETACH.index("client=c#1")):
            self.kind(DETACH[begin:], Damaged)

    def test_fields_that_do_not_fit(self):
        self.kind(DETACH.replace("binding=4", "binding=-"), Damaged)
        self.kind(DETACH.replace("provider=p#0", "provider=-"), Damaged)
        self.kind(DETACH.replace("client=c#1", "client=c"), Damaged)
        self.kind(DETACH.replace("-115", "115"), Damaged)
        self.kind(DETACH.replace("detach_client", "detach_clinet"), Damaged)
        self.kind(DETACH.replace("detach_client", "unbound").replace("-115", "-"), Damaged)
        self.kind(DETACH.replace("detach_client", "wait_client"), Damaged)

    def test_two_lines_in_one(self):
        self.kind(DETACH[:60] + DETACH, Damaged)
        self.kind(DETACH + DETACH[30:], Damaged)

    def test_page_of_the_pipe_cut_off(self):
        self.kind("           rmmod-3715    [          insmod-3895    [001] .....    65.598992: "
                  f"nmr_detach_returned: {EVENT}", Damaged)
        self.kind("          insmod-4447               rmmod-4494    [001] .....    44.086314: "
                  f"nmr_detach_returned: {EVENT}", Damaged)
        self.kind("           rmmod-3940    [000] .N...    66.096888: nmr_detach_returned: "
                  "npi=8b0cf47d-85f1-4dc2-9c    kworker/u8:0-12      [001] .N...    66.260984: "
                  f"nmr_detach_returned: {EVENT}", Damaged)

    def test_raw_events(self):
        self.kind("  rmmod-1 [000]  1.5: nmr_wait:   npi=ARRAY[7d, f4] owner=p number=0", Damaged)
        self.kind("     0.000 insmod/1 nmr:nmr_register(npi: 13, owner: \"p\", side: 1)", Damaged)

    def test_other_lines(self):
        self.kind("[    1.000000] random: crng init done", None)
        self.kind("nmr_core: loading out-of-tree module taints kernel.", None)
        self.kind("nmr_client_demo: instance 0: binding to provider 0", None)
        self.kind("", None)

    def test_message_of_the_registrar(self):
        item = self.kind("[    1.000000] nmr_core: p#0: not deregistered",
                         Message)
        self.assertEqual(item.text, "p#0: not deregistered")

    def test_gaps(self):
        self.kind("** 120 printk messages dropped **", Gap)
        self.kind("CPU:1 [LOST 12 EVENTS]", Gap)
        self.kind("CPU:1 [LOST EVENTS]", Gap)
        self.kind("CPU:0 [23 EVENTS DROPPED]", Gap)
        self.kind("CPU:0 [EVENTS DROPPED]", Gap)
        self.kind("##### CPU 1 buffer started ####", Gap)
        self.kind("rmmod   123 [001]    12.345678: PERF_RECORD_LOST lost 12", Gap)

    def test_since_when_a_processor_may_have_lost(self):
        def since(*lines):
            return [item.since for item in read(line.encode() for line in lines)]
        on = ["  a-1   [000] .....  1.5: other: x", "  a-1   [001] .....  1.6: other: x"]
        self.assertEqual(since(*on, "CPU:0 [LOST 12 EVENTS]"), [2])
        self.assertEqual(since(*on, "CPU:1 [23 EVENTS DROPPED]"), [3])
        self.assertEqual(since(*on, "##### CPU 2 buffer started ####"), [1])
        self.assertEqual(since(*on, "b   1 [000]  1.7: PERF_RECORD_LOST lost 1"), [2])
        self.assertEqual(since(*on, "** 120 printk messages dropped **"), [None])

    def test_boot(self):
        self.kind("[    0.000000] Linux version 6.12.0 (x) #1 SMP", Boot)


if __name__ == "__main__":
    unittest.main()
