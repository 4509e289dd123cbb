"""The share of students at or above the line. Change it into your own metric."""

from termwise_plugin import (
    Band, ColumnKind_Class, ColumnKind_Line, ColumnKind_Value, Columns, Measurement, column, describe, message,
    proportion, proportion_output, readings,
)


class Metric:
    def describe(self):
        return describe(
            id="my-metric",
            version="1.0.0",
            title="Share at or above level",
            explanation="Of the students who count, those at level.",
            columns=[
                column("value", ColumnKind_Value(), "The score."),
                column("class", ColumnKind_Class(), "What the reading counts as."),
                column("line", ColumnKind_Line(Band.AT), "The lowest score at level."),
            ],
            outputs=[proportion_output("share", "Share at or above level")],
            left_out=[
                message("missing", "without a result"),
                message("excluded", "left out with a reason"),
                message("no-line", "without an expectation"),
            ],
        )

    def evaluate(self, question):
        columns = Columns(question)
        found = []
        for rows in columns.groups():
            met = of = missing = excluded = no_line = 0
            for kind, value, line in readings(columns, rows, "value", "class", "line"):
                if kind == "score" and line != line:
                    no_line += 1
                elif kind == "score":
                    met += value >= line
                    of += 1
                elif kind == "below":
                    of += 1
                elif kind == "excluded":
                    excluded += 1
                else:
                    missing += 1
            found.append(Measurement([proportion(met, of)], [missing, excluded, no_line], []))
        return found
