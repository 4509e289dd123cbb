"""Which share of those who answered agrees?"""
from .common import (BELOW, EXCLUDED, MISSING, SCORE, Fault, distribution, measurement, proportion,
                     reading)


def answer(case):
    case.one_measure()
    top = case.parameter("top", 2)
    enough = case.parameter("enough", 0.5)
    levels = case.levels()
    if levels is None or levels <= top:
        raise Fault("told answers-only")
    answers = []
    for rows in case.by_group("answer", "class"):
        kinds = [reading(*row) for row in rows]
        places = [place for (place, _), kind in zip(rows, kinds) if kind == SCORE]
        places += [0] * kinds.count(BELOW)
        agree = sum(place >= levels - top for place in places)
        few = rows and len(places) < enough * len(rows)
        answers.append(measurement(len(rows), {
            "agree": proportion(agree, len(places)),
            "answers": distribution(places, levels),
            "response": proportion(len(places), len(rows)),
        }, {"no-answer": kinds.count(MISSING), "excluded": kinds.count(EXCLUDED)},
            ["few-answers"] if few else []))
    return answers
