"""The table: what was measured, what was to be reached, and whether it was."""

from collections.abc import Sequence
from dataclasses import dataclass

AT_LEAST, AT_MOST = "≥", "≤"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. `target` is a bound in the unit of `value`; None where the figure is only told."""

    name: str
    value: float | None
    """None where it could not be measured."""
    measured: str
    target: float | None = None
    bound: str = AT_LEAST

    @property
    def verdict(self) -> str:
        """`ok`, `MISS`, or nothing where there is no target."""
        if self.target is None:
            return ""
        if self.value is None:
            return "MISS"
        return "ok" if (self.value >= self.target if self.bound == AT_LEAST else self.value <= self.target) else "MISS"


def ratio(name: str, mine: float, theirs: float, target: float | None, what: str, bound: str = AT_LEAST) -> Line:
    """How many times theirs mine is."""
    value = mine / theirs
    return Line(name, value, f"{value:.2f} × {what}", target, bound)


def render(lines: Sequence[Line]) -> str:
    """All lines under each other, with how many of the targets were reached."""
    rows = [("", "measured", "target", "")]
    rows += [
        (line.name, line.measured, "" if line.target is None else f"{line.bound} {line.target:g}", line.verdict)
        for line in lines
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    text = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    aimed = [line for line in lines if line.target is not None]
    reached = sum(line.verdict == "ok" for line in aimed)
    return "\n".join([*text, f"{reached} of {len(aimed)} figures reached"])
