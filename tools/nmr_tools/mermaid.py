# SPDX-License-Identifier: GPL-2.0
"""The sequence chart as a Markdown page with a Mermaid diagram."""
from typing import Iterator, List

from .chart import REGISTRAR, columns, row
from .steps import Step

# Mermaid's default maxTextSize, which GitHub, GitLab and others use.
LONGEST = 50000
# Characters that end a text in Mermaid's grammar or are special in HTML.
_ENTITIES = str.maketrans({char: f"#{ord(char)};" for char in "#;<>"})
_ARROWS = {"call": "->>", "return": "-->>", "complete": "->>"}


def page(steps: List[Step], title: str) -> Iterator[str]:
    """The lines of the page."""
    names = {module: f"p{number}" for number, module in enumerate(columns(steps))}
    yield f"# {title}"
    yield ""
    yield "```mermaid"
    yield "sequenceDiagram"
    for module, name in names.items():
        text = module[1].translate(_ENTITIES)
        if module != REGISTRAR:
            text += f"<br/>{module[0]}"
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
