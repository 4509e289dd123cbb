"""Students with a score at the start and now: used by the metrics of growth."""
from .common import MISSING, SCORE, reading


def gains(case):
    """For each group, the gains of those with both scores and the rows left out by reason."""
    for rows in case.by_group("start-value", "start-class", "end-value", "end-class"):
        found, left_out = [], {"start-missing": 0, "end-missing": 0, "not-a-score": 0}
        for start, start_class, end, end_class in rows:
            before, after = reading(start, start_class), reading(end, end_class)
            if before == after == SCORE:
                found.append(end - start)
            elif before == MISSING:
                left_out["start-missing"] += 1
            elif after == MISSING:
                left_out["end-missing"] += 1
            else:
                left_out["not-a-score"] += 1
        yield len(rows), found, left_out
