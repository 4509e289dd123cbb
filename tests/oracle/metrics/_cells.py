"""What a worked example's columns say of each row."""

WORDS = {"score": 0, "below": 1, "excluded": 2, "missing": 3, "neither": 255}
SCORE, BELOW, EXCLUDED, MISSING = range(4)


def place(key):
    """`NAME`, `NAME/MEASURE`, `NAME@PERIOD` or `NAME/MEASURE@PERIOD` as (name, measure, period)."""
    name, _, period = key.partition("@")
    name, _, measure = name.partition("/")
    return name, int(measure or 0), int(period or 0)


def column(case, name, measure=0, period=0):
    """The cells of one column, one for each row; words of codes as numbers."""
    cells = next(cells for key, cells in case["columns"].items() if place(key) == (name, measure, period))
    if not isinstance(cells, list):
        cells = [cells] * sum(case["groups"])
    return [WORDS[cell] if isinstance(cell, str) else cell for cell in cells]


def periods(case, name):
    """How many periods a column comes for."""
    return 1 + max(place(key)[2] for key in case["columns"] if place(key)[0] == name)


def groups(case):
    """The rows of each group."""
    first = 0
    for size in case["groups"]:
        yield range(first, first + size)
        first += size
