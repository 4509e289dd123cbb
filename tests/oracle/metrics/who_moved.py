"""How much of a change comes from students who moved, and how much from who is counted?"""
import numpy as np
from scipy import stats

from .common import (SCORE, SLACK, count, figure, measurement, paired_difference, proportion,
                     reading, standing)

DECIDED = ("at", "below")


def drifts_to_the_mean(pairs):
    """Whether chance alone would explain at least half of what the low ones gained more.

    `pairs`: (score then, score now, below the line then) of those with scores both times."""
    if len(pairs) < 10:
        return False
    start, end = (np.array([pair[i] for pair in pairs], float) for i in (0, 1))
    low = np.array([pair[2] for pair in pairs], bool)
    if not low.any() or np.ptp(start) == 0 or np.ptp(end) == 0:
        return False
    r = stats.pearsonr(start, end).statistic
    expected = (1 - r) * (start.mean() - start[low].mean())
    more = (end - start)[low].mean() - (end - start).mean()
    return more > SLACK and expected >= more / 2


def answer(case):
    case.one_measure()
    answers = []
    for rows in case.by_group("then-value", "then-class", "then-line", "then-member",
                              "now-value", "now-class", "now-line", "now-member"):
        left_out = {"left": 0, "missing": 0, "excluded": 0, "no-line": 0}
        then, now, same, pairs = [], [], [], []
        for start, start_class, start_line, was, end, end_class, end_line, is_now in rows:
            before = standing(start, start_class, start_line)
            after = standing(end, end_class, end_line)
            if was == 1 and before in DECIDED:
                then.append(before)
            if is_now != 1:
                left_out["left"] += 1
            elif after in DECIDED:
                now.append(after)
            else:
                left_out[after] += 1
            if was == 1 and is_now == 1 and before in DECIDED and after in DECIDED:
                same.append((before, after))
                if reading(start, start_class) == reading(end, end_class) == SCORE:
                    pairs.append((start, end, before == "below"))
        n = len(same)
        stayed, rose = same.count(("at", "at")), same.count(("below", "at"))
        fell, low = same.count(("at", "below")), same.count(("below", "below"))
        outputs = {
            "now": proportion(now.count("at"), len(now)),
            "then": proportion(then.count("at"), len(then)),
            "same-now": proportion(stayed + rose, n),
            "same-then": proportion(stayed + fell, n),
            "rose": count(rose, n),
            "fell": count(fell, n),
        }
        change = (rose - fell) / n if n else None
        outputs["same-change"] = figure(change, n, n, paired_difference(stayed, rose, fell, low))
        rest = None
        if now and then and n:
            rest = outputs["now"]["value"] - outputs["then"]["value"] - change
        outputs["group-change"] = figure(rest, n, n)
        notes = []
        if case.levels() is None and drifts_to_the_mean(pairs):
            notes.append("regression-to-the-mean")
        answers.append(measurement(len(rows), outputs, left_out, notes))
    return answers
