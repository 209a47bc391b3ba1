# SPDX-License-Identifier: GPL-2.0
"""The sequence chart as a Markdown page with a Mermaid diagram."""
from typing import Iterator, List

from .chart import REGISTRAR, columns, row
from .steps import Step

# GitHub, GitLab and others leave it at that; Mermaid's maxTextSize.
LONGEST = 50000
# What ends a text in Mermaid's grammar, or is HTML.
_ENTITIES = str.maketrans({char: f"#{ord(char)};" for char in "#;<>"})
_ARROWS = {"call": "->>", "return": "-->>", "say": "->>"}


def page(steps: List[Step], title: str) -> Iterator[str]:
    """Line by line."""
    names = {who: f"p{number}" for number, who in enumerate(columns(steps))}
    yield f"# {title}"
    yield ""
    yield "```mermaid"
    yield "sequenceDiagram"
    for who, name in names.items():
        text = who[1].translate(_ENTITIES)
        if who != REGISTRAR:
            text += f"<br/>{who[0]}"
        yield f"    participant {name} as {text}"
    for step in steps:
        arrow = row(step)
        source, target = names[arrow.source], names[arrow.target]
        text = arrow.text if step.binding is None else f"{arrow.text} ({step.binding})"
        if arrow.style in ("join", "part"):
            yield f"    Note over {source},{target}: {text}"
        elif arrow.style == "at":
            yield f"    Note over {source}: {text}"
        else:
            yield f"    {source}{_ARROWS[arrow.style]}{target}: {text}"
    yield "```"
