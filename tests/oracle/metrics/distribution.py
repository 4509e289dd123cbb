"""How many students are on each level?"""
from .common import BELOW, EXCLUDED, MISSING, SCORE, Fault, distribution, measurement, reading


def answer(case):
    case.one_measure()
    if case.levels() is None:
        raise Fault("told levels-only")
    answers = []
    for rows in case.by_group("value", "class"):
        kinds = [reading(*row) for row in rows]
        places = [value for (value, _), kind in zip(rows, kinds) if kind == SCORE]
        places += [0] * kinds.count(BELOW)
        answers.append(measurement(len(rows), {"levels": distribution(places, case.levels())}, {
            "missing": kinds.count(MISSING), "excluded": kinds.count(EXCLUDED)}))
    return answers
