"""Share of the same students who grew: those with a score both times, by their gain."""

import math

from _cells import MISSING, SCORE, column, groups
from _figures import number, proportion
from numpy import median


def kind(value, reading):
    """0 a score, 3 none, else a reading that is no score; a score without a value is none."""
    return MISSING if reading == SCORE and math.isnan(value) else reading


def answer(case):
    gain = case["parameters"]["gain"]
    first, first_class = column(case, "start-value"), column(case, "start-class")
    later, later_class = column(case, "end-value"), column(case, "end-class")
    found = []
    for rows in groups(case):
        before = {row: kind(first[row], first_class[row]) for row in rows}
        after = {row: kind(later[row], later_class[row]) for row in rows}
        new = {row for row in rows if before[row] == MISSING}
        gone = {row for row in rows if after[row] == MISSING} - new
        matched = [row for row in rows if before[row] == after[row] == SCORE]
        gains = [later[row] - first[row] for row in matched]
        grew = sum(g >= gain or math.isclose(g, gain, abs_tol=1e-9) for g in gains)
        odd = len(rows) - len(new) - len(gone) - len(matched)
        middle = float(median(gains)) if gains else None
        found.append({
            "outputs": {"share-growing": proportion(grew, len(gains)), "median-gain": number(middle, len(gains))},
            "left-out": {"start-missing": len(new), "end-missing": len(gone), "not-a-score": odd},
        })
    return found
