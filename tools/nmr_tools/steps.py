# SPDX-License-Identifier: GPL-2.0
"""The registrar's steps, out of lines of a kernel log or of a trace report.

Documentation/trace.rst has the grammar of both. Nothing here judges what the
steps mean; contract.py does.
"""
import errno
import re
from typing import Dict, Iterable, Iterator, NamedTuple, Optional, Union

PROVIDER = "provider"
CLIENT = "client"
SIDES = (PROVIDER, CLIENT)
PENDING = -errno.EINPROGRESS
# Python's name for the first is EDEADLOCK.
_ERRORS = {**errno.errorcode, errno.EDEADLK: "EDEADLK"}

# Steps of callbacks, with a line for the call and one for the return.
CALLBACKS = ("attach", "detach", "cleanup")
OF_REGISTRATION = ("register", "deregister", "deregistered", "wait")


def other(side: str) -> str:
    """The other side of a binding."""
    return CLIENT if side == PROVIDER else PROVIDER


class Step(NamedTuple):
    """A step; result is None for the call of a callback."""

    line: int
    time: Optional[float]
    name: str
    side: str
    npi: str
    provider: Optional[str]
    client: Optional[str]
    binding: Optional[int]
    result: Optional[int]

    @property
    def label(self) -> str:
        """The step's name in the log."""
        return LABELS[self.name, self.side]

    @property
    def module(self) -> str:
        """The module that is called or that calls."""
        return self.provider if self.side == PROVIDER else self.client

    @property
    def outcome(self) -> str:
        """The result in words."""
        if self.result is None:
            return ""
        if self.result == PENDING:
            return "begun" if self.name == "deregister" else "pending"
        if self.result == 0:
            return "0"
        return "-" + _ERRORS.get(-self.result, str(-self.result))


class Damaged(NamedTuple):
    """An unreadable line of the registrar."""

    line: int
    text: str


class Gap(NamedTuple):
    """Reported missing lines: here, or anywhere since a line.

    A trace tells of a processor's lost events where the next of that processor is;
    lines of others that happened meanwhile come before.
    """

    line: int
    text: str
    since: Optional[int] = None


class Boot(NamedTuple):
    """The machine starts."""

    line: int


class Message(NamedTuple):
    """A message of the registrar that is no step."""

    line: int
    text: str


Item = Union[Step, Damaged, Gap, Boot, Message]


def _labels() -> dict:
    labels = {("attached", CLIENT): "attached", ("declined", CLIENT): "declined",
              ("unbound", CLIENT): "unbound"}
    for side in SIDES:
        for name in OF_REGISTRATION:
            labels[name, side] = f"{name}_{side}"
        # These callbacks are named after the other side.
        for name in ("attach", "detach"):
            labels[name, side] = f"{name}_{other(side)}"
        labels["cleanup", side] = f"cleanup_{side}"
        for name in ("detach_complete", "rundown_detach", "rundown_drained"):
            labels[name, side] = f"{side}_{name}"
    return labels


LABELS = _labels()
_BY_LABEL = {label: key for key, label in LABELS.items()}

_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_OWNER = r"[^\s#]+#\d+"
_LOG = re.compile(
    rf"nmr_core: (?P<step>[a-z_]+) npi=(?P<npi>{_GUID})"
    rf" provider=(?P<provider>-|{_OWNER}) client=(?P<client>-|{_OWNER})"
    r" binding=(?P<binding>-|\d+) result=(?P<result>-|0|-\d+)\s*$")
_LOG_TIME = re.compile(r"\[\s*(\d+\.\d+)[\] <]")
_LOG_MESSAGE = re.compile(r"nmr_core: (.*)")
_LOG_LIKE = re.compile(
    r"nmr_core: [a-z_]+ npi=|npi=\S+ provider=|client=\S+ binding=")
_DROPPED = re.compile(
    r"printk messages dropped|LOST (?:\d+ )?EVENTS\]|\[(?:\d+ )?EVENTS DROPPED\]"
    r"|##### CPU \d+ buffer started|\bPERF_RECORD_LOST", re.IGNORECASE)
# The processor that lost events, and the processor of a trace line.
_DROPPED_CPU = re.compile(r"CPU[: ](\d+) |\[(\d{3,})\]")
_CPU = re.compile(r"\[(\d{3,})\]")

# Tracepoints, without nmr_, and their steps.
_EVENTS = {
    "attach_called": "attach", "attach_returned": "attach",
    "detach_called": "detach", "detach_returned": "detach",
    "cleanup_called": "cleanup", "cleanup_returned": "cleanup",
    **{name: name for name in (
        *OF_REGISTRATION, "attached", "declined", "detach_complete",
        "rundown_detach", "rundown_drained", "unbound")},
}
_EVENT = re.compile(r"(?:^|[\s:])nmr_(?P<event>%s):\s*(?P<fields>.*)" % "|".join(_EVENTS))
_EVENT_LIKE = re.compile(
    r"\bnmr:nmr_[a-z_]+[:(]|\]\s.*\bnpi=|\d: (?:\(\+\d+\))?\s*(?:nmr:)?nmr_[a-z_]*$")
# Other clocks than those in seconds give no time.
_EVENT_TIME = re.compile(r"\s(?:(?P<seconds>\d+\.\d+)|(?P<us>\d+)us.):\s")
# What the pipe gives to splice() is cut where a page ends, and goes on elsewhere.
_TWO_TASKS = re.compile(r"-\d+ .{16,}-\d+ +(?:\([ \d-]+\) )?\[\d{3,}\] ")
_EVENT_FIELDS = re.compile(
    rf"npi=(?P<npi>{_GUID}) (?:side=(?P<side>provider|client) owner=(?P<owner>{_OWNER})"
    rf"|provider=(?P<provider>{_OWNER}) client=(?P<client>{_OWNER})"
    r" binding=(?P<binding>\d+) side=(?P<side2>provider|client))"
    r" result=(?P<result>0|-\d+)\s*$")


def _complete(name: str, side: str, provider: Optional[str], client: Optional[str],
              binding: Optional[int]) -> bool:
    """Whether the step has exactly the fields that its name needs."""
    if (name, side) not in LABELS:
        return False
    if name in OF_REGISTRATION:
        return binding is None and (provider is None) == (side == CLIENT) and \
            (client is None) == (side == PROVIDER)
    return None not in (provider, client, binding)


def _dash(text: str) -> Optional[str]:
    return None if text == "-" else text


def _log_step(number: int, line: str) -> Optional[Step]:
    match = _LOG.search(line)
    # If two lines are merged into one, the first is lost.
    if not match or match["step"] not in _BY_LABEL or _LOG_LIKE.search(line[:match.start()]):
        return None
    name, side = _BY_LABEL[match["step"]]
    provider, client = _dash(match["provider"]), _dash(match["client"])
    binding = None if match["binding"] == "-" else int(match["binding"])
    result = None if match["result"] == "-" else int(match["result"])
    if not _complete(name, side, provider, client, binding) or \
            result is None and name not in CALLBACKS:
        return None
    time = _LOG_TIME.search(line[:match.start()])
    return Step(number, float(time[1]) if time else None, name, side, match["npi"],
                provider, client, binding, result)


def _event_time(before: str) -> Optional[float]:
    time = _EVENT_TIME.search(before)
    if not time:
        return None
    return float(time["seconds"]) if time["seconds"] else int(time["us"]) / 1e6


def _event_step(number: int, event: "re.Match[str]") -> Optional[Step]:
    match = _EVENT_FIELDS.match(event["fields"])
    before = event.string[:event.start() + 1]
    if not match or _TWO_TASKS.search(before):
        return None
    name = _EVENTS[event["event"]]
    side = match["side"] or match["side2"]
    provider, client = match["provider"], match["client"]
    if match["owner"]:
        provider = match["owner"] if side == PROVIDER else None
        client = match["owner"] if side == CLIENT else None
    binding = int(match["binding"]) if match["binding"] else None
    if not _complete(name, side, provider, client, binding):
        return None
    called = event["event"].endswith("_called")
    return Step(number, _event_time(before), name, side, match["npi"], provider,
                client, binding, None if called else int(match["result"]))


def _cut_off(text: str) -> bool:
    """Whether this is the rest of a step's line that was cut off in its name."""
    return re.fullmatch(r"[a-z_]{4,}", text) is not None and \
        any(label.startswith(text) for label in _BY_LABEL)


def read_line(number: int, line: str) -> Optional[Item]:
    """Parse a line; None if it is not the registrar's."""
    if _DROPPED.search(line):
        return Gap(number, line.strip())
    event = _EVENT.search(line)
    step = _event_step(number, event) if event else _log_step(number, line)
    if step:
        return step
    if "Linux version " in line:
        return Boot(number)
    if event or _LOG_LIKE.search(line) or _EVENT_LIKE.search(line):
        return Damaged(number, line.strip())
    message = _LOG_MESSAGE.search(line)
    if not message:
        return None
    text = message[1].strip()
    if _cut_off(text.split(" ")[0]):
        return Damaged(number, line.strip())
    if "taint" in text:
        return None
    return Message(number, text)


def is_event(line: str) -> bool:
    """Whether the line is from a trace report and not from a log."""
    return _EVENT.search(line) is not None


def read(lines: Iterable[bytes]) -> Iterator[Item]:
    """Parse all lines of the registrar's."""
    last: Dict[int, int] = {}       # line of each processor
    for number, raw in enumerate(lines, 1):
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        item = read_line(number, line)
        if isinstance(item, Gap):
            cpu = _DROPPED_CPU.search(line)
            if cpu:
                item = item._replace(since=last.get(int(cpu[1] or cpu[2]), 0) + 1)
        if item:
            yield item
        cpu = _CPU.search(line)
        if cpu:
            last[int(cpu[1])] = number
