# SPDX-License-Identifier: GPL-2.0
"""A sequence chart of the calls, and its text form for terminals.

Providers are to the left of the registrar, clients to the right. A module that
is both has a column on each side.
"""
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from .steps import CALLBACKS, CLIENT, PROVIDER, Step

Module = Tuple[str, str]        # side, owner#number
REGISTRAR: Module = ("registrar", "nmr_core")


class Row(NamedTuple):
    """A step as an arrow: solid for a call, dashed for a return."""

    step: Step
    source: Module
    target: Module
    style: str                  # call, return, complete, join, part, at
    text: str


def row(step: Step) -> Row:
    """The arrow for a step."""
    text = step.label
    if step.outcome and (step.result or step.name in (*CALLBACKS, "rundown_detach")):
        text += f" = {step.outcome}"
    if step.name in ("attached", "declined", "unbound"):
        style = "join" if step.name == "attached" else "part"
        return Row(step, (PROVIDER, step.provider), (CLIENT, step.client), style, text)
    module = step.side, step.module
    if step.name in CALLBACKS:
        if step.result is None:
            return Row(step, REGISTRAR, module, "call", text)
        return Row(step, module, REGISTRAR, "return", text)
    if step.name in ("deregistered", "wait"):
        return Row(step, REGISTRAR, module, "return", text)
    if step.name.startswith("rundown"):
        return Row(step, module, module, "at", text)
    return Row(step, module, REGISTRAR, "complete", text)


def columns(steps: List[Step]) -> List[Module]:
    """The modules of the steps, and the registrar, from left to right."""
    seen: Dict[Module, None] = {}
    for step in steps:
        for side, name in ((PROVIDER, step.provider), (CLIENT, step.client)):
            if name:
                seen[side, name] = None
    providers = sorted(module for module in seen if module[0] == PROVIDER)
    return providers + [REGISTRAR] + sorted(module for module in seen if module[0] == CLIENT)


class Glyphs(NamedTuple):
    """The characters for drawing on a terminal."""

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
    """Draws row by row, with a new header when a module appears."""

    def __init__(self, modules: List[Module], glyphs: Glyphs) -> None:
        self.glyphs = glyphs
        self.modules = modules
        self.start: Optional[float] = None

    def _at(self, module: Module) -> int:
        return MARGIN + SPACING // 2 + SPACING * self.modules.index(module)

    def _lives(self) -> List[str]:
        line = [" "] * (self._at(self.modules[-1]) + 1)
        for module in self.modules:
            line[self._at(module)] = self.glyphs.life
        return line

    def header(self) -> Iterator[str]:
        """The names, each above its column, on as many lines as they need."""
        waiting = list(self.modules)
        done: List[Module] = []
        told = False
        while waiting:
            line = [" "] * MARGIN
            for module in list(waiting):
                name = module[1]
                begin = max(MARGIN, self._at(module) - len(name) // 2)
                if len(line) > MARGIN and begin < len(line) + 1:
                    continue
                line += " " * (begin - len(line)) + name
                waiting.remove(module)
                done.append(module)
            for module in done:
                place = self._at(module)
                if place < len(line) and line[place] == " ":
                    line[place] = self.glyphs.life
            text = "".join(line)
            for module in done:
                place = self._at(module)
                if place >= len(text):
                    text = text.ljust(place) + self.glyphs.life
            if not told:
                told = True
                text = f"{'seconds':>12} {'binding':>8} " + text[MARGIN:]
            yield text.rstrip()

    def _meet(self, step: Step) -> bool:
        new = [module for module in ((PROVIDER, step.provider), (CLIENT, step.client))
               if module[1] and module not in self.modules]
        for module in new:
            place = self.modules.index(REGISTRAR) if module[0] == PROVIDER else len(self.modules)
            self.modules.insert(place, module)
        return bool(new)

    def draw(self, step: Step) -> Iterator[str]:
        """The lines for a step."""
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
