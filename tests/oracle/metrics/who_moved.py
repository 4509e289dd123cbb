"""Who moved: the change of a share by the same children, and by who is in the group.

Sets of children; interval by Newcombe (1998), Statistics in Medicine 17(22), 2635-2650, method 10.
"""

import math
from fractions import Fraction

import numpy
from _cells import BELOW, EXCLUDED, SCORE, column, groups
from _figures import count, number, proportion
from statsmodels.stats.proportion import proportion_confint


def at_and_decided(case, moment, rows):
    """Rows at level, rows with a decided reading, and why others are not, by row."""
    value, reading, line = (column(case, f"{moment}-{name}") for name in ("value", "class", "line"))
    belongs = {row for row in rows if column(case, f"{moment}-member")[row] == 1}
    at, decided, why = set(), set(), {}
    for row in belongs:
        scored = reading[row] == SCORE and not math.isnan(value[row])
        if reading[row] == BELOW or (scored and not math.isnan(line[row])):
            decided.add(row)
        else:
            why[row] = "no-line" if scored else "excluded" if reading[row] == EXCLUDED else "missing"
        if scored and value[row] >= line[row]:
            at.add(row)
    return at, decided, why, belongs


def newcombe_for_pairs(e, f, g, h):
    """Interval of (e + f)/n - (e + g)/n; e both, f the first only, g the second only, h neither."""
    n = e + f + g + h
    p1, p2 = (e + f) / n, (e + g) / n
    (l1, u1), (l2, u2) = (proportion_confint(met, n, method="wilson") for met in (e + f, e + g))
    a = (e + f) * (g + h) * (e + g) * (f + h)
    c = e * h - f * g
    c = max(c - n / 2, 0) if c > 0 else c
    phi = c / math.sqrt(a) if a else 0.0
    delta = (p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2
    epsilon = (u1 - p1) ** 2 - 2 * phi * (u1 - p1) * (p2 - l2) + (p2 - l2) ** 2
    return p1 - p2 - math.sqrt(max(delta, 0)), p1 - p2 + math.sqrt(max(epsilon, 0))


def regresses(pairs, low):
    """Of at least ten pairs: those under the line gained more than all, and (1 - r)(mean - their
    mean) is at least half of that."""
    if len(pairs) < 10 or not any(low):
        return False
    first, second = numpy.array(pairs).T
    if numpy.ptp(first) == 0 or numpy.ptp(second) == 0:
        return False
    low = numpy.array(low)
    more = (second - first)[low].mean() - (second - first).mean()
    expected = (1 - numpy.corrcoef(first, second)[0, 1]) * (first.mean() - first[low].mean())
    return bool(more > 1e-9 and expected >= more / 2)


def answer(case):
    found = []
    ordered = bool(case.get("scales") and case["scales"][0].get("levels"))
    values = [column(case, f"{moment}-value") for moment in ("then", "now")]
    classes = [column(case, f"{moment}-class") for moment in ("then", "now")]
    for rows in groups(case):
        at_then, decided_then, _, _ = at_and_decided(case, "then", rows)
        at_now, decided_now, why, belongs_now = at_and_decided(case, "now", rows)
        same = decided_then & decided_now
        rose, fell = (at_now - at_then) & same, (at_then - at_now) & same
        outputs = {
            "now": proportion(len(at_now), len(decided_now)),
            "then": proportion(len(at_then), len(decided_then)),
            "same-now": proportion(len(at_now & same), len(same)),
            "same-then": proportion(len(at_then & same), len(same)),
            "rose": count(len(rose), len(same)),
            "fell": count(len(fell), len(same)),
        }
        by_same = by_group = low = high = None
        if same:
            by_same = Fraction(len(rose) - len(fell), len(same))
            both = len(at_now & at_then & same)
            low, high = newcombe_for_pairs(both, len(rose), len(fell), len(same - at_now - at_then))
            change = Fraction(len(at_now), len(decided_now)) - Fraction(len(at_then), len(decided_then))
            by_same, by_group = float(by_same), float(change - by_same)
        outputs["same-change"] = number(by_same, len(same), low, high)
        outputs["group-change"] = number(by_group, len(same))
        scored = [row for row in sorted(same) if classes[0][row] == classes[1][row] == SCORE]
        pairs = [(values[0][row], values[1][row]) for row in scored]
        left_out = {"left": len(rows) - len(belongs_now)}
        for reason in why.values():
            left_out[reason] = left_out.get(reason, 0) + 1
        told = not ordered and regresses(pairs, [row not in at_then for row in scored])
        found.append({"outputs": outputs, "left-out": left_out, "notes": ["regression-to-the-mean"] if told else []})
    return found
