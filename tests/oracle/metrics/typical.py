"""What is a typical score?"""
from .common import BELOW, EXCLUDED, MISSING, SCORE, mean, measurement, median, reading


def answer(case):
    case.one_measure()
    ordered = case.levels() is not None
    answers = []
    for rows in case.by_group("value", "class"):
        kinds = [reading(*row) for row in rows]
        scores = [value for (value, _), kind in zip(rows, kinds) if kind == SCORE]
        answers.append(measurement(
            len(rows),
            {"median": median(scores), "mean": mean(scores, ordered)},
            {"missing": kinds.count(MISSING), "excluded": kinds.count(EXCLUDED),
             "not-a-score": kinds.count(BELOW)},
            ["no-mean"] if ordered else []))
    return answers
