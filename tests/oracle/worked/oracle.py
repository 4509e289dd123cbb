"""Works out the worked examples a second time: workbooks and goals in, verdicts and figures out.

Usage: python tests/oracle/worked/oracle.py [--check]
Follows docs/write-a-goal.md; shares no code with the engine. Writes expected.json for calendar days and
expected-instructional.json for days of classes.
"""
import json
import math
import pathlib
import statistics
import sys
import tomllib

import openpyxl
from scipy import stats

PROJECT = pathlib.Path(__file__).resolve().parents[2] / "worked"
RULES = {"points": .03, "students": 2, "watch": 2, "minimum": 5, "coverage": .5, "full": .8, "part": .1,
         "false": .2, "consecutive": 4, "median": 3, "trend": 6}
NOW = ("2025-26", "P2")
RANK = ["target-not-met", "behind", "watch", "mixed", "too-early", "on-track", "target-met"]
TINY = 1e-9


def rows(path):
    return list(openpyxl.load_workbook(path, data_only=True).worksheets[0].iter_rows(values_only=True))[1:]


class Division:
    def __init__(self):
        load = lambda name: tomllib.loads((PROJECT / name).read_text(encoding="utf-8"))
        self.settings, self.goals = load("termwise.toml"), load("goals/examples.toml")["goal"]
        self.periods = [(y["id"], p["id"]) for y in self.settings["year"] for p in y["period"]]
        self.closes = {(y["id"], p["id"]): p["closes"] for y in self.settings["year"] for p in y["period"]}
        self.roster, self.values = {}, {}
        names = {"November": "P1", "March": "P2", "June": "P3"}
        self.schools = {s["name"]: s["id"] for s in self.settings["school"]} | {
            s["id"]: s["id"] for s in self.settings["school"]}
        for folder in sorted((PROJECT / "data").iterdir()):
            year = folder.name
            self.roster[year] = [(str(n), self.schools[s], str(g), p, i.date(), o.date() if o else None)
                                 for n, _, _, s, g, p, i, o in rows(folder / "roster.xlsx")]
            for n, _, term, *values in rows(folder / "results.xlsx"):
                for measure, value in zip(("math", "read", "write", "spell", "enrolled", "absent"), values):
                    if value is not None:
                        self.values[measure, year, names[term], str(n)] = value
            if (folder / "survey.xlsx").exists():
                for sheet in openpyxl.load_workbook(folder / "survey.xlsx").worksheets:
                    for n, (answer,) in enumerate(list(sheet.iter_rows(values_only=True))[1:]):
                        self.values["belief", year, names[sheet.title], f"staff {n}"] = answer

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
        return 55 if measure == "write" and self.closes[period].isoformat() >= "2025-09-01" else 60

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
        if measure == "belief":
            met += value == "Agree"
            unknown += value is None
        elif value is None or value == "ABS":
            unknown += 1
        elif value != "OOR":
            met += value >= division.line(measure, period)
    return True if met >= k else False if met + unknown < k else None


def start_of_year(goal, period):
    start = goal.get("growth", {}).get("from") or goal.get("from")
    return (period[0], start) if start else None


def figure(division, goal, period):
    """value, met, of, sides and interval of a goal in one period; None where nobody has a reading."""
    people = division.members(goal, period)
    if not any(division.reading(m, period, who) is not None for who in people for m in goal["measures"]):
        return None
    out = {"met": None, "sides": None, "error": None, "population": len(people)}
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
        out |= {"value": a / n - b / m, "of": n + m, "sides": sides}
    elif metric == "typical":
        scores = sorted(v for w in people if (v := numbers(period, w)) is not None)
        out |= {"value": statistics.median(scores), "of": len(scores), "error": order_error(scores)}
    else:
        start = start_of_year(goal, period)
        gains = sorted(v - u for w in people if (v := numbers(period, w)) is not None
                       and (u := numbers(start, w)) is not None)
        if metric == "matched-growth":
            out |= {"value": statistics.median(gains), "of": len(gains), "error": order_error(gains)}
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


def measured_in(division, goal, periods):
    growth = start_of_year(goal, periods[0])
    return [p for p in periods if not growth or division.periods.index(p) > division.periods.index(start_of_year(goal, p))]


def aim_of(goal, today):
    keys = ("baseline", "target", "deadline", "interim")
    aim = {k: goal[k] for k in keys if k in goal}
    for change in sorted(goal.get("amendment", []), key=lambda a: a["on"]):
        if change["on"] <= today:
            aim |= {k: change[k] for k in keys if k in change}
    return aim


def chance_of(down, unit, now, start):
    """Of a figure at least so good, had nothing changed."""
    sign = -1 if down else 1
    then = start["figure"]
    if unit == "share":
        met, of = (now["of"] - now["met"], now["of"]) if down else (now["met"], now["of"])
        if then is None:
            return stats.binom.sf(met - 1, of, 1 - start["value"] if down else start["value"])
        before = then["of"] - then["met"] if down else then["met"]
        return stats.hypergeom.sf(met - 1, of + then["of"], met + before, of)
    if unit == "difference":
        variance = lambda f: sum(p * (1 - p) / (n + 2) for m, n in f["sides"] for p in [(m + 1) / (n + 2)])
    else:
        variance = lambda f: f["error"] ** 2 if f["error"] is not None else None
    parts = [variance(f) for f in (now, then) if f is not None]
    if None in parts or not sum(parts) > 0:
        return None
    return stats.norm.sf(sign * (now["value"] - start["value"]) / math.sqrt(sum(parts)))


def word(ahead, tolerance):
    return ("on-track" if ahead >= -tolerance - TINY else
            "watch" if ahead >= -RULES["watch"] * tolerance - TINY else "behind")


def judge(division, goal, instructional):
    if goal.get("kind") == "several":
        return several(division, goal, instructional)
    if goal.get("kind") == "narrative":
        return narrative(division, goal)
    today, unit = division.closes[NOW], {"gap": "difference", "typical": "steps", "matched-growth": "steps"}.get(
        goal.get("metric"), "share")
    down = goal.get("metric") in ("chronic-absence", "gap")
    sign, aim = -1 if down else 1, aim_of(goal, today)
    upto = [p for p in division.periods if division.closes[p] <= today]
    base, key = aim["baseline"], lambda text: tuple(text.split("/"))
    points = {p: f for p in measured_in(division, goal, upto) if (f := figure(division, goal, p))}
    start = None
    if "value" in base:
        start = {"on": base["on"], "value": base["value"], "figure": None}
    elif "period" in base and key(base["period"]) in points:
        period = key(base["period"])
        start = {"on": division.closes[period], "value": points[period]["value"], "figure": points[period]}
    elif "first-full-period-from" in base:
        late = [p for p in points if division.periods.index(p) >= division.periods.index(key(base["first-full-period-from"]))]
        full = [p for p in late if points[p]["of"] >= RULES["full"] * points[p]["population"] - TINY]
        if full:
            start = {"on": division.closes[full[0]], "value": points[full[0]]["value"], "figure": points[full[0]]}
    now = points.get(NOW)
    out = {"verdict": None, "now": now and {k: now[k] for k in ("value", "met", "of", "population")},
           "start": start and start["value"], "target": aim["target"]}
    changed = "spell" in goal["measures"] and start and start["on"].isoformat() < "2025-09-01" <= today.isoformat()
    if changed:
        return out | {"verdict": "not-available"}
    fewest = lambda f: min(n for _, n in f["sides"]) if f["sides"] else f["of"]
    tolerance_of = lambda f: (max(RULES["points"], RULES["students"] / fewest(f)) if unit != "steps" else
                              goal.get("tolerance", RULES["part"] * abs(aim["target"] - start["value"])))
    line_at = None
    if start:
        inner = sorted((division.closes[key(i["period"])], i["target"]) for i in aim.get("interim", []))
        corners = [(start["on"], start["value"])] + [c for c in inner if start["on"] < c[0] < aim["deadline"]]
        corners.append((aim["deadline"], aim["target"]))

        def line_at(day):
            if day >= aim["deadline"]:
                return aim["target"]
            for (a, y), (b, z) in zip(corners, corners[1:]):
                if a <= day < b:
                    count = lambda end: division.days(goal, a, end, instructional)
                    return y + (z - y) * count(day) / max(1, count(b))
        out["line"] = line_at(today)
    verdict = None
    if not now or now["value"] is None or not now["of"]:
        verdict = "not-enough-data"
    elif fewest(now) < RULES["minimum"] or now["of"] < RULES["coverage"] * now["population"]:
        verdict = "not-enough-data"
    elif sign * (now["value"] - aim["target"]) >= -TINY:
        verdict = "target-met"
    elif today >= aim["deadline"]:
        verdict = "target-not-met"
    elif not start:
        verdict = "not-enough-data"
    elif start["on"] >= today:
        verdict = "too-early"
    if now and start and verdict not in ("not-enough-data",):
        out["tolerance"] = tolerance_of(now)
        out["chance"] = chance_of(down, unit, now, start)
    if verdict is None:
        since = [p for p in points if division.closes[p] > start["on"]]
        breaks = [i for i, p in enumerate(since) if i and broken(goal, since[i - 1], p)]
        since = since[breaks[-1]:] if breaks else since
        since = [p for p in since if fewest(points[p]) >= RULES["minimum"]]
        ahead = [sign * (points[p]["value"] - line_at(division.closes[p])) for p in since]
        own = [word(a, tolerance_of(points[p])) for a, p in zip(ahead, since)]
        rules = {"latest": own[-1]}
        if len(own) >= RULES["consecutive"]:
            last = set(own[-RULES["consecutive"]:])
            rules["consecutive"] = (last.pop() if len(last) == 1 else "watch" if "on-track" not in last else None)
        if len(ahead) >= RULES["median"]:
            rules["median"] = word(statistics.median(ahead[-RULES["median"]:]), out["tolerance"])
        if len(ahead) >= RULES["trend"]:
            days = [(division.closes[p] - division.closes[since[0]]).days for p in since]
            fit = stats.linregress(days, [points[p]["value"] for p in since])
            end = fit.intercept + fit.slope * (aim["deadline"] - division.closes[since[0]]).days
            rules["trend"] = word(sign * (end - aim["target"]), out["tolerance"])
        out["rules"] = rules
        said = [w for w in rules.values() if w]
        if "on-track" in said and any(w != "on-track" for w in said):
            verdict = "mixed"
        elif own[-1] != "on-track":
            verdict = own[-1]
        elif out["chance"] is None:
            asked = sign * (out["line"] - start["value"])
            verdict = "on-track" if asked > out["tolerance"] + TINY else "too-early"
        else:
            verdict = "too-early" if out["chance"] > RULES["false"] else "on-track"
    out["verdict"] = verdict
    if unit == "share" and now and now["of"]:
        exact = round(aim["target"] * now["of"], 9)
        out["more"] = max(0, now["met"] - math.floor(exact) if down else math.ceil(exact) - now["met"])
    if goal.get("amendment") and now and (aim["target"], aim["deadline"]) != (goal["target"], goal["deadline"]):
        out["first-met"] = sign * (now["value"] - goal["target"]) >= -TINY
    out["points"] = [{"period": "/".join(p), "value": f["value"], "met": f["met"], "of": f["of"],
                      "line": line_at(division.closes[p]) if start and division.closes[p] >= start["on"] else None}
                     for p, f in points.items() if shown(division, goal, aim, p)]
    before = [p for p in points if p != NOW and shown(division, goal, aim, p)]
    out["moves"] = moves(division, goal, before[-1]) if before and now else None
    return out


def shown(division, goal, aim, period):
    """Points on the chart reach back to the earliest start that was agreed."""
    day = division.closes[period]
    after = lambda b: (day > b["on"] if "on" in b else division.periods.index(period) >= division.periods.index(
        tuple((b.get("period") or b["first-full-period-from"]).split("/"))))
    return after(goal["baseline"]) or after(aim["baseline"])


def broken(goal, one, two):
    return one[0] < "2025-26" <= two[0] and (
        "spell" in goal["measures"] or "write" in goal["measures"] and "growth" not in goal)


def moves(division, goal, since):
    """Who is behind the change: same, newly measured, arrived, gone, rose, fell."""
    then, here = division.members(goal, since), division.members(goal, NOW)
    has = lambda p, who: any(division.reading(m, p, who) not in (None, "ABS") for m in goal["measures"])
    both = [w for w in here if w in then and has(NOW, w) and has(since, w)]
    out = {"since": "/".join(since), "same": len(both),
           "newly": sum(w in then and has(NOW, w) and not has(since, w) for w in here),
           "arrived": sum(w not in then and has(NOW, w) for w in here),
           "gone": sum(has(since, w) and not (w in here and has(NOW, w)) for w in then)}
    if goal.get("kind", "share") == "share" and not goal.get("population", {}).get("staff"):
        at = lambda p, w: standing(division, goal, p, w)
        out["rose"] = sum(at(since, w) is False and at(NOW, w) is True for w in both)
        out["fell"] = sum(at(since, w) is True and at(NOW, w) is False for w in both)
    return out


def several(division, goal, instructional):
    parts = []
    for part in goal["part"]:
        whole = {k: v for k, v in goal.items() if k in ("school", "population", "deadline")}
        parts.append(judge(division, whole | part, instructional))
    k = {"all": len(parts), "any": 1}.get(goal["rule"], goal["rule"])
    kth = lambda unknown: sorted((RANK.index(p["verdict"]) if p["verdict"] in RANK else unknown for p in parts),
                                 reverse=True)[k - 1]
    worst, best = kth(0), kth(len(RANK) - 1)
    return {"verdict": RANK[worst] if worst == best else "not-enough-data", "parts": parts}


def narrative(division, goal):
    today, rubric = division.closes[NOW], goal["rubric"]
    said = [rubric.index(j["level"]) for j in sorted(goal.get("judgement", []), key=lambda j: j["on"]) if j["on"] <= today]
    level, target = said[-1] if said else None, rubric.index(goal["target-level"])
    due = [rubric.index(i["level"]) for i in goal.get("interim", []) if division.closes[tuple(i["period"].split("/"))] <= today]
    if level is not None and level >= target:
        return {"verdict": "target-met"}
    if today >= goal["deadline"]:
        return {"verdict": "target-not-met"}
    if level is None or not due:
        return {"verdict": "too-early"}
    return {"verdict": {0: "on-track", 1: "watch"}.get(max(0, due[-1] - level), "behind")}


def main():
    division, wrong = Division(), []
    for name, instructional in (("expected.json", False), ("expected-instructional.json", True)):
        found = {goal["id"]: judge(division, goal, instructional) for goal in division.goals}
        text = json.dumps(found, indent=1, sort_keys=True, default=float) + "\n"
        if "--check" not in sys.argv:
            (PROJECT / name).write_text(text, encoding="utf-8")
        elif (PROJECT / name).read_text(encoding="utf-8") != text:
            wrong.append(name)
        for goal, out in found.items():
            now = out.get("now") or {}
            print(f"{goal:22} {out['verdict']:16} now {now.get('value')} line {out.get('line')} chance {out.get('chance')}")
    if wrong:
        sys.exit(" and ".join(wrong) + ": does not fit the workbooks")


if __name__ == "__main__":
    main()
