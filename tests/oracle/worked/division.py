"""A division's workbooks, calendar and measures, and the figure of a goal in one period.

Reads with openpyxl and tomllib; follows docs/write-a-goal.md and docs/metrics; shares no code with the engine.
"""
import statistics
import tomllib

import openpyxl
from scipy import stats


def rows(path):
    return list(openpyxl.load_workbook(path, data_only=True).worksheets[0].iter_rows(values_only=True))


class Division:
    def __init__(self, project):
        load = lambda name: tomllib.loads((project / name).read_text(encoding="utf-8"))
        self.settings, self.goals = load("termwise.toml"), []
        for file in sorted((project / "goals").glob("*.toml")):
            self.goals += tomllib.loads(file.read_text(encoding="utf-8"))["goal"]
        measures = load("measures.toml")
        self.tables = measures["expectation"]
        self.instruments = {m: [i["from"] for i in about.get("instrument", [])]
                            for m, about in measures["measure"].items()}
        each = [(y["id"], p) for y in self.settings["year"] for p in y["period"]]
        self.periods = [(year, p["id"]) for year, p in each]
        self.closes = {(year, p["id"]): p["closes"] for year, p in each}
        self.opens = {(year, p["id"]): p["opens"] for year, p in each}
        self.first_day = {y["id"]: y["first-day"] for y in self.settings["year"]}
        names = {p["name"]: p["id"] for _, p in each}
        schools = {s[key]: s["id"] for s in self.settings["school"] for key in ("id", "name")}
        self.roster, self.values = {}, {}
        for folder in sorted((project / "data").iterdir()):
            year = folder.name
            self.roster[year] = [(str(n), schools[s], str(g), p, i.date(), o.date() if o else None)
                                 for n, _, _, s, g, p, i, o in rows(folder / "roster.xlsx")[1:]]
            head, *body = rows(folder / "results.xlsx")
            for n, _, term, *values in body:
                for measure, value in zip(head[3:], values):
                    if value is not None:
                        self.values[measure.lower(), year, names[term], str(n)] = value
            if (folder / "survey.xlsx").exists():
                for sheet in openpyxl.load_workbook(folder / "survey.xlsx").worksheets:
                    for n, (answer,) in enumerate(list(sheet.iter_rows(values_only=True))[1:]):
                        self.values["belief", year, names[sheet.title], f"staff {n}"] = answer

    def place(self, period):
        return self.periods.index(period)

    def members(self, goal, period):
        """Who belongs on the closing day: number → (grade, program)."""
        year, day, wanted = period[0], self.closes[period], goal.get("population", {})
        if wanted.get("staff"):
            return {k[3]: ("", "") for k in self.values if k[0] == "belief" and k[1:3] == period}
        return {n: (g, p) for n, s, g, p, i, o in self.roster.get(year, []) if s == goal["school"] and i <= day
                and (o is None or o > day) and self.inside(wanted, g, p)}

    @staticmethod
    def inside(wanted, grade, program):
        return ((not wanted.get("grades") or grade in wanted["grades"])
                and (not wanted.get("programs") or program in wanted["programs"]))

    def reading(self, measure, period, who):
        return self.values.get((measure, *period, who))

    def line(self, measure, period):
        """What is expected of a measure on a period's closing day."""
        held = [t for t in self.tables if measure in t["measures"] and t["from"] <= self.closes[period]]
        return max(held, key=lambda t: t["from"])["at"]

    def school_year(self, day):
        """The school year of a day: the last one that has begun."""
        return max((first, year) for year, first in self.first_day.items() if first <= day)[1]

    def changed(self, dates, start, end):
        return any(start < day <= end for day in dates)

    def new_instrument(self, goal, start, end):
        return any(self.changed(self.instruments.get(m, [])[1:], start, end) for m in goal["measures"])

    def new_table(self, goal, start, end):
        firsts = [t["from"] for t in self.tables for m in t["measures"] if m in goal["measures"]]
        counts = goal.get("kind", "share") == "share" or goal.get("metric") == "gap"
        return counts and self.changed([d for d in firsts if d != min(firsts)], start, end)

    def days(self, goal, start, end, instructional):
        """Days after `start` up to `end`."""
        if not instructional:
            return max(0, (end - start).days)
        count = 0
        for year in self.settings["year"]:
            off = list(year.get("no-classes", []))
            off += [d for s in year.get("school", []) if s["school"] == goal["school"] for d in s["no-classes"]]
            runs = [(d["from"], d["to"]) if isinstance(d, dict) else (d, d) for d in off]
            for ordinal in range(start.toordinal() + 1, end.toordinal() + 1):
                day = start.fromordinal(ordinal)
                count += (year["first-day"] <= day <= year["last-day"] and day.weekday() < 5
                          and not any(a <= day <= b for a, b in runs))
        return count


def standing(division, goal, period, who):
    """True, False or None (not known) for a share goal."""
    k = goal.get("at-least", len(goal["measures"]))
    met = unknown = 0
    for measure in goal["measures"]:
        value = division.reading(measure, period, who)
        if value is None or value == "ABS":
            unknown += 1
        elif measure == "belief":
            met += value == "Agree"
        elif value != "OOR":
            met += value >= division.line(measure, period)
    return True if met >= k else False if met + unknown < k else None


def start_of_window(goal):
    """The reporting period from which growth is counted."""
    return goal.get("growth", {}).get("from") or goal.get("from")


def counts(division, goal, period, who):
    """True, False or None (not counted) for a goal whose figure is a share of students, however it is measured."""
    kind, metric = goal.get("kind", "share"), goal.get("metric")
    if kind == "share":
        return standing(division, goal, period, who)
    if metric == "chronic-absence":
        enrolled, absent = (division.reading(m, period, who) for m in ("enrolled", "absent"))
        known = enrolled is not None and absent is not None and enrolled >= 10 and 0 <= absent <= enrolled
        return 10 * absent >= enrolled if known else None
    return standing_in_growth(division, goal, period, who)


def standing_in_growth(division, goal, period, who):
    """Whether a student's gain since the window opened is the one that is wanted."""
    start = (period[0], start_of_window(goal))
    now, then = (division.reading(goal["measures"][0], p, who) for p in (period, start))
    if not all(isinstance(v, (int, float)) for v in (now, then)):
        return None
    wanted = goal["growth"]["gain"]
    return now - then >= (wanted[period[1]] if isinstance(wanted, dict) else wanted)


def figure(division, goal, period):
    """value, met, of, sides and interval of a goal in one period; None where nobody has a reading."""
    people = division.members(goal, period)
    if not any(division.reading(m, period, who) is not None for who in people for m in goal["measures"]):
        return None
    out = {"met": None, "sides": None, "error": None, "leads": None, "population": len(people)}
    numbers = lambda p, who: v if isinstance(v := division.reading(goal["measures"][0], p, who), (int, float)) else None
    kind, metric = goal.get("kind", "share"), goal.get("metric")
    if kind == "share":
        known = [s for who in people if (s := standing(division, goal, period, who)) is not None]
        out |= {"met": sum(known), "of": len(known)}
    elif metric == "chronic-absence":
        pairs = [(division.reading("enrolled", period, w), division.reading("absent", period, w)) for w in people]
        pairs = [(e, a) for e, a in pairs if e is not None and a is not None and e >= 10 and 0 <= a <= e]
        out |= {"met": sum(10 * a >= e for e, a in pairs), "of": len(pairs)}
    elif metric == "gap":
        sides = []
        for side in goal["compare"]:
            known = [s for w, at in people.items() if division.inside(side, *at)
                     and (s := standing(division, goal, period, w)) is not None]
            sides.append((sum(known), len(known)))
        (a, n), (b, m) = sides
        # Whole numbers decide who leads: a·m against b·n.
        leads = None if a * m == b * n else ", ".join(v for part in goal["compare"][a * m < b * n].values() for v in part)
        out |= {"value": abs(a * m - b * n) / (n * m), "of": n + m, "sides": sides, "leads": leads}
    elif metric == "typical":
        scores = sorted(v for w in people if (v := numbers(period, w)) is not None)
        out |= {"value": statistics.median(scores), "of": len(scores), "error": order_error(scores)}
    else:
        start = (period[0], start_of_window(goal))
        gains = sorted(v - u for w in people if (v := numbers(period, w)) is not None
                       and (u := numbers(start, w)) is not None)
        if metric == "matched-growth":
            middle = statistics.median(gains) if gains else None
            out |= {"value": middle, "of": len(gains), "error": order_error(gains)}
        else:
            wanted = goal["growth"]["gain"]
            wanted = wanted[period[1]] if isinstance(wanted, dict) else wanted
            out |= {"met": sum(g >= wanted for g in gains), "of": len(gains)}
    if out["met"] is not None:
        out["value"] = out["met"] / out["of"] if out["of"] else None
    return out


def order_error(values):
    """Standard error from the 95 % interval of the median by order statistics: the docs of the metrics."""
    n = len(values)
    if n < 6:
        return None
    low = max(k for k in range(n // 2 + 1) if stats.binom.cdf(k - 1, n, .5) <= .025)
    return (values[n - low] - values[low - 1]) / (2 * 1.959964)


def moves(division, goal, since, until):
    """Who is behind the change: same, newly measured, arrived, gone."""
    then, here = division.members(goal, since), division.members(goal, until)
    if goal.get("metric") == "chronic-absence" or "growth" in goal:
        has = lambda p, who: counts(division, goal, p, who) is not None
    else:
        has = lambda p, who: any(division.reading(m, p, who) not in (None, "ABS") for m in goal["measures"])
    both = [w for w in here if w in then and has(until, w) and has(since, w)]
    return {"since": "/".join(since), "same": len(both),
            "newly": sum(w in then and has(until, w) and not has(since, w) for w in here),
            "arrived": sum(w not in then and has(until, w) for w in here),
            "gone": sum(has(since, w) and not (w in here and has(until, w)) for w in then)}


def children(division, goal, since, until):
    """The same children first: those counted both times by where they stood, then who is new and who is gone."""
    at = lambda p: {w: s for w in division.members(goal, p) if (s := counts(division, goal, p, w)) is not None}
    then, now = at(since), at(until)
    both = [(then[w], now[w]) for w in now if w in then]
    return {"since": "/".join(since), "both": len(both), "stayed-at": both.count((True, True)),
            "rose": both.count((False, True)), "fell": both.count((True, False)),
            "stayed-below": both.count((False, False)), "new": len(now) - len(both), "gone": len(then) - len(both)}
