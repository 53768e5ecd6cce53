"""Figures and their table."""

from dataclasses import dataclass


@dataclass
class Figure:
    """One row of the table; None where there is nothing to measure."""

    name: str
    unit: str = ""
    direct: float | None = None
    nginx: float | None = None
    alma: float | None = None
    target: float | None = None
    more_is_better: bool = False

    @property
    def is_measured(self):
        return any(value is not None for value in (self.direct, self.nginx, self.alma))

    @property
    def verdict(self):
        """Whether ALMA reaches its target, and if not, how far away it is."""
        if self.target is None or self.alma is None:
            return ""
        if self.alma >= self.target if self.more_is_better else self.alma <= self.target:
            return "met"
        if not self.target:
            return "**missed**"
        factor = self.target / self.alma if self.more_is_better else self.alma / self.target
        return f"**missed** ({factor:.2f}×)" if self.alma > 0 else "**missed**"

    @property
    def ratio(self):
        return f"{self.alma / self.nginx:.2f}" if self.alma and self.nginx and self.nginx > 0 else ""

    @property
    def cells(self):
        values = [_text(value, self.unit) for value in (self.direct, self.nginx, self.alma, self.target)]
        return [self.name, *values[:3], self.ratio, values[3], self.verdict]


def _text(value, unit):
    if value is None:
        return "–"
    size = abs(value)
    digits = 0 if size >= 100 or value == 0 else 1 if size >= 10 else 2
    if unit == "s" and size < 1:
        digits = 3
    return f"{value:,.{digits}f} {unit}".strip()


HEAD = ["figure", "direct", "nginx", "ALMA", "ALMA : nginx", "target", ""]


def table(figures):
    """Markdown whose columns are aligned for the terminal too."""
    rows = [HEAD, *[figure.cells for figure in figures]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["| " + " | ".join(_cells(row, widths)) + " |" for row in rows]
    marks = ["-" * widths[0], *["-" * (width - 1) + ":" for width in widths[1:-1]], "-" * max(widths[-1], 3)]
    return "\n".join([lines[0], "| " + " | ".join(marks) + " |", *lines[1:]])


def _cells(row, widths):
    first, *middle, last = zip(row, widths)
    yield first[0].ljust(first[1])
    for text, width in middle:
        yield text.rjust(width)
    yield last[0].ljust(max(last[1], 3))
