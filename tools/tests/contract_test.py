# SPDX-License-Identifier: GPL-2.0
"""For each check, logs that violate it and logs that only seem to."""
import unittest

from nmr_tools.contract import Contract
from nmr_tools.steps import Boot, Damaged, Gap, Message, Step, read
from stories import PENDING, Story


def check(story, whole=False, traced=False):
    """The contract after reading the story."""
    contract = Contract(traced)
    for item in read(line.encode() for line in story.lines):
        if isinstance(item, Step):
            contract.take(item)
        elif isinstance(item, Damaged):
            contract.lost()
        elif isinstance(item, Gap):
            contract.gap(item.line, item.text, item.since)
        elif isinstance(item, Boot):
            contract.boot(item.line)
        elif isinstance(item, Message):
            contract.message(item.text)
    contract.finish(whole)
    return contract


class Case(unittest.TestCase):
    """Compares violations with the expected ones."""

    maxDiff = None

    def wrong(self, story, *expected, whole=False):
        """Expect exactly these violations."""
        self.assertEqual([str(violation) for violation in check(story, whole).violations],
                         list(expected))

    def fine(self, story, whole=True, traced=False):
        """Expect no violation and nothing open."""
        contract = check(story, whole, traced)
        self.assertEqual([str(violation) for violation in contract.violations], [])
        return contract


class Clean(Case):
    """Unusual logs that are allowed."""

    def test_a_life(self):
        contract = self.fine(Story().begun().provider_detaches().call("detach_provider").over())
        self.assertEqual((contract.total, contract.partial, contract.notes), (1, 0, []))

    def test_without_timestamps(self):
        self.fine(Story(False).begun().provider_detaches().call("detach_provider").over())

    def test_both_pend(self):
        self.fine(Story().begun().provider_detaches(PENDING).call("detach_provider", PENDING)
                  .step("client_detach_complete", 0).step("provider_detach_complete", 0).over())

    def test_second_detaches_while_first_is_called(self):
        self.fine(Story().begun().of_provider("deregister", PENDING).step("detach_client")
                  .step("detach_provider").step("detach_provider", 0)
                  .step("detach_client", 0).over())

    def test_complete_within_the_callback(self):
        self.fine(Story().begun().of_provider("deregister", PENDING).step("detach_client")
                  .step("provider_detach_complete", 0).step("detach_client", PENDING)
                  .call("detach_provider").over())

    def test_complete_before_the_callback(self):
        self.fine(Story().begun().step("client_detach_complete", 0)
                  .provider_detaches().call("detach_provider", PENDING).over())

    def test_complete_is_recorded_late(self):
        self.fine(Story().begun().provider_detaches(PENDING).call("detach_provider")
                  .step("cleanup_client").step("provider_detach_complete", 0)
                  .step("cleanup_client", 0).call("cleanup_provider").step("unbound", 0)
                  .provider_gone().client_gone())

    def test_complete_is_recorded_after_unbound(self):
        self.fine(Story().begun().provider_detaches(PENDING).call("detach_provider")
                  .cleaned().step("provider_detach_complete", 0)
                  .provider_gone().client_gone())

    def test_complete_within_a_callback_that_returns_0(self):
        self.fine(Story().begun().provider_detaches().step("provider_detach_complete", 0)
                  .call("detach_provider").over())

    def test_rundown(self):
        self.fine(Story().begun().of_provider("deregister", PENDING).step("detach_client")
                  .step("provider_rundown_detach", PENDING).step("detach_client", PENDING)
                  .call("detach_provider").step("provider_rundown_drained", 0)
                  .step("provider_detach_complete", 0).over())

    def test_rundown_without_calls(self):
        self.fine(Story().begun().of_provider("deregister", PENDING).step("detach_client")
                  .step("provider_rundown_detach", PENDING).step("provider_rundown_drained", 0)
                  .step("provider_detach_complete", 0).step("detach_client", PENDING)
                  .call("detach_provider").over())

    def test_rundown_drains_as_the_callback_returns(self):
        self.fine(Story().begun().of_provider("deregister", PENDING).step("detach_client")
                  .step("provider_rundown_detach", PENDING).step("provider_rundown_drained", 0)
                  .step("detach_client", PENDING).step("provider_detach_complete", 0)
                  .call("detach_provider").over())

    def test_rundowns_of_both_sides_drain(self):
        self.fine(Story().begun().of_provider("deregister", PENDING).step("detach_client")
                  .step("provider_rundown_detach", PENDING).step("detach_client", PENDING)
                  .step("detach_provider").step("client_rundown_detach", PENDING)
                  .step("provider_rundown_drained", 0).step("provider_detach_complete", 0)
                  .step("client_rundown_drained", 0).step("client_detach_complete", 0)
                  .step("detach_provider", PENDING).over())

    def test_rundown_of_an_older_log(self):
        self.fine(Story().begun().of_provider("deregister", PENDING).step("detach_client")
                  .step("provider_rundown_detach", 0).step("detach_client", 0)
                  .call("detach_provider").over())

    def test_rundown_drains_before_it_is_recorded(self):
        self.fine(Story().begun().of_provider("deregister", PENDING).step("detach_client")
                  .step("provider_rundown_drained", 0).step("provider_rundown_detach", PENDING)
                  .step("provider_detach_complete", 0).step("detach_client", PENDING)
                  .call("detach_provider").over())

    def test_declined(self):
        self.fine(Story().registered().call("attach_provider", -19).step("declined", -19)
                  .of_provider("deregister", PENDING).provider_gone().client_gone())

    def test_provider_declines(self):
        self.fine(Story().registered().step("attach_provider").call("attach_client", -19)
                  .step("attach_provider", -19).step("declined", -19)
                  .of_provider("deregister", PENDING).provider_gone().client_gone())

    def test_client_fails_after_attaching(self):
        self.fine(Story().registered().step("attach_provider").call("attach_client")
                  .step("attach_provider", -12).call("detach_client")
                  .call("cleanup_provider").step("unbound", 0)
                  .of_provider("deregister", PENDING).provider_gone().client_gone())

    def test_no_cleanup_callbacks(self):
        self.fine(Story().begun().provider_detaches().call("detach_provider")
                  .step("unbound", 0).provider_gone().client_gone())

    def test_register_is_recorded_late(self):
        self.fine(Story().of_client("register").attached().of_provider("register").later(1)
                  .provider_detaches().call("detach_provider").over())

    def test_deregister_is_recorded_late(self):
        self.fine(Story().registered().attached().call("detach_client")
                  .of_provider("deregister", PENDING).call("detach_provider").over())

    def test_both_deregister(self):
        self.fine(Story().begun().of_client("deregister", PENDING)
                  .provider_detaches().call("detach_provider").cleaned().provider_gone()
                  .of_client("deregistered").of_client("wait"))

    def test_deregister_twice_is_a_note(self):
        contract = self.fine(Story().begun().provider_detaches()
                             .of_provider("deregister", -22).call("detach_provider").over())
        self.assertEqual(contract.notes, ["line 11: p#0 deregisters twice"])

    def test_odd_detach_result_is_a_note(self):
        contract = self.fine(Story().begun().provider_detaches(-5)
                             .call("detach_provider").over())
        self.assertEqual(contract.notes, [
            "line 10: binding 7: p#0: detach_client returns -EIO, taken as 0"])

    def test_wait_that_fails_is_a_note(self):
        contract = self.fine(Story().begun().of_provider("wait", -35).provider_detaches()
                             .call("detach_provider").over())
        self.assertEqual(contract.notes, [
            "line 8: wait_provider of p#0 returns -EDEADLK"])

    def test_others_of_the_same_name_were_there_before(self):
        self.fine(Story().attached().later(20).registered().provider_detaches()
                  .call("detach_provider").cleaned().provider_gone(), whole=False)

    def test_several_waiters(self):
        self.fine(Story().begun().provider_detaches().call("detach_provider").over()
                  .of_provider("wait").of_client("wait"))

    def test_lost_events_are_missing_further_up(self):
        story = Story().begun().of_provider("deregister", PENDING).over()
        self.assertNotEqual(check(story).violations, [])
        contract = self.fine(story.text("CPU:1 [LOST 4 EVENTS]"))
        self.assertIn("lines are missing since line 1, 2 violations withdrawn",
                      contract.notes[-1])

    def test_what_a_processor_lost_may_be_what_was_waited_for(self):
        story = Story().begun().provider_detaches(PENDING).call("detach_provider").over()
        story.text("a-1   [001] .....  1.5: other: x").later(60).of_provider("register")
        self.assertEqual(len(check(story).violations), 1)
        self.assertEqual(check(story.text("CPU:1 [LOST 4 EVENTS]")).violations, [])

    def test_what_a_processor_lost_is_not_missing_above_its_last_line(self):
        story = Story().begun().of_provider("deregister", PENDING).over()
        story.text("a-1   [001] .....  1.5: other: x").text("CPU:1 [LOST 4 EVENTS]")
        self.assertEqual(len(check(story).violations), 2)

    def test_same_names(self):
        self.fine(Story().of_provider("register").of_provider("register").of_client("register")
                  .attached().attached(binding=8).later(5).provider_detaches()
                  .call("detach_provider").cleaned().provider_gone()
                  .of_client("deregister", PENDING).call("detach_provider", binding=8)
                  .call("detach_client", binding=8).cleaned(binding=8)
                  .of_client("deregistered").of_client("wait")
                  .of_provider("deregister", PENDING).provider_gone())

    def test_registrar_is_loaded_again(self):
        life = Story().begun().provider_detaches().call("detach_provider").over()
        life.begun().provider_detaches().call("detach_provider").over()
        self.assertEqual(self.fine(life).total, 2)

    def test_another_boot(self):
        life = Story().begun()
        life.time = 0
        life.begun().provider_detaches().call("detach_provider").over()
        self.assertEqual(self.fine(life).notes, [
            "line 8: the clock goes back; 1 bindings were open"])

    def test_registration_fails(self):
        self.fine(Story().of_provider("register", -12))

    def test_begins_in_the_middle(self):
        whole = Story().begun().provider_detaches(PENDING).call("detach_provider") \
            .step("provider_detach_complete", 0).over()
        for begin in range(len(whole.lines)):
            with self.subTest(begin=begin):
                part = Story()
                part.lines = whole.lines[begin:]
                self.fine(part)

    def test_a_line_is_damaged(self):
        whole = Story().begun().provider_detaches(PENDING).call("detach_provider") \
            .step("provider_detach_complete", 0).over()
        for number in range(len(whole.lines)):
            for keep in (45, 90):
                with self.subTest(line=number + 1, keep=keep):
                    part = Story()
                    part.lines = list(whole.lines)
                    part.lines[number] = part.lines[number][:keep]
                    self.fine(part)

    def test_lines_were_dropped(self):
        whole = Story().begun().provider_detaches(PENDING).call("detach_provider") \
            .step("provider_detach_complete", 0).over()
        for begin in range(1, len(whole.lines)):
            with self.subTest(begin=begin):
                part = Story()
                part.lines = list(whole.lines)
                part.lines[begin:begin + 3] = ["** 3 printk messages dropped **"]
                self.fine(part)

    def test_cut_off_at_any_line(self):
        whole = Story().begun().provider_detaches(PENDING).call("detach_provider") \
            .step("provider_detach_complete", 0).over()
        for end in range(1, len(whole.lines)):
            with self.subTest(end=end):
                part = Story()
                part.lines = whole.lines[:end]
                self.fine(part, whole=False)


class Attach(Case):
    """Violations in attaching."""

    def test_provider_attaches_on_its_own(self):
        self.wrong(Story().registered().call("attach_provider", -19).call("attach_client"),
                   "line 5: binding 7: attach_client: not within the client's attach_provider")

    def test_client_returns_before_the_provider(self):
        self.wrong(Story().registered().step("attach_provider").step("attach_client")
                   .step("attach_provider", -19),
                   "line 5: binding 7: attach_provider: returns before attach_client does "
                   "(line 4)")

    def test_attach_with_no_end(self):
        self.wrong(Story().registered().step("attach_provider").call("attach_client")
                   .step("attach_provider", 0).later(20).of_provider("deregister", -22),
                   "line 6: binding 7: attach_provider: the attach has no end: neither "
                   "attached, nor declined, nor detached")

    def test_attach_outlives_its_registration(self):
        self.wrong(Story().registered().step("attach_provider")
                   .of_provider("deregister", PENDING).of_provider("deregistered"),
                   "line 5: deregistered_provider: the attach of binding 7 (line 3) has no end")

    def test_attach_is_never_over(self):
        self.wrong(Story().registered().step("attach_provider"),
                   "line 3: binding 7: attach_provider: and no end of the attaching binding; "
                   "c#0 is in its attach callback",
                   "line 1: register_provider: and p#0 is never deregistered",
                   "line 2: register_client: and c#0 is never deregistered",
                   whole=True)

    def test_attached_too_early(self):
        self.wrong(Story().registered().step("attach_provider").step("attached", 0),
                   "line 4: binding 7: attached: the provider's attach callback has not "
                   "returned",
                   "line 4: binding 7: attached: the client's attach callback has not returned")

    def test_attached_after_a_refusal(self):
        self.wrong(Story().registered().step("attach_provider").call("attach_client", -19)
                   .step("attach_provider", 0).step("attached", 0),
                   "line 7: binding 7: attached: the provider did not attach (line 5)")

    def test_attached_twice(self):
        self.wrong(Story().registered().attached().step("attached", 0),
                   "line 8: binding 7: attached: attached twice, first on line 7")

    def test_attach_called_twice(self):
        self.wrong(Story().begun().step("attach_provider"),
                   "line 8: binding 7: attach_provider: called twice, first on line 3")

    def test_declined_under_way(self):
        self.wrong(Story().registered().step("attach_provider").step("declined", -19),
                   "line 4: binding 7: declined: an attach callback has not returned")

    def test_declined_after_the_provider_attached(self):
        self.wrong(Story().registered().step("attach_provider").call("attach_client")
                   .step("attach_provider", -12).step("declined", -12),
                   "line 7: binding 7: declined: the provider had attached")

    def test_goes_on_after_declined(self):
        self.wrong(Story().registered().call("attach_provider", -19).step("declined", -19)
                   .step("detach_client"),
                   "line 6: binding 7: detach_client: comes after declined (line 5)")

    def test_attach_out_of_nowhere(self):
        self.wrong(Story().registered().step("attach_provider", 0),
                   "line 3: binding 7: attach_provider: returns without being called, or "
                   "without an attach")

    def test_another_binding_of_the_same_number(self):
        self.wrong(Story().begun().step("detach_client", provider="q#0"),
                   "line 8: binding 7: detach_client: not the binding of line 3: p#0 and c#0")


class Detach(Case):
    """Violations in detaching."""

    def test_returns_without_being_called(self):
        self.wrong(Story().begun().of_provider("deregister", PENDING).step("detach_client", 0),
                   "line 9: binding 7: detach_client: returns without being called")

    def test_returns_twice(self):
        self.wrong(Story().begun().provider_detaches().step("detach_client", 0),
                   "line 11: binding 7: detach_client: returns twice, first on line 10")

    def test_called_twice(self):
        self.wrong(Story().begun().provider_detaches().step("detach_client"),
                   "line 11: binding 7: detach_client: called twice, first on line 9")

    def test_without_attach(self):
        self.wrong(Story().registered().of_provider("deregister", PENDING)
                   .step("detach_client"),
                   "line 4: binding 7: detach_client: comes without being called, or without "
                   "an attach")

    def test_before_attached(self):
        self.wrong(Story().registered().step("attach_provider")
                   .of_provider("deregister", PENDING).step("detach_client"),
                   "line 5: binding 7: detach_client: the binding is not attached")

    def test_wrong_side_first(self):
        self.wrong(Story().begun().of_provider("deregister", PENDING)
                   .call("detach_provider").call("detach_client").over(),
                   "line 9: binding 7: detach_provider: first, though it is p#0 that "
                   "deregisters")

    def test_wrong_side_first_right_after_attach(self):
        self.wrong(Story().registered().attached().of_provider("deregister", PENDING)
                   .call("detach_provider").call("detach_client").later(20).over(),
                   "line 9: binding 7: detach_provider: first, though it is p#0 that "
                   "deregisters")

    def test_nobody_deregisters(self):
        self.wrong(Story().begun().call("detach_client"),
                   "line 8: binding 7: detach_client: and p#0 does not deregister")

    def test_of_a_client_that_failed(self):
        self.wrong(Story().registered().step("attach_provider").call("attach_client")
                   .step("attach_provider", -12).call("detach_client").call("detach_provider"),
                   "line 9: binding 7: detach_provider: the client had failed to attach")

    def test_complete_twice(self):
        self.wrong(Story().begun().provider_detaches(PENDING)
                   .step("provider_detach_complete", 0).step("provider_detach_complete", 0),
                   "line 12: binding 7: provider_detach_complete: said twice, first on line 11")

    def test_complete_long_after_it_returned_0(self):
        self.wrong(Story().begun().provider_detaches().later(20)
                   .step("provider_detach_complete", 0),
                   "line 11: binding 7: provider_detach_complete: not owed: detached on line 10")

    def test_complete_long_after_unbound(self):
        self.wrong(Story().begun().step("client_detach_complete", 0).provider_detaches()
                   .call("detach_provider", PENDING).cleaned().later(20)
                   .step("provider_detach_complete", 0),
                   "line 19: binding 7: provider_detach_complete: not owed: detached on line 11",
                   "line 19: binding 7: provider_detach_complete: comes long after unbound "
                   "(line 18)")


class Cleanup(Case):
    """Violations in cleanup and after it."""

    def test_before_complete(self):
        self.wrong(Story().begun().provider_detaches(PENDING).call("detach_provider").over(),
                   "line 13: binding 7: cleanup_client: the provider is pending since line 10, "
                   "and has not said detach complete")

    def test_long_before_complete(self):
        self.wrong(Story().begun().provider_detaches().call("detach_provider", PENDING)
                   .step("cleanup_client").later(20).step("client_detach_complete", 0)
                   .step("cleanup_client", 0),
                   "line 13: binding 7: cleanup_client: the client is pending since line 12, "
                   "and has not said detach complete")

    def test_before_the_rundown_drains(self):
        self.wrong(Story().begun().of_provider("deregister", PENDING).step("detach_client")
                   .step("provider_rundown_detach", PENDING).step("detach_client", PENDING)
                   .call("detach_provider").call("cleanup_client")
                   .step("provider_rundown_drained", 0).step("provider_detach_complete", 0),
                   "line 14: binding 7: cleanup_client: the provider's rundown has not drained")

    def test_while_detach_is_called(self):
        self.wrong(Story().begun().provider_detaches().step("detach_provider")
                   .step("cleanup_client"),
                   "line 12: binding 7: cleanup_client: the client's detach callback has not "
                   "returned")

    def test_before_detach_is_called(self):
        self.wrong(Story().begun().provider_detaches().step("cleanup_client"),
                   "line 11: binding 7: cleanup_client: the client's detach callback was not "
                   "called")

    def test_of_what_never_attached(self):
        self.wrong(Story().registered().call("attach_provider", -19).step("cleanup_client"),
                   "line 5: binding 7: cleanup_client: the binding was not attached")

    def test_provider_first(self):
        self.wrong(Story().begun().provider_detaches().call("detach_provider")
                   .call("cleanup_provider").call("cleanup_client").step("unbound", 0)
                   .provider_gone().client_gone(),
                   "line 15: binding 7: cleanup_client: comes after the provider's cleanup "
                   "(line 13)")

    def test_both_at_the_same_time(self):
        self.wrong(Story().begun().provider_detaches().call("detach_provider")
                   .step("cleanup_client").step("cleanup_provider"),
                   "line 14: binding 7: cleanup_provider: the client's cleanup has not returned")

    def test_called_twice(self):
        self.wrong(Story().begun().provider_detaches().call("detach_provider")
                   .call("cleanup_client").step("cleanup_client"),
                   "line 15: binding 7: cleanup_client: called twice, first on line 13")

    def test_of_a_client_that_failed(self):
        self.wrong(Story().registered().step("attach_provider").call("attach_client")
                   .step("attach_provider", -12).call("detach_client").step("cleanup_client"),
                   "line 9: binding 7: cleanup_client: the client had failed to attach")

    def test_unbound_before_it_returns(self):
        self.wrong(Story().begun().provider_detaches().call("detach_provider")
                   .step("cleanup_client").step("unbound", 0),
                   "line 14: binding 7: unbound: the client's cleanup has not returned")

    def test_unbound_before_detached(self):
        self.wrong(Story().begun().provider_detaches().step("unbound", 0),
                   "line 11: binding 7: unbound: the client's detach callback was not called")

    def test_unbound_without_it(self):
        story = Story().registered().attached().attached(binding=8).later(5) \
            .of_provider("deregister", PENDING)
        for binding in (7, 8):
            story.call("detach_client", binding=binding)
            story.call("detach_provider", binding=binding)
        self.wrong(story.cleaned().call("cleanup_client", binding=8)
                   .step("unbound", 0, binding=8).provider_gone().client_gone(),
                   "line 29: binding 8: unbound: without the provider's cleanup, which others "
                   "had")

    def test_unbound_before_others_have_it(self):
        story = Story().registered().attached().attached(binding=8).later(5) \
            .of_provider("deregister", PENDING)
        for binding in (7, 8):
            story.call("detach_client", binding=binding)
            story.call("detach_provider", binding=binding)
        self.wrong(story.call("cleanup_provider").step("unbound", 0).cleaned(binding=8)
                   .provider_gone().client_gone(),
                   "line 24: binding 7: unbound: without the client's cleanup, which others had")

    def test_something_after_unbound(self):
        self.wrong(Story().begun().provider_detaches().call("detach_provider").cleaned()
                   .step("cleanup_provider"),
                   "line 18: binding 7: cleanup_provider: comes after unbound (line 17)")

    def test_unbound_twice(self):
        self.wrong(Story().begun().provider_detaches().call("detach_provider").cleaned()
                   .step("unbound", 0),
                   "line 18: binding 7: unbound: comes after unbound (line 17)")

    def test_attach_after_unbound(self):
        self.wrong(Story().begun().provider_detaches().call("detach_provider").cleaned()
                   .step("attach_provider"),
                   "line 18: binding 7: attach_provider: comes after unbound (line 17)")


class Registrations(Case):
    """Violations in deregistering and waiting."""

    def test_wait_returns_before_unbound(self):
        self.wrong(Story().begun().provider_detaches().of_provider("wait"),
                   "line 11: wait_provider: wait returns, and p#0 is not complete",
                   "line 11: wait_provider: binding 7 of p#0 is not unbound")

    def test_wait_returns_before_complete(self):
        self.wrong(Story().begun().provider_detaches().call("detach_provider").cleaned()
                   .of_provider("wait"),
                   "line 18: wait_provider: wait returns, and p#0 is not complete")

    def test_complete_before_unbound(self):
        self.wrong(Story().begun().provider_detaches().of_provider("deregistered"),
                   "line 11: deregistered_provider: binding 7 of p#0 is not unbound")

    def test_complete_without_deregister(self):
        self.wrong(Story().registered().of_provider("deregistered"),
                   "line 3: deregistered_provider: p#0 is complete, and was not deregistered")

    def test_never_deregistered(self):
        self.wrong(Story().of_provider("register"),
                   "line 1: register_provider: and p#0 is never deregistered",
                   whole=True)

    def test_detach_is_never_over(self):
        self.wrong(Story().begun().provider_detaches().call("detach_provider", PENDING),
                   "line 12: binding 7: detach_provider: and no end of the detaching binding; "
                   "c#0 owes detach complete",
                   "line 1: register_provider: and p#0 is never complete",
                   "line 2: register_client: and c#0 is never deregistered",
                   whole=True)


if __name__ == "__main__":
    unittest.main()
