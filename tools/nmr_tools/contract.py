# SPDX-License-Identifier: GPL-2.0
"""Check steps against the contract one by one, and track what is still open.

Lines are logged in the order of the steps, with two exceptions: detach complete
and deregister are logged right after they take effect, so lines of other threads
may come between. In these cases a *doubt* waits for the missing line; one that is
not settled within LATE seconds of the log becomes a violation.

Registrations have no id in the log, so those with the same NPI, side, owner and
number are counted together, as a Group. Where it is not clear which of them a line
is about, no violation is reported.
"""
from collections import deque
from typing import Deque, Dict, List, NamedTuple, Optional, Tuple

from .steps import (CALLBACKS, CLIENT, OF_REGISTRATION, PENDING, PROVIDER, SIDES,
                    Step, other)

LATE = 10.0
# Number of ended bindings to remember, to detect steps after their end.
REMEMBERED = 50000


class Violation(NamedTuple):
    """A violation of the contract by a step."""

    line: int
    binding: Optional[int]
    label: str
    text: str
    seen: int               # line of the step that revealed it

    def __str__(self) -> str:
        whose = "" if self.binding is None else f"binding {self.binding}: "
        return f"line {self.line}: {whose}{self.label}: {self.text}"


class Call:
    """A callback of one side."""

    def __init__(self) -> None:
        self.called: Optional[Step] = None
        self.returned: Optional[Step] = None

    @property
    def result(self) -> Optional[int]:
        return self.returned.result if self.returned else None

    @property
    def runs(self) -> bool:
        return self.called is not None and self.returned is None


class Side:
    """One side of a binding."""

    def __init__(self) -> None:
        self.attach, self.detach, self.cleanup = Call(), Call(), Call()
        self.said: Optional[Step] = None
        self.closing = False    # its rundown is closed and has not drained
        self.drained = False

    def done(self) -> Optional[Step]:
        """The step by which this side was detached."""
        if self.detach.returned is None:
            return None
        if self.detach.result == PENDING:
            if self.said and self.said.line < self.detach.returned.line:
                return self.detach.returned
            return self.said
        return self.detach.returned

    def detach_time(self) -> Optional[float]:
        """Seconds from the call of the detach callback until detached."""
        done = self.done()
        if not done or not self.detach.called or None in (done.time, self.detach.called.time):
            return None
        return max(0.0, done.time - self.detach.called.time)


class Binding:
    """A binding, as far as it is logged."""

    def __init__(self, step: Step) -> None:
        self.id = step.binding
        self.npi, self.provider, self.client = step.npi, step.provider, step.client
        self.side = {PROVIDER: Side(), CLIENT: Side()}
        self.first = self.last = step
        self.attached: Optional[Step] = None
        self.end: Optional[Step] = None
        self.half = False       # contract 4.10: the client failed after attaching
        self.partial = False    # began before the log
        self.holes = False      # lines about it may be lost

    def module(self, side: str) -> str:
        """owner#number"""
        return self.provider if side == PROVIDER else self.client

    @property
    def state(self) -> str:
        if self.end:
            return self.end.name
        if any(self.side[side].detach.called for side in SIDES) or self.half:
            return "detaching"
        if self.attached or self.partial:
            return "attached"
        return "attaching"

    def owes(self) -> List[str]:
        """What an open binding waits for."""
        debts = []
        for side in SIDES:
            module = self.module(side)
            mine = self.side[side]
            for name in CALLBACKS:
                if getattr(mine, name).runs:
                    debts.append(f"{module} is in its {name} callback")
            if mine.detach.result == PENDING and not mine.said:
                debts.append(f"{module} owes detach complete")
        return debts


class Group:
    """The registrations with the same name in the log."""

    def __init__(self, side: str, npi: str, name: str) -> None:
        self.side, self.npi, self.name = side, npi, name
        self.live = 0           # registered and not yet complete
        self.deregistering = 0  # of those
        self.registered: Optional[Step] = None  # the last register step
        self.unseen: Optional[Step] = None  # first use without a register step
        self.missing = False    # it registered before the log
        self.holes = False      # lines about it may be lost
        self.waiters = False    # there were more waits than registrations
        self.unwaited = 0
        self.begin()

    def begin(self) -> None:
        """A registration appears while there is no other."""
        self.shared = False
        self.completed = 0
        self.open: Dict[int, Binding] = {}
        self.cleaned = False
        self.uncleaned: Optional[Step] = None

    @property
    def stands(self) -> bool:
        return self.live > 0 or self.unseen is not None

    @property
    def whole(self) -> bool:
        """Whether all lines about it are in the log."""
        return self.live > 0 and not (self.unseen or self.missing or self.holes)


class Doubt(NamedTuple):
    """A violation, unless a late line explains it."""

    key: Tuple
    since: Optional[float]
    violation: Violation
    at_end: bool            # also a violation if the log ends before


class Contract:
    """Takes the steps one by one and collects violations and notes."""

    def __init__(self, traced: bool = False) -> None:
        # In a trace report lines of two processors may be swapped.
        self.traced = traced
        self.violations: List[Violation] = []
        self.notes: List[str] = []
        self.open: Dict[int, Binding] = {}
        self.ended: Dict[int, Binding] = {}
        self.before: Dict[int, Binding] = {}    # ended, and ids may be reused
        self.groups: Dict[Tuple[str, str, str], Group] = {}
        self.doubts: List[Doubt] = []
        self.now: Optional[float] = None
        self.line = 0
        self.steps = self.total = self.partial = 0
        self.first_whole: Optional[int] = None
        self.unbound: Deque[Binding] = deque(maxlen=REMEMBERED)

    # Lines other than steps.

    def boot(self, line: int, why: str = "the machine starts") -> None:
        """Forget everything: the machine or the clock started again."""
        if self.open:
            self.notes.append(f"line {line}: {why}; {len(self.open)} bindings were open")
        self.open, self.ended, self.before, self.groups = {}, {}, {}, {}
        self.doubts, self.now, self.first_whole = [], None, None

    def gap(self, line: int, what: str, since: Optional[int] = None) -> None:
        """Any line may be missing here, or since that line: expect none."""
        note = f"line {line}: lines are missing"
        if since is not None:
            kept = [violation for violation in self.violations if violation.seen < since]
            note += f" since line {since}"
            if len(kept) < len(self.violations):
                note += f", {len(self.violations) - len(kept)} violations withdrawn"
            self.violations = kept
        self.notes.append(f"{note}: {what}")
        self.lost()

    def lost(self) -> None:
        """A line is lost or unreadable."""
        for binding in self.open.values():
            binding.holes = True
        for group in self.groups.values():
            group.holes = group.holes or group.stands
            group.uncleaned = None
        self.doubts = []

    # Steps.

    def take(self, step: Step) -> None:
        """Check the next step of the log."""
        self.steps += 1
        self.line = step.line
        if step.time is not None:
            if self.now is not None and step.time < self.now - 1:
                self.boot(step.line, "the clock goes back")
            self.now = step.time
            self._settle_late()
        if step.name in OF_REGISTRATION:
            getattr(self, "_" + step.name)(step, self._group(step.side, step.npi, step.module))
        else:
            self._of_binding(step)

    def finish(self, whole: bool = False) -> None:
        """The log ends. With whole, anything still open is a violation."""
        for doubt in self.doubts:
            if doubt.at_end or whole:
                self.violations.append(doubt.violation)
        self.doubts = []
        if not whole:
            return
        for binding in self.open.values():
            if binding.holes:
                continue
            self._wrong(binding.last, f"and no end of the {binding.state} binding"
                        + "".join(f"; {debt}" for debt in binding.owes()))
        for group in self.groups.values():
            if group.stands and not group.holes:
                self._wrong(group.unseen or group.registered, f"and {group.name} is never "
                            + ("complete" if group.deregistering else "deregistered"))

    def _wrong(self, step: Step, text: str) -> None:
        self.violations.append(Violation(step.line, step.binding, step.label, text, self.line))

    def _doubt(self, key: Tuple, step: Step, text: str, at_end: bool = True) -> None:
        self.doubts.append(Doubt(key, step.time, Violation(
            step.line, step.binding, step.label, text, step.line), at_end))

    def _settle(self, key: Tuple) -> None:
        if self.doubts:
            self.doubts = [doubt for doubt in self.doubts if doubt.key != key]

    def _settle_late(self) -> None:
        for doubt in list(self.doubts):
            if doubt.since is not None and self.now - doubt.since > LATE:
                self.violations.append(doubt.violation._replace(seen=self.line))
                self.doubts.remove(doubt)

    def _is_late(self, step: Step, since: Step) -> bool:
        return None not in (step.time, since.time) and step.time - since.time > LATE

    # Registrations.

    def _group(self, side: str, npi: str, name: str) -> Group:
        key = side, npi, name
        if key not in self.groups:
            self.groups[key] = Group(*key)
        return self.groups[key]

    def _use(self, group: Group, step: Step) -> None:
        if not group.stands:
            group.begin()
            group.unseen = step

    def _register(self, step: Step, group: Group) -> None:
        if step.result:
            return
        if not self.open and not any(g.stands for g in self.groups.values()):
            # The registrar may have been loaded anew, and ids begin again.
            self.before, self.ended = self.ended, {}
        if group.unseen and self._is_late(step, group.unseen):
            # This is not the registration that was in use.
            group.live, group.missing, group.shared = 1, True, True
        elif not group.stands:
            group.begin()
            group.missing = group.holes = False
        group.unseen, group.registered = None, step
        group.live += 1
        group.shared = group.shared or group.live > 1

    def _deregister(self, step: Step, group: Group) -> None:
        if step.result != PENDING:
            self.notes.append(f"line {step.line}: {group.name} deregisters twice")
            return
        self._use(group, step)
        group.deregistering += 1
        self._settle(("order", group.side, group.npi, group.name))

    def _deregistered(self, step: Step, group: Group) -> None:
        if group.live:
            group.live -= 1
        else:
            group.missing = True
        group.unseen = None
        if not group.deregistering and not (group.missing or group.holes):
            self._wrong(step, f"{group.name} is complete, and was not deregistered")
        group.deregistering = max(0, group.deregistering - 1)
        group.completed += 1
        group.unwaited += 1
        if not group.live:
            self._all_unbound(step, group)

    def _wait(self, step: Step, group: Group) -> None:
        if step.result:
            self.notes.append(f"line {step.line}: {step.label} of {group.name} returns "
                              f"{step.outcome}")
            return
        if group.unwaited:
            group.unwaited -= 1
        elif group.completed:
            group.waiters = True
        elif group.whole and not group.shared and not group.waiters:
            self._wrong(step, f"wait returns, and {group.name} is not complete")
            self._all_unbound(step, group)
        if not group.stands:
            self._all_unbound(step, group)

    def _all_unbound(self, step: Step, group: Group) -> None:
        for binding in group.open.values():
            if binding.holes:
                continue
            if binding.state == "attaching":
                self._wrong(step, f"the attach of binding {binding.id} (line "
                            f"{binding.first.line}) has no end")
            else:
                self._wrong(step, f"binding {binding.id} of {group.name} is not unbound")

    # Bindings.

    def _groups(self, binding: Binding) -> List[Group]:
        return [self._group(side, binding.npi, binding.module(side)) for side in SIDES]

    def _of_binding(self, step: Step) -> None:
        binding = self.open.get(step.binding)
        if not binding:
            ended = self.ended.get(step.binding)
            old = self.before.get(step.binding)
            if ended or old and step.name == "detach_complete":
                self._after_end(ended or old, step)
                return
            binding = self._begin(step)
        if step.npi != binding.npi or step.provider != binding.provider or \
                step.client != binding.client:
            self._wrong(step, f"not the binding of line {binding.first.line}: "
                        f"{binding.provider} and {binding.client}")
            return
        binding.last = step
        if step.name in CALLBACKS:
            self._callback(binding, step)
        handler = getattr(self, "_" + step.name + (
            "" if step.name not in CALLBACKS else
            "_called" if step.result is None else "_returned"))
        handler(binding, step, binding.side[step.side])

    def _begin(self, step: Step) -> Binding:
        binding = Binding(step)
        groups = self._groups(binding)
        self.total += 1
        if step.name == "attach" and step.side == CLIENT and step.result is None:
            if self.first_whole is None:
                self.first_whole = step.binding
        else:
            older = self.first_whole is not None and step.binding < self.first_whole
            if all(group.whole for group in groups) and not older:
                what = "returns" if step.name in CALLBACKS and step.result is not None \
                    else "comes"
                self._wrong(step, f"{what} without being called, or without an attach")
            else:
                self.partial += 1
            binding.partial = True
            # Older than the log's first binding: lines may be lost.
            binding.holes = any(group.holes for group in groups)
        for group in groups:
            self._use(group, step)
            group.open[step.binding] = binding
        self.open[step.binding] = binding
        return binding

    def _end(self, binding: Binding, step: Step) -> None:
        binding.end = step
        del self.open[binding.id]
        for group in self._groups(binding):
            group.open.pop(binding.id, None)
        self.ended[binding.id] = binding
        if len(self.ended) > REMEMBERED:
            del self.ended[next(iter(self.ended))]
        if step.name == "unbound":
            self.unbound.append(binding)

    def _after_end(self, binding: Binding, step: Step) -> None:
        side = binding.side[step.side]
        if step.name == "detach_complete":
            self._detach_complete(binding, step, side)
            if self._is_late(step, binding.end):
                self._wrong(step, f"comes long after {binding.end.name} "
                            f"(line {binding.end.line})")
            return
        self._wrong(step, f"comes after {binding.end.name} (line {binding.end.line})")

    def _callback(self, binding: Binding, step: Step) -> None:
        call = getattr(binding.side[step.side], step.name)
        if step.result is None:
            if call.called or call.returned:
                before = call.called or call.returned
                self._wrong(step, f"called twice, first on line {before.line}")
            call.called, call.returned = step, None
            return
        if call.returned:
            self._wrong(step, f"returns twice, first on line {call.returned.line}")
        elif not call.called and not (binding.partial or binding.holes):
            self._wrong(step, "returns without being called")
        call.returned = step

    def _attach_called(self, binding: Binding, step: Step, _side: Side) -> None:
        if step.side == PROVIDER and not binding.side[CLIENT].attach.runs and \
                not (binding.partial or binding.holes):
            self._wrong(step, "not within the client's attach_provider")

    def _attach_returned(self, binding: Binding, step: Step, _side: Side) -> None:
        provider = binding.side[PROVIDER].attach
        if step.side == PROVIDER:
            return
        if provider.runs and not binding.holes:
            self._wrong(step, f"returns before attach_client does (line {provider.called.line})")
        binding.half = step.result != 0 and provider.result == 0
        self._doubt(("attach", binding.id), step, "the attach has no end: neither attached, "
                    "nor declined, nor detached", at_end=False)

    def _attached(self, binding: Binding, step: Step, _side: Side) -> None:
        self._settle(("attach", binding.id))
        if binding.attached:
            self._wrong(step, f"attached twice, first on line {binding.attached.line}")
        binding.attached = step
        if binding.partial or binding.holes:
            return
        for side in SIDES:
            attach = binding.side[side].attach
            if not attach.returned:
                self._wrong(step, f"the {side}'s attach callback has not returned")
            elif attach.result:
                self._wrong(step, f"the {side} did not attach (line {attach.returned.line})")

    def _declined(self, binding: Binding, step: Step, _side: Side) -> None:
        self._settle(("attach", binding.id))
        provider, client = (binding.side[side].attach for side in SIDES)
        if not binding.holes:
            if provider.runs or client.runs or not (client.returned or binding.partial):
                self._wrong(step, "an attach callback has not returned")
            elif binding.attached or provider.result == 0:
                self._wrong(step, "the provider had attached")
        self._end(binding, step)

    def _detach_called(self, binding: Binding, step: Step, _side: Side) -> None:
        self._settle(("attach", binding.id))
        if binding.partial or binding.holes:
            return
        if binding.half:
            if step.side == CLIENT:
                self._wrong(step, "the client had failed to attach")
        elif not binding.attached:
            self._wrong(step, "the binding is not attached")
        elif not binding.side[other(step.side)].detach.called:
            self._first(binding, step)

    def _first(self, binding: Binding, step: Step) -> None:
        """The deregistering side's detach callback comes first."""
        mine, peer = (self._group(side, step.npi, binding.module(side))
                      for side in (step.side, other(step.side)))
        if mine.deregistering or not mine.whole:
            return
        text = f"first, though it is {peer.name} that deregisters" if peer.deregistering else \
            f"and {mine.name} does not deregister"
        soon = step.time is None or binding.attached.time is None or \
            step.time - binding.attached.time < 1
        # The attaching thread detaches at once if a side was deregistered
        # meanwhile (contract 4.2); its line may precede the deregister line.
        if soon or self.traced:
            self._doubt(("order", mine.side, mine.npi, mine.name), step, text)
        else:
            self._wrong(step, text)

    def _detach_returned(self, binding: Binding, step: Step, _side: Side) -> None:
        if step.result not in (0, PENDING):
            self.notes.append(f"line {step.line}: binding {binding.id}: {step.module}: "
                              f"{step.label} returns {step.outcome}, taken as 0")

    def _detach_complete(self, binding: Binding, step: Step, side: Side) -> None:
        self._settle(("complete", binding.id, step.side))
        if side.said:
            self._wrong(step, f"said twice, first on line {side.said.line}")
        elif side.detach.result == 0 and self._is_late(step, side.detach.returned):
            self._wrong(step, f"not owed: detached on line {side.detach.returned.line}")
        side.said = side.said or step

    def _rundown_detach(self, _binding: Binding, step: Step, side: Side) -> None:
        # In a trace report the lines of two processors may be swapped. Before gates
        # existed, the result was 0 if no call was in progress, and no line followed.
        side.closing = step.result == PENDING and not side.drained

    def _rundown_drained(self, _binding: Binding, _step: Step, side: Side) -> None:
        side.drained, side.closing = True, False

    def _both_detached(self, binding: Binding, step: Step) -> None:
        if binding.holes:
            return
        if not (binding.attached or binding.half or binding.partial):
            self._wrong(step, "the binding was not attached")
            return
        for which in SIDES:
            side = binding.side[which]
            if binding.half and which == CLIENT:
                continue
            if side.detach.runs:
                self._wrong(step, f"the {which}'s detach callback has not returned")
            elif not side.detach.returned:
                if not binding.partial:
                    self._wrong(step, f"the {which}'s detach callback was not called")
            elif side.detach.result == PENDING and side.closing:
                self._wrong(step, f"the {which}'s rundown has not drained")
            elif side.detach.result == PENDING and not side.said:
                self._doubt(("complete", binding.id, which), step,
                            f"the {which} is pending since line {side.detach.returned.line}, "
                            "and has not said detach complete")

    def _cleanup_called(self, binding: Binding, step: Step, _side: Side) -> None:
        provider, client = (binding.side[side].cleanup for side in SIDES)
        if step.side == CLIENT or not client.called:
            self._both_detached(binding, step)
        if step.side == CLIENT and provider.called:
            self._wrong(step, "comes after the provider's cleanup "
                        f"(line {provider.called.line})")
        if step.side == PROVIDER and client.runs and not binding.holes:
            self._wrong(step, "the client's cleanup has not returned")
        if step.side == CLIENT and binding.half:
            self._wrong(step, "the client had failed to attach")
        group = self._group(step.side, step.npi, step.module)
        if group.uncleaned and not group.shared:
            self._wrong(group.uncleaned, f"without the {step.side}'s cleanup, which others had")
            group.uncleaned = None
        group.cleaned = True

    def _cleanup_returned(self, _binding: Binding, _step: Step, _side: Side) -> None:
        pass

    def _unbound(self, binding: Binding, step: Step, _side: Side) -> None:
        if not any(binding.side[side].cleanup.called for side in SIDES):
            self._both_detached(binding, step)
        for side in SIDES:
            cleanup = binding.side[side].cleanup
            if cleanup.runs and not binding.holes:
                self._wrong(step, f"the {side}'s cleanup has not returned")
            if cleanup.called or cleanup.returned or binding.holes or binding.partial or \
                    binding.half and side == CLIENT:
                continue
            group = self._group(side, binding.npi, binding.module(side))
            if group.cleaned and group.whole and not group.shared:
                self._wrong(step, f"without the {side}'s cleanup, which others had")
            elif not group.cleaned and group.whole and not group.uncleaned:
                group.uncleaned = step
        self._end(binding, step)
