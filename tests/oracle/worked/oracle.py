"""Works out the worked examples a second time: workbooks and goals in, verdicts and figures out.

Usage: python tests/oracle/worked/oracle.py [--check]
Follows docs/write-a-goal.md; shares no code with the engine. Writes the files named under EDITIONS.
"""
import json
import math
import pathlib
import statistics
import sys
from datetime import date

from scipy import stats

from division import Division, children, figure, moves, start_of_window

TESTS = pathlib.Path(__file__).resolve().parents[2]
RULES = {"points": .03, "students": 2, "watch": 2, "coverage": .5, "full": .8, "part": .1,
         "false": .2, "consecutive": 4, "median": 3, "trend": 6}
RANK = ["target-not-met", "behind", "watch", "mixed", "too-early", "on-track", "target-met"]
TINY = 1e-9
# Project, file, reported period, day of the run, settings that are not the default. In order of the periods.
EDITIONS = [
    ("worked", "expected.json", "2025-26/P2", "2026-03-20", ()),
    ("worked", "expected-instructional.json", "2025-26/P2", "2026-03-20", ("instructional",)),
    *(("worked-ends", f"expected/{period.replace('/', '-')}-on-{day}.json", period, day, ()) for period, day in (
        ("2025-26/P2", "2026-03-20"), ("2025-26/P2", "2027-07-05"), ("2025-26/P3", "2026-06-26"),
        ("2025-26/P3", "2026-07-01"), ("2026-27/P1", "2026-11-30"), ("2026-27/P1", "2027-01-05"),
        ("2026-27/P2", "2027-03-20"), ("2026-27/P3", "2027-07-05"))),
    *(("worked-ends", f"expected/containing-{period.replace('/', '-')}-on-{day}.json", period, day, ("containing",))
      for period, day in (("2025-26/P2", "2026-03-20"), ("2025-26/P2", "2026-06-10"), ("2025-26/P3", "2026-06-26"),
                          ("2026-27/P2", "2027-03-20"))),
]


class Judge:
    """Judges goals as a run does: one reported period, one day, the division's settings."""

    def __init__(self, division, period, day, settings):
        self.division, self.reported = division, tuple(period.split("/"))
        self.closing = division.closes[self.reported]
        self.day = max(self.closing, date.fromisoformat(day))
        self.minimum = division.settings.get("judging", {}).get("minimum-students", 5)
        self.instructional, self.containing = "instructional" in settings, "containing" in settings

    def judge(self, goal):
        kind = goal.get("kind", "share")
        return {"several": self.several, "narrative": self.narrative}.get(kind, self.counted)(goal)

    def aim_of(self, goal, until):
        """What holds on a day. An amendment after the deadline in force comes too late."""
        keys = ("baseline", "target", "deadline", "interim")
        aim = {k: goal[k] for k in keys if k in goal}
        for change in sorted(goal.get("amendment", []), key=lambda a: a["on"]):
            if change["on"] <= min(until, aim["deadline"]):
                aim |= {k: change[k] for k in keys if k in change}
        return aim

    def deciding(self, deadline):
        """The period that decides; none if the calendar has no period that closes in time."""
        d = self.division
        inside = [p for p in d.periods if d.opens[p] <= deadline <= d.closes[p]]
        closed = [p for p in d.periods if d.closes[p] <= deadline]
        return inside[0] if self.containing and inside else closed[-1] if closed else None

    def ended(self, goal, deadline):
        """From the day after the deadline, unless a period after the reported one has a result that decides."""
        d, deciding = self.division, self.deciding(deadline)
        if self.day <= deadline or deciding and d.closes[deciding] > self.day:
            return False
        between = [p for p in d.periods if deciding and d.place(self.reported) < d.place(p) <= d.place(deciding)]
        if goal.get("kind") == "narrative":
            return not (between and any(self.closing < j["on"] <= deadline for j in goal.get("judgement", [])))
        like = lambda p: not start_of_window(goal) or p[1] == deciding[1]
        return not any(like(p) and figure(d, goal, p) for p in measured_in(d, goal, between))

    def counted(self, goal):
        # What was agreed by the day of judgement says whether the goal has ended, and how.
        aim = self.aim_of(goal, self.day)
        if not (ended := self.ended(goal, aim["deadline"])):
            later, aim = aim, self.aim_of(goal, self.closing)
            if aim["deadline"] < self.day and later["deadline"] > aim["deadline"]:
                # Put off in time: the page does not print a deadline that passed without ending the goal.
                aim = later
        d, unit, deciding = self.division, unit_of(goal), self.deciding(aim["deadline"])
        down = goal.get("metric") in ("chronic-absence", "gap")
        sign = -1 if down else 1
        upto = [p for p in d.periods if d.place(p) <= d.place(self.reported)]
        points = {p: f for p in measured_in(d, goal, upto) if (f := figure(d, goal, p))}
        in_time = {p: f for p, f in points.items() if not ended or deciding and d.place(p) <= d.place(deciding)}
        stated = start = self.start_of(goal, aim, in_time)
        out = {"verdict": None, "ended": ended, "target": aim["target"]}

        if ended:
            reached = [p for p in in_time if self.from_start_on(aim, p) and not (start and d.closes[p] <= start["on"])]
            judged = reached[-1] if reached else None
        else:
            judged = self.reported
        now = points.get(judged)
        out["now"] = now and {k: now[k] for k in ("value", "met", "of", "population", "leads")} | {"period": "/".join(judged)}

        # Growth: like windows only, unless gains add up over one year.
        windows = start_of_window(goal) and not self.cumulative(goal, aim, judged or self.reported)
        own = judged and judged[1]
        held = None
        if windows:
            home = d.periods[d.place(start["period"])][1] if start and start.get("period") else deciding and deciding[1]
            if not ended and self.reported[1] != home:
                held = {tuple(i["period"].split("/")): i["target"] for i in aim.get("interim", [])}.get(self.reported)
                year = start["period"][0] if start and start.get("period") else start and d.school_year(start["on"])
                like = (year, self.reported[1])
                start = ({"on": d.closes[like], "value": points[like]["value"], "figure": points[like], "period": like}
                         if like in points and like != self.reported else None)
            own = home if ended else self.reported[1]
        alike = lambda p: not windows or p[1] == own

        if start and (stated is start or held is None):
            out["start"] = start["value"]
            out["start-leads"] = (start["figure"] or {}).get("leads")
        if start and judged and d.new_instrument(goal, start["on"], d.closes[judged]):
            return out | {"verdict": "not-available"}

        line_at, interim = None, [(tuple(i["period"].split("/")), i["target"]) for i in aim.get("interim", [])]
        if start and held is None:
            corners = [(d.closes[p], t) for p, t in interim if alike(p)]
            line_at = self.line(goal, start, sorted(corners), aim)
        expected = held if held is not None else line_at and judged and line_at(d.closes[judged])
        if expected is not None:
            out["held-against" if held is not None else "line"] = expected
        fewest = lambda f: min(n for _, n in f["sides"]) if f["sides"] else f["of"]
        tolerance_of = lambda f: (max(RULES["points"], RULES["students"] / fewest(f)) if unit != "steps" else
                                  goal.get("tolerance", RULES["part"] * abs(aim["target"] - start["value"])))

        verdict = None
        if not ended and start_of_window(goal) == self.reported[1] and d.members(goal, self.reported):
            # Growth is counted from this period on.
            verdict = "too-early"
        elif not now or now["value"] is None or not now["of"]:
            verdict = "not-enough-data"
        elif fewest(now) < self.minimum:
            # Reports say of a group so small that its result is not shown.
            verdict = "not-enough-data"
        elif now["of"] < RULES["coverage"] * now["population"]:
            verdict = "not-enough-data"
        elif not ended and start and start["on"] >= self.closing:
            # The figure that a goal starts from decides nothing.
            verdict = "too-early" if self.closing < aim["deadline"] else "not-enough-data"
        elif sign * (now["value"] - aim["target"]) >= -TINY:
            verdict = "target-met"
        elif ended or self.closing >= aim["deadline"]:
            verdict = "target-not-met"
        elif windows and stated and expected is None:
            verdict = "too-early"
        elif not start and held is None:
            verdict = "not-enough-data"
        elif start and start["on"] >= self.closing:
            verdict = "too-early"
        if now and (start or held is not None) and verdict != "not-enough-data":
            out["tolerance"] = tolerance_of(now)
            out["chance"] = chance_of(down, unit, now, start) if start and start["on"] < d.closes[judged] else None
        if verdict is None:
            verdict = self.against_the_line(goal, aim, points, alike, start, sign, unit, tolerance_of, fewest,
                                            line_at, held, out)
        out["verdict"] = verdict

        if unit == "share" and now and now["of"]:
            exact = round(aim["target"] * now["of"], 9)
            out["more"] = max(0, now["met"] - math.floor(exact) if down else math.ceil(exact) - now["met"])
        if (aim["target"], aim["deadline"]) != (goal["target"], goal["deadline"]) and now and now["value"] is not None:
            first = self.of_the_first(goal, points) if self.day > goal["deadline"] else now
            if first:
                out["first-met"] = sign * (first["value"] - goal["target"]) >= -TINY
        shown = [p for p in points if alike(p) and (self.shown(goal, aim, p) or start and start.get("period")
                                                    and d.place(p) >= d.place(start["period"]))]
        out["points"] = [{"period": "/".join(p), **{k: points[p][k] for k in ("value", "met", "of", "leads")},
                          **self.beside(p, start, line_at, held, ended, deciding)} for p in shown]
        before = [p for p in shown if judged and d.place(p) < d.place(judged)]
        if before and now:
            last = points[before[-1]]
            out["last"] = {"period": "/".join(before[-1]), "value": last["value"]}
            if last["leads"] and now["leads"]:
                out["changed-sides"] = last["leads"] != now["leads"]
            if goal.get("kind", "share") != "share":
                out["moves"] = moves(d, goal, before[-1], judged)
                if out["now"]["met"] is not None and not goal.get("population", {}).get("staff"):
                    out["children"] = children(d, goal, before[-1], judged)
            elif not goal.get("population", {}).get("staff"):
                out["children"] = children(d, goal, before[-1], judged)
        return out

    def of_the_first(self, goal, points):
        """The result that decides what was agreed first, by its own deadline."""
        last = self.deciding(goal["deadline"])
        by = [p for p in points if last and self.division.place(p) <= self.division.place(last)
              and self.from_start_on(goal, p) and "/".join(p) != goal["baseline"].get("period")]
        return by and points[by[-1]] or None

    def beside(self, period, start, line_at, held, ended, deciding):
        """The line's place at a point; not said where the figure has no line or comes after the end."""
        d, day = self.division, self.division.closes[period]
        if held is not None or ended and (deciding is None or d.place(period) > d.place(deciding)):
            return {}
        return {"line": line_at(day) if line_at and day >= start["on"] else None}

    def against_the_line(self, goal, aim, points, alike, start, sign, unit, tolerance_of, fewest, line_at, held, out):
        d, now = self.division, points[self.reported]
        if held is not None:
            rules = {"latest": word(sign * (now["value"] - held), out["tolerance"])}
            asked = None if start is None else sign * (held - start["value"])
        else:
            since = [p for p in points if d.closes[p] > start["on"] and alike(p)]
            breaks = [i for i, p in enumerate(since) if i and broken(d, goal, since[i - 1], p)]
            since = since[breaks[-1]:] if breaks else since
            since = [p for p in since if fewest(points[p]) >= self.minimum]
            ahead = [sign * (points[p]["value"] - line_at(d.closes[p])) for p in since]
            own = [word(a, tolerance_of(points[p])) for a, p in zip(ahead, since)]
            rules = {"latest": own[-1]}
            if len(own) >= RULES["consecutive"]:
                last = set(own[-RULES["consecutive"]:])
                rules["consecutive"] = (last.pop() if len(last) == 1 else "watch" if "on-track" not in last else None)
            if len(ahead) >= RULES["median"]:
                rules["median"] = word(statistics.median(ahead[-RULES["median"]:]), out["tolerance"])
            if len(ahead) >= RULES["trend"]:
                days = [(d.closes[p] - d.closes[since[0]]).days for p in since]
                fit = stats.linregress(days, [points[p]["value"] for p in since])
                end = fit.intercept + fit.slope * (aim["deadline"] - d.closes[since[0]]).days
                rules["trend"] = word(sign * (end - aim["target"]), out["tolerance"])
            asked = sign * (out["line"] - start["value"])
        out["rules"] = rules
        said = [w for w in rules.values() if w]
        if "on-track" in said and any(w != "on-track" for w in said):
            return "mixed"
        if rules["latest"] != "on-track":
            return rules["latest"]
        if out["chance"] is None:
            return "on-track" if asked is not None and asked > out["tolerance"] + TINY else "too-early"
        return "too-early" if out["chance"] > RULES["false"] else "on-track"

    def line(self, goal, start, inner, aim):
        corners = [(start["on"], start["value"])] + [c for c in inner if start["on"] < c[0] < aim["deadline"]]
        corners.append((aim["deadline"], aim["target"]))

        def at(day):
            if day >= aim["deadline"]:
                return aim["target"]
            for (a, y), (b, z) in zip(corners, corners[1:]):
                if a <= day < b:
                    count = lambda end: self.division.days(goal, a, end, self.instructional)
                    return y + (z - y) * count(day) / max(1, count(b))
        return at

    def start_of(self, goal, aim, points):
        d, base = self.division, aim["baseline"]
        if "value" in base:
            # Of a gap, the size; its sign says who led.
            size = abs if unit_of(goal) == "difference" else float
            return {"on": base["on"], "value": size(base["value"]), "figure": None}
        if "period" in base:
            period = tuple(base["period"].split("/"))
            full = [period] if period in points else []
        else:
            late = [p for p in points if self.from_start_on(aim, p)]
            full = [p for p in late if points[p]["of"] >= RULES["full"] * points[p]["population"] - TINY]
        return full and {"on": d.closes[full[0]], "value": points[full[0]]["value"], "figure": points[full[0]],
                         "period": full[0]} or None

    def from_start_on(self, aim, period):
        """Whether a period is no earlier than the start that was agreed."""
        base, d = aim["baseline"], self.division
        if "on" in base:
            return d.closes[period] > base["on"]
        first = tuple((base.get("period") or base["first-full-period-from"]).split("/"))
        return d.place(period) >= d.place(first)

    def cumulative(self, goal, aim, period):
        base, d = aim["baseline"], self.division
        return (unit_of(goal) == "steps" and "value" in base and d.school_year(base["on"]) == period[0]
                and base["on"] <= d.closes[period[0], start_of_window(goal)])

    def shown(self, goal, aim, period):
        """Points on the chart reach back to the earliest start that was agreed."""
        return self.from_start_on(goal, period) or self.from_start_on(aim, period)

    def several(self, goal):
        parts = []
        for part in goal["part"]:
            whole = {k: v for k, v in goal.items() if k in ("school", "population", "deadline")}
            parts.append(self.counted(whole | part))
        k = {"all": len(parts), "any": 1}.get(goal["rule"], goal["rule"])
        kth = lambda unknown: sorted((RANK.index(p["verdict"]) if p["verdict"] in RANK else unknown for p in parts),
                                     reverse=True)[k - 1]
        worst, best = kth(0), kth(len(RANK) - 1)
        return {"verdict": RANK[worst] if worst == best else "not-enough-data", "parts": parts,
                "ended": all(p["ended"] for p in parts)}

    def narrative(self, goal):
        d, rubric, ended = self.division, goal["rubric"], self.ended(goal, goal["deadline"])
        until = goal["deadline"] if ended else self.closing
        said = [rubric.index(j["level"]) for j in sorted(goal.get("judgement", []), key=lambda j: j["on"])
                if j["on"] <= until]
        level, target = said[-1] if said else None, rubric.index(goal["target-level"])
        due = [rubric.index(i["level"]) for i in goal.get("interim", [])
               if d.closes[tuple(i["period"].split("/"))] <= self.closing]
        out = {"ended": ended, "level": level}
        if level is not None and level >= target:
            return out | {"verdict": "target-met"}
        if ended or self.closing >= goal["deadline"]:
            return out | {"verdict": "target-not-met"}
        if level is None or not due:
            return out | {"verdict": "too-early"}
        return out | {"verdict": {0: "on-track", 1: "watch"}.get(max(0, due[-1] - level), "behind")}


def unit_of(goal):
    return {"gap": "difference", "typical": "steps", "matched-growth": "steps"}.get(goal.get("metric"), "share")


def measured_in(division, goal, periods):
    """Growth is counted in periods after the one in which its window opens."""
    start = start_of_window(goal)
    return [p for p in periods if not start or division.place(p) > division.place((p[0], start))]


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
    sigma = math.sqrt(sum(parts))
    if unit == "difference":
        return (stats.norm.cdf((now["value"] - start["value"]) / sigma)
                - stats.norm.cdf((-now["value"] - start["value"]) / sigma))
    return stats.norm.sf(sign * (now["value"] - start["value"]) / sigma)


def word(ahead, tolerance):
    return ("on-track" if ahead >= -tolerance - TINY else
            "watch" if ahead >= -RULES["watch"] * tolerance - TINY else "behind")


def broken(division, goal, one, two):
    days = division.closes[one], division.closes[two]
    return division.new_instrument(goal, *days) or division.new_table(goal, *days)


def changed_after_the_end(editions):
    """A verdict that is final stays, whatever comes later. Editions in order of the reported period; those that look
    back, made after a report about a later period, do not know how a goal ends."""
    final, wrong = {}, []
    for place, (name, day, found) in enumerate(editions):
        if any(day > later for _, later, _ in editions[place + 1:]):
            continue
        for goal, out in found.items():
            if goal in final and final[goal] != out["verdict"]:
                wrong.append(f"{name}: {goal} was {final[goal]} and is {out['verdict']}")
            if out.get("ended"):
                final[goal] = out["verdict"]
    return wrong


def written(found):
    """A line a goal."""
    lines = (f" {json.dumps(goal)}: {json.dumps(out, sort_keys=True, default=float)}" for goal, out in sorted(found.items()))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main():
    wrong, kept = [], {}
    for project, name, period, day, settings in EDITIONS:
        file, division = TESTS / project / name, Division(TESTS / project)
        judge = Judge(division, period, day, settings)
        found = {goal["id"]: judge.judge(goal) for goal in division.goals}
        kept.setdefault((project, settings), []).append((name, day, found))
        text = written(found)
        if "--check" not in sys.argv:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            wrong.append(f"{project}/{name}")
        print(f"\n{project}/{name}: {period} on {day} {' '.join(settings)}")
        for goal, out in found.items():
            now, share = out.get("now") or {}, lambda v: "–" if v is None else f"{v:.4g}"
            print(f"{goal:26} {out['verdict']:16} {'ended' if out.get('ended') else '':6} now {share(now.get('value'))} "
                  f"{now.get('period', '')} line {share(out.get('line'))} chance {share(out.get('chance'))}")
    changed = [line for editions in kept.values() for line in changed_after_the_end(editions)]
    if changed:
        sys.exit("\n".join(changed))
    if wrong:
        sys.exit(" and ".join(wrong) + ": does not fit the workbooks")


if __name__ == "__main__":
    main()
