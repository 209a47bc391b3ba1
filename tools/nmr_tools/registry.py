# SPDX-License-Identifier: GPL-2.0
"""/sys/kernel/debug/nmr/registry, and a Graphviz graph of it."""
from typing import Dict, Iterable, Iterator, List, NamedTuple, Optional, Tuple

COLUMNS = ("kind id npi provider client state provider_detach provider_ms "
           "provider_calls client_detach client_ms client_calls").split()
STATES = {"registered": "#d7ead7",
          "deregistering": "#ffd9a0", "complete": "#dddddd",
          "proposed": "#eeeeee", "attaching": "#cfe0f5", "attached": "#d7ead7",
          "detaching": "#ffd9a0"}
DETACHES = ("early", "called", "pending", "done", "absent")
WAITING = "#d08a1e"


class NotARegistry(Exception):
    """The input is not a registry."""


class Detach(NamedTuple):
    """The state of one side's detach."""

    state: Optional[str]
    ms: Optional[str]
    calls: Optional[str]

    @property
    def waits(self) -> bool:
        """Whether the other side waits for this."""
        return self.state in ("called", "pending")

    def __str__(self) -> str:
        words = []
        if self.state:
            words.append(self.state + (f" for {self.ms} ms" if self.ms else ""))
        if self.calls:
            words.append(f"{self.calls} call" + ("" if self.calls == "1" else "s"))
        return ", ".join(words)


class Entry(NamedTuple):
    """A line of the registry."""

    kind: str
    id: int
    npi: str
    provider: Optional[str]
    client: Optional[str]
    state: str
    detach: Dict[str, Detach]

    @property
    def name(self) -> str:
        """owner#number of a registration."""
        return self.provider or self.client


def _entry(line: str) -> Optional[Entry]:
    fields = line.split(" ")
    if len(fields) != len(COLUMNS):
        return None
    value = {column: None if field == "-" else field
             for column, field in zip(COLUMNS, fields)}
    has = (value["provider"] is not None, value["client"] is not None)
    expected = {"provider": (True, False), "client": (False, True), "binding": (True, True)}
    if expected.get(value["kind"]) != has or not (value["id"] or "").isdigit() or \
            value["state"] not in STATES or not value["npi"] or \
            not all("#" in name for name in (value["provider"], value["client"]) if name):
        return None
    detach = {side: Detach(*(value[f"{side}_{what}"] for what in ("detach", "ms", "calls")))
              for side in ("provider", "client")}
    if any(side.state not in (None, *DETACHES) for side in detach.values()):
        return None
    return Entry(value["kind"], int(value["id"]), value["npi"], value["provider"],
                 value["client"], value["state"], detach)


def read(lines: Iterable[bytes]) -> Tuple[List[Entry], List[int]]:
    """The entries, and the numbers of damaged lines."""
    entries: Dict[Tuple[str, int], Entry] = {}
    damaged: List[int] = []
    number = 0
    for number, line in enumerate(lines, 1):
        text = line.decode("utf-8", "replace").strip()
        if number == 1:
            if text.split(" ") != COLUMNS:
                raise NotARegistry("the first line does not name the registry's columns")
            continue
        entry = _entry(text)
        if entry:
            # A registry that changes while it is read may list an entry twice.
            entries[entry.kind, entry.id] = entry
        elif text:
            damaged.append(number)
    if not number:
        raise NotARegistry("empty")
    return list(entries.values()), damaged


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _find(entries: List[Entry]) -> Dict[Tuple[str, str, str], Entry]:
    """The registrations, by the names that bindings have for them."""
    return {(entry.kind, entry.npi, entry.name): entry
            for entry in entries if entry.kind != "binding"}


def _node(entry: Entry) -> str:
    number = entry.name.rpartition("#")[2]
    text = f"{entry.kind} #{number}\n{entry.state}".replace("\n", "\\n")
    return (f'r{entry.id} [label="{text}" fillcolor="{STATES[entry.state]}" '
            f'tooltip={_quote(f"id {entry.id}, NPI {entry.npi}")}]')


def _edge(source: str, target: str, side: Detach) -> str:
    label = f" label={_quote(str(side))}" if str(side) else ""
    if side.waits:
        return f'{source} -> {target} [color="{WAITING}" penwidth=2.5{label}]'
    return f"{source} -> {target} [{label.strip()}]"


def graph(entries: List[Entry], title: str = "") -> Iterator[str]:
    """The graph in dot's language, line by line.

    Modules are boxes around their registrations, providers left of clients;
    between them each NPI is a box around its bindings.
    """
    entries = sorted(entries, key=lambda entry: entry.id)
    registrations = _find(entries)
    yield "digraph nmr {"
    yield "  rankdir=LR; ranksep=0.6; nodesep=0.15; fontname=monospace; fontsize=12"
    if title:
        yield f"  labelloc=t; label={_quote(title)}"
    yield '  node [shape=box style="filled,rounded" fontname=monospace fontsize=11]'
    yield "  edge [dir=none fontname=monospace fontsize=10]"

    # A module that is a provider and a client has a box for each.
    modules: Dict[Tuple[str, str], List[Entry]] = {}
    for entry in registrations.values():
        modules.setdefault((entry.name.rpartition("#")[0], entry.kind), []).append(entry)
    for number, ((owner, _), members) in enumerate(modules.items()):
        yield f"  subgraph cluster_module{number} {{"
        yield f'    label={_quote(owner)}; style="rounded"; color="#555555"'
        for entry in members:
            yield f"    {_node(entry)}"
        yield "  }"

    bindings = [entry for entry in entries if entry.kind == "binding"]
    bound = {(side, entry.npi, name) for entry in bindings
             for side, name in (("provider", entry.provider), ("client", entry.client))}
    for number, npi in enumerate(dict.fromkeys(entry.npi for entry in entries)):
        members = [entry for entry in bindings if entry.npi == npi]
        alone = [entry for key, entry in registrations.items()
                 if key[1] == npi and key not in bound]
        yield f"  subgraph cluster_npi{number} {{"
        yield (f'    label={_quote(npi)}; style="dashed"; color="#999999"; '
               'fontcolor="#777777"; fontsize=10')
        if not members:
            yield f'    n{number} [label="not bound" shape=plaintext style=""]'
        for entry in members:
            yield (f'    b{entry.id} [label="binding {entry.id}\\n{entry.state}" '
                   f'shape=ellipse style=filled fillcolor="{STATES[entry.state]}"]')
        yield "  }"
        for entry in alone:
            place = f"b{members[0].id}" if members else f"n{number}"
            ends = (f"r{entry.id}", place) if entry.kind == "provider" else \
                (place, f"r{entry.id}")
            style = "style=invis" if members else 'style=dotted color="#999999"'
            yield f"  {ends[0]} -> {ends[1]} [{style}]"
    for entry in bindings:
        for side in ("provider", "client"):
            name = entry.provider if side == "provider" else entry.client
            registration = registrations.get((side, entry.npi, name))
            # Deregistered between the two lines, or filtered out.
            node = f"r{registration.id}" if registration else _quote(name)
            ends = (node, f"b{entry.id}") if side == "provider" else (f"b{entry.id}", node)
            yield "  " + _edge(*ends, entry.detach[side])
    yield "}"
