"""Which share of the students gained at least so much?"""
from .common import SLACK, measurement, median, proportion
from .matched import gains


def answer(case):
    case.one_measure()
    needed = case.parameter("gain")
    return [
        measurement(rows, {
            "share-growing": proportion(sum(gain >= needed - SLACK for gain in found), len(found)),
            "median-gain": median(found, interval=False),
        }, left_out)
        for rows, found, left_out in gains(case)
    ]
