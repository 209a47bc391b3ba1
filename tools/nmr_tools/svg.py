# SPDX-License-Identifier: GPL-2.0
"""The sequence chart as an SVG image."""
from html import escape
from typing import Dict, Iterator, List, NamedTuple, Tuple

from .chart import REGISTRAR, Module, Row, columns, row
from .steps import CALLBACKS, PENDING, Step

LEFT = 146
TIME = LEFT - 70                # where times end
SPACING = 210
TOP = 64
LINE = 24

_STYLE = """
text { font: 12px monospace; fill: #222 }
.module { font-weight: bold; text-anchor: middle }
.role, .when { fill: #777 }
.role, .what { text-anchor: middle }
.when { text-anchor: end }
.life { stroke: #bbb }
line { stroke: #222 }
.return { stroke-dasharray: 5 3 }
.join { stroke: #2a7d2a; stroke-width: 3 }
.part { stroke: #999; stroke-width: 3; stroke-dasharray: 2 4 }
.runs { fill: #cfe0f5; stroke: #5a86bd }
.pends { fill: #ffd9a0; stroke: #d08a1e }
.wrong { fill: #c00; font-weight: bold }
"""


class Bar(NamedTuple):
    """The rows during which a callback runs or a detach pends."""

    module: Module
    begin: int
    end: int
    style: str


def _bars(steps: List[Step]) -> List[Bar]:
    bars: List[Bar] = []
    began: Dict[Tuple, int] = {}
    for number, step in enumerate(steps):
        if step.binding is None:
            continue
        module = step.side, step.module
        runs, pends = (step.binding, module, step.name), (step.binding, module, "pends")
        if step.name in CALLBACKS and step.result is None:
            began[runs] = number
        elif step.name in CALLBACKS:
            bars.append(Bar(module, began.pop(runs, 0), number, "runs"))
            if step.name == "detach" and step.result == PENDING and pends not in began:
                began[pends] = number
        elif step.name == "detach_complete":
            if pends in began:
                bars.append(Bar(module, began[pends], number, "pends"))
            began[pends] = -1
    for (_, module, name), begin in began.items():
        if begin >= 0:
            bars.append(Bar(module, begin, len(steps), "pends" if name == "pends" else "runs"))
    # Pending bars first, so that running callbacks are drawn over them.
    return sorted(bars, key=lambda bar: (bar.style != "pends", bar.begin))


def _y(number: int) -> int:
    return TOP + LINE * (number + 1)


def _arrow(arrow: Row, x: Dict[Module, int], y: int) -> Iterator[str]:
    source, target = x[arrow.source], x[arrow.target]
    label = escape(arrow.text)
    if arrow.style == "at":
        yield f'<circle cx="{source}" cy="{y}" r="4"/>'
        yield f'<text x="{source + 8}" y="{y - 3}">{label}</text>'
        return
    head = "" if arrow.style in ("join", "part") else ' marker-end="url(#head)"'
    yield f'<line class="{arrow.style}" x1="{source}" y1="{y}" x2="{target}" y2="{y}"{head}/>'
    # Beside the module, where no other arrow has its text.
    if arrow.style in ("join", "part"):
        middle = (source + target) // 2
    else:
        outer, inner = (source, target) if arrow.target == REGISTRAR else (target, source)
        middle = outer + (SPACING if inner > outer else -SPACING) // 2
    yield f'<text class="what" x="{middle}" y="{y - 4}">{label}</text>'


def picture(steps: List[Step], title: str, wrong: Dict[int, str]) -> Iterator[str]:
    """The lines of the image; wrong maps log lines to violations."""
    modules = columns(steps)
    x = {one: LEFT + SPACING // 2 + SPACING * number for number, one in enumerate(modules)}
    width, height = LEFT + SPACING * len(modules), _y(len(steps)) + LINE // 2
    start = next((step.time for step in steps if step.time is not None), None)
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
           f'viewBox="0 0 {width} {height}">')
    yield f"<title>{escape(title)}</title>"
    yield f"<style>{_STYLE}</style>"
    yield ('<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
           'markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>')
    yield f'<rect width="{width}" height="{height}" fill="#fff"/>'
    yield f'<text class="when" x="{TIME}" y="{TOP}">ms</text>'
    yield f'<text class="when" x="{LEFT - 4}" y="{TOP}">binding</text>'
    for one in modules:
        yield f'<text class="module" x="{x[one]}" y="20">{escape(one[1])}</text>'
        yield f'<text class="role" x="{x[one]}" y="36">{one[0]}</text>'
        yield f'<line class="life" x1="{x[one]}" y1="44" x2="{x[one]}" y2="{height - 8}"/>'
    for bar in _bars(steps):
        begin, end = _y(bar.begin), max(_y(bar.end), _y(bar.begin) + 6)
        wide = 8 if bar.style == "runs" else 14
        yield (f'<rect class="{bar.style}" x="{x[bar.module] - wide // 2}" y="{begin}" '
               f'width="{wide}" height="{end - begin}"/>')
    for number, step in enumerate(steps):
        y = _y(number)
        if step.time is not None:
            yield (f'<text class="when" x="{TIME}" y="{y + 4}">'
                   f"{(step.time - start) * 1000:.3f}</text>")
        if step.binding is not None:
            yield f'<text class="when" x="{LEFT - 4}" y="{y + 4}">{step.binding}</text>'
        yield from _arrow(row(step), x, y)
        if step.line in wrong:
            yield (f'<text class="wrong" x="{LEFT}" y="{y + 10}">'
                   f"{escape(wrong[step.line])}</text>")
    yield "</svg>"
