"""Helpers for Termwise metrics written in Python.

A metric is a pure function from columns of cells to one Measurement per group. It sees students as row
numbers. Whatever would need a clock, a file, the network or chance breaks off; so does an import inside
a function, because modules are only there while the component is built.
"""

import json
from math import fsum, sqrt
from typing import Any, Iterator, Optional, Sequence

from componentize_py_types import Err
from wit_world.imports.types import (
    Band,
    ColumnKind,
    ColumnKind_Class,
    ColumnKind_Day,
    ColumnKind_Line,
    ColumnKind_Member,
    ColumnKind_Side,
    ColumnKind_Value,
    ColumnSpec,
    Description,
    Direction,
    Fault_BadParameter,
    Fault_BadShape,
    Fault_MissingColumn,
    Fault_OrderedScale,
    Fault_Told,
    Interval,
    Measurement,
    Message,
    Moment,
    Output,
    OutputSpec,
    PrivacyKind,
    Question,
    Text,
)

SCORE, COUNTS_AS_BELOW, EXCLUDED, MISSING = 0, 1, 2, 3
KINDS = ("score", "below", "excluded", "missing")


def english(text: str) -> list[Text]:
    """A text in English; write [Text("en", …), Text("fr", …)] for several languages."""
    return [Text("en", text)]


def message(key: str, text: str) -> Message:
    """A text with the key by which the metric can name it."""
    return Message(key, english(text))


def column(name: str, kind: ColumnKind, explanation: str, moment: Moment = Moment.NOW) -> ColumnSpec:
    """A column that the metric wants."""
    return ColumnSpec(name, kind, moment, english(explanation))


def proportion_output(key: str, title: str, direction: Direction = Direction.UP) -> OutputSpec:
    """An output from 0 to 1: numerator over denominator."""
    return OutputSpec(key, english(title), "share", direction, PrivacyKind.PROPORTION, [], [])


def describe(
    *,
    id: str,
    version: str,
    title: str,
    explanation: str,
    columns: Sequence[ColumnSpec],
    outputs: Sequence[OutputSpec],
    parameters: Optional[dict[str, Any]] = None,
    left_out: Sequence[Message] = (),
    messages: Sequence[Message] = (),
) -> Description:
    """A description with English texts; `parameters` are the properties of a JSON Schema."""
    schema = {"type": "object", "properties": parameters or {}, "additionalProperties": False}
    return Description(
        id,
        version,
        english(title),
        english(explanation),
        json.dumps(schema),
        list(columns),
        list(outputs),
        list(left_out),
        list(messages),
    )


class Columns:
    """A question's columns by name: numbers are a list of float, codes are bytes."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._cells = {(c.name, c.measure, c.period): c.cells.value for c in question.columns}
        rows = question.offsets[-1] if question.offsets else 0
        if any(len(cells) != rows for cells in self._cells.values()):
            raise Err(Fault_BadShape())

    def __call__(self, name: str, measure: int = 0, period: int = 0):
        """One column: of this measure, in this period (0 for now and start)."""
        try:
            return self._cells[name, measure, period]
        except KeyError:
            raise Err(Fault_MissingColumn(name)) from None

    def groups(self) -> Iterator[slice]:
        """One slice of rows for each group."""
        offsets = self._question.offsets
        return map(slice, offsets, offsets[1:])

    def parameter(self, name: str):
        """A parameter's value."""
        for parameter in self._question.parameters:
            if parameter.name == name:
                return parameter.value.value
        raise Err(Fault_BadParameter(name))


def readings(columns: Columns, rows: slice, value: str, class_: str, *others: str) -> Iterator[tuple]:
    """The rows of a group: kind (score, below, excluded, missing), value, and the cells of other columns."""
    cells = zip(columns(class_)[rows], columns(value)[rows], *(columns(name)[rows] for name in others))
    for code, number, *rest in cells:
        # A score without a value is none.
        kind = "missing" if code == SCORE and number != number else KINDS[min(code, MISSING)]
        yield kind, number, *rest


def wilson(met: int, of: int) -> Optional[Interval]:
    """Wilson's 95 % interval (1927), in the order of operations of every Termwise SDK."""
    if of == 0:
        return None
    z = 1.959963984540054
    n = float(of)
    p = met / n
    z2 = z * z
    scale = 1.0 + z2 / n
    centre = (p + z2 / (2.0 * n)) / scale
    half = z * sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n)) / scale
    low = 0.0 if met == 0 else max(0.0, centre - half)
    high = 1.0 if met == of else min(1.0, centre + half)
    return Interval(low, high)


def proportion(met: int, of: int) -> Output:
    """A proportion with its interval."""
    return Output(met / of if of else None, met, of, of, wilson(met, of), [])


def mean(values: Sequence[float]) -> Optional[float]:
    """The mean, whatever the order of the values."""
    return fsum(values) / len(values) if values else None
