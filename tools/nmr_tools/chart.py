# SPDX-License-Identifier: GPL-2.0
"""A sequence chart: who called whom; and the terminal's picture of it.

Providers are to the left of the registrar, clients to the right. A module that
is both has a column on each side.
"""
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from .steps import CALLBACKS, CLIENT, PROVIDER, Step

Who = Tuple[str, str]           # side, owner#number
REGISTRAR: Who = ("registrar", "nmr_core")


class Row(NamedTuple):
    """A step as an arrow: solid for a call or a word, dashed for a return."""

    step: Step
    source: Who
    target: Who
    style: str                  # call, return, say, join, part, at
    text: str


def row(step: Step) -> Row:
    """The arrow that a step is."""
    text = step.label
    if step.outcome and (step.result or step.name in (*CALLBACKS, "rundown_detach")):
        text += f" = {step.outcome}"
    if step.name in ("attached", "declined", "unbound"):
        style = "join" if step.name == "attached" else "part"
        return Row(step, (PROVIDER, step.provider), (CLIENT, step.client), style, text)
    who = step.side, step.module
    if step.name in CALLBACKS:
        if step.result is None:
            return Row(step, REGISTRAR, who, "call", text)
        return Row(step, who, REGISTRAR, "return", text)
    if step.name in ("deregistered", "wait"):
        return Row(step, REGISTRAR, who, "return", text)
    if step.name.startswith("rundown"):
        return Row(step, who, who, "at", text)
    return Row(step, who, REGISTRAR, "say", text)


def columns(steps: List[Step]) -> List[Who]:
    """Who takes part, from left to right."""
    seen: Dict[Who, None] = {}
    for step in steps:
        for side, name in ((PROVIDER, step.provider), (CLIENT, step.client)):
            if name:
                seen[side, name] = None
    providers = sorted(who for who in seen if who[0] == PROVIDER)
    return providers + [REGISTRAR] + sorted(who for who in seen if who[0] == CLIENT)


class Glyphs(NamedTuple):
    """What a terminal draws with."""

    life: str
    solid: str
    dashed: str
    left: str
    right: str
    join: str
    part: str
    at: str


UNICODE = Glyphs("│", "─", "╌", "◀", "▶", "═", "×", "●")
ASCII = Glyphs("|", "-", ".", "<", ">", "=", "x", "o")
MARGIN = 22                     # time and binding
SPACING = 12


class Terminal:
    """Draws row by row, and the names again when somebody new comes."""

    def __init__(self, who: List[Who], glyphs: Glyphs) -> None:
        self.glyphs = glyphs
        self.who = who
        self.start: Optional[float] = None

    def _at(self, who: Who) -> int:
        return MARGIN + SPACING // 2 + SPACING * self.who.index(who)

    def _lives(self) -> List[str]:
        line = [" "] * (self._at(self.who[-1]) + 1)
        for who in self.who:
            line[self._at(who)] = self.glyphs.life
        return line

    def header(self) -> Iterator[str]:
        """The names, each above its column, on as many lines as they need."""
        waiting = list(self.who)
        done: List[Who] = []
        told = False
        while waiting:
            line = [" "] * MARGIN
            for who in list(waiting):
                name = who[1]
                begin = max(MARGIN, self._at(who) - len(name) // 2)
                if len(line) > MARGIN and begin < len(line) + 1:
                    continue
                line += " " * (begin - len(line)) + name
                waiting.remove(who)
                done.append(who)
            for who in done:
                place = self._at(who)
                if place < len(line) and line[place] == " ":
                    line[place] = self.glyphs.life
            text = "".join(line)
            for who in done:
                place = self._at(who)
                if place >= len(text):
                    text = text.ljust(place) + self.glyphs.life
            if not told:
                told = True
                text = f"{'seconds':>12} {'binding':>8} " + text[MARGIN:]
            yield text.rstrip()

    def _meet(self, step: Step) -> bool:
        new = [who for who in ((PROVIDER, step.provider), (CLIENT, step.client))
               if who[1] and who not in self.who]
        for who in new:
            place = self.who.index(REGISTRAR) if who[0] == PROVIDER else len(self.who)
            self.who.insert(place, who)
        return bool(new)

    def draw(self, step: Step) -> Iterator[str]:
        """The line or lines of a step."""
        if self._meet(step):
            yield ""
            yield from self.header()
        arrow = row(step)
        line = self._lives()
        source, target = self._at(arrow.source), self._at(arrow.target)
        low, high = min(source, target), max(source, target)
        stroke = {"return": self.glyphs.dashed, "join": self.glyphs.join,
                  "part": self.glyphs.part}.get(arrow.style, self.glyphs.solid)
        if arrow.style == "part":
            line[low] = line[high] = stroke
        else:
            for place in range(low + 1, high):
                line[place] = stroke
        if arrow.style == "at":
            line[source] = self.glyphs.at
        elif arrow.style == "join":
            line[low], line[high] = self.glyphs.left, self.glyphs.right
        elif arrow.style != "part":
            line[target - 1 if source < target else target + 1] = \
                self.glyphs.right if source < target else self.glyphs.left
        if step.time is not None and self.start is None:
            self.start = step.time
        time = "" if step.time is None else f"{step.time - self.start:.6f}"
        binding = "" if step.binding is None else str(step.binding)
        margin = f"{time:>12} {binding:>8} "
        yield margin + "".join(line[MARGIN:]) + "  " + arrow.text
