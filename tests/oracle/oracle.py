"""Computes every figure of the sample division's goals a second way.

Usage: python tests/oracle/oracle.py [--check]
Writes expected.json (goal → period → figures) and expected-files.json (file → rows and set-aside
cells). The rules are written out here again on purpose, without any of the engine's code.
"""
import datetime
import json
import pathlib
import sys
import tomllib
import unicodedata

from scipy import stats

import read
from judge import judge

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parent.parent / "samples" / "prairie-crocus"


def project():
    load = lambda path: tomllib.loads(path.read_text(encoding="utf-8"))
    goals = [g for path in sorted((PROJECT / "goals").glob("*.toml")) for g in load(path)["goal"]]
    return load(PROJECT / "termwise.toml"), load(PROJECT / "measures.toml"), goals


def name_key(name):
    """Names compare without case, accents of Latin letters, apostrophes and hyphens."""
    out = ""
    for c in unicodedata.normalize("NFC", name).lower():
        base = unicodedata.normalize("NFD", c)[0]
        c = base if base.isascii() else c
        out += {"’": "", "'": "", "ʼ": "", "-": " "}.get(c, c)
    family, _, given = out.partition(",")
    return " ".join((given + " " + family).split())


def cell_name(row, column):
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


class Data:
    """Everything that the files say."""

    def __init__(self, settings, measures):
        self.measures, self.files = measures, {}
        self.schools = {s["name"]: s["id"] for s in settings["school"]}
        self.enrolments, self.readings, self.respondents = {}, {}, {}
        self.found = []                          # (student, measure, year, period, reading, file, row, cell)
        for year in (y["id"] for y in settings["year"]):
            self.year(year, PROJECT / "data" / year)
        self.settle()

    def year(self, year, folder):
        numbers, names = set(), {}
        self.enrolments[year] = []
        tally = self.tally(folder / "roster.xlsx")
        for n, student, called, school, grade, program, entered, left in read.roster(folder / "roster.xlsx"):
            tally["rows"].add(n)
            school = self.schools[school]
            self.enrolments[year].append((student, school, grade, program, entered, left))
            numbers.add(student)
            for name in called:
                names.setdefault((school, name_key(name)), set()).add(student)
        for file, (reader, school) in read.FILES.items():
            path = folder / file
            if path.exists():
                for row in reader(path):
                    self.row(year, school, path, row, numbers, names)

    def tally(self, path):
        key = path.relative_to(PROJECT).as_posix()
        return self.files.setdefault(key, {"rows": set(), "aside": {}, "gave": set()})

    def row(self, year, school, path, row, numbers, names):
        """Keeps the readings of one row; a row without a single filled cell is no row of data."""
        tally = self.tally(path)
        filled = [(c, m, p, v) for c, m, p, v in row.cells if read.clean(v)]
        if not filled:
            return
        at = (row.sheet, row.row)
        tally["rows"].add(at)
        staff = row.who.startswith(row.sheet + " ") if isinstance(row.who, str) and row.sheet else False
        student = row.who if staff else read.number(row.who)
        if not staff and student is None:
            candidates = names.get((school, name_key(read.clean(row.who))), set())
            student = next(iter(candidates)) if len(candidates) == 1 else None
        if not staff and student not in numbers:
            tally["aside"].setdefault(at, []).append(("", "the student is not on the roster"))
            return
        for column, measure, period, value in filled:
            reading = judge(self.measures["scale"][self.measures["measure"][measure]["scale"]], value)
            if reading[0] == "reject":
                tally["aside"].setdefault(at, []).append((cell_name(row.row, column), reading[1]))
            else:
                place = (tally, at, cell_name(row.row, column))
                self.found.append(((student, measure, year, period), reading, place))
                if staff:
                    self.respondents.setdefault((school, year, period), {})[student] = True

    def settle(self):
        """The same reading twice counts once; two different ones do not count at all."""
        said = {}
        for key, reading, place in self.found:
            said.setdefault(key, []).append((reading, place))
        for key, several in said.items():
            if len({reading for reading, _ in several}) == 1:
                self.readings[key] = several[0][0]
                tally, at, _ = several[0][1]
                tally["gave"].add(at)
            else:
                for _, (tally, at, cell) in several:
                    tally["aside"].setdefault(at, []).append((cell, "another result for the same student"))

    def line(self, measure, grade, period, day, band="at"):
        """The lowest value of a band, by the table in force on the period's closing day."""
        tables = [e for e in self.measures["expectation"] if measure in e["measures"] and e["from"] <= day]
        entry = max(tables, key=lambda e: e["from"])[band] if tables else None
        for key in (grade, period):
            if isinstance(entry, dict):
                entry = entry.get(key, entry.get("*"))
        levels = self.measures["scale"][self.measures["measure"][measure]["scale"]].get("levels")
        return None if entry is None else levels.index(entry) if levels else float(entry)


def population(goal, data, year, period, day):
    """Student → grade, of those enrolled at the goal's school on the closing day."""
    wanted = goal.get("population", {})
    if wanted.get("staff"):
        return {who: "" for who in data.respondents.get((goal["school"], year, period), {})}
    return {student: grade for student, school, grade, program, entered, left in data.enrolments[year]
            if school == goal["school"] and entered <= day and (left is None or day < left)
            and (not wanted.get("grades") or grade in wanted["grades"])
            and (not wanted.get("programs") or program in wanted["programs"])}


def share_of(goal, data, year, period, day, members):
    k = goal.get("at-least", len(goal["measures"]))
    out = {"met": 0, "of": 0, "excluded": {}, "missing": 0}
    for student, grade in members.items():
        reached = unknown = 0
        why = []
        for measure in goal["measures"]:
            reading = data.readings.get((student, measure, year, period))
            line = data.line(measure, grade, period, day)
            if reading is None or reading[0] == "excluded" or line is None:
                unknown += 1
                why.append(reading[1] if reading and reading[0] == "excluded" else None)
            elif reading[0] == "score" and reading[1] >= line:
                reached += 1
        if reached >= k or reached + unknown < k:
            out["of"] += 1
            out["met"] += reached >= k
        elif None in why:
            out["missing"] += 1
        else:
            out["excluded"][why[0]] = out["excluded"].get(why[0], 0) + 1
    return out


def growth_of(goal, data, year, period, members):
    measure, growth = goal["measures"][0], goal["growth"]
    gain = growth["gain"][period] if isinstance(growth["gain"], dict) else growth["gain"]
    out = {"met": 0, "of": 0, "unmatched": 0, "reasons": {}}
    for student in members:
        ends = [data.readings.get((student, measure, year, p)) for p in (growth["from"], period)]
        if all(end and end[0] == "score" for end in ends):
            out["of"] += 1
            out["met"] += ends[1][1] - ends[0][1] >= gain
        else:
            out["unmatched"] += 1
            end = next(e for e in ends if not e or e[0] != "score")
            why = "missing" if end is None else end[1] if end[0] == "excluded" else "counts as below"
            out["reasons"][why] = out["reasons"].get(why, 0) + 1
    return out


def absence_of(goal, data, year, period, members):
    """Away for a tenth of the days or more; fewer than ten days enrolled are too few to say."""
    out = {"met": 0, "of": 0, "reasons": {}}
    for student in members:
        enrolled, absent = (data.readings.get((student, m, year, period)) for m in goal["measures"])
        if enrolled and absent and enrolled[1] >= 10 and 0 <= absent[1] <= enrolled[1]:
            out["of"] += 1
            # In whole half days, so that a tenth is a tenth.
            out["met"] += 20 * absent[1] >= 2 * enrolled[1]
        else:
            out["reasons"]["left out"] = out["reasons"].get("left out", 0) + 1
    return out


def bands_of(goal, data, year, period, day, members):
    measure = goal["measures"][0]
    out = {"below": 0, "approaching": 0, "at": 0, "above": 0}
    for student, grade in members.items():
        reading = data.readings.get((student, measure, year, period))
        if reading and reading[0] in ("score", "below") and data.line(measure, grade, period, day) is not None:
            value = reading[1] if reading[0] == "score" else float("-inf")
            passed = [b for b in ("approaching", "at", "above")
                      if (line := data.line(measure, grade, period, day, b)) is not None and value >= line]
            out[passed[-1] if passed else "below"] += 1
    return out


def figures(goal, data, year, period):
    day = period["closes"]
    members = population(goal, data, year, period["id"], day)
    measured = any((s, m, year, period["id"]) in data.readings for s in members for m in goal["measures"])
    if not measured:
        return None
    if goal.get("kind") == "matched-growth":
        if period["id"] == goal["growth"]["from"]:
            return None
        out = growth_of(goal, data, year, period["id"], members)
    elif goal.get("metric") == "chronic-absence":
        out = absence_of(goal, data, year, period["id"], members)
    else:
        out = share_of(goal, data, year, period["id"], day, members)
        if len(goal["measures"]) == 1:
            out["bands"] = bands_of(goal, data, year, period["id"], day, members)
    out["population"] = len(members)
    out["left_out"] = len(members) - out["of"]
    out["share"] = round(out["met"] / out["of"], 6) if out["of"] else None
    return out


def tallies(data):
    out = {}
    for path, tally in data.files.items():
        aside = tally["aside"]
        # Of some rows a cell could not be used, and the others were.
        part = [at for at in aside if at in tally["gave"]]
        out[path] = {
            "filled": read.filled(PROJECT / path),
            "rows": len(tally["rows"]), "used": len(tally["rows"]) - len(aside), "set_aside": len(aside) - len(part),
            "in_part": len(part), "cells_set_aside": sum(len(aside[at]) for at in part),
            "cells": [{"sheet": sheet, "row": row, "cell": cell, "why": why}
                      for (sheet, row), found in sorted(aside.items()) for cell, why in found]}
    return out


def aim_of(goal, today):
    """Start, target and deadline as first agreed, with every amendment up to the day."""
    aim = {key: goal[key] for key in ("baseline", "target", "deadline")} | {"interim": goal.get("interim", [])}
    for amendment in sorted(goal.get("amendment", []), key=lambda a: a["on"]):
        if amendment["on"] <= today:
            aim |= {key: amendment[key] for key in aim if key in amendment}
    return aim


def verdict(goal, settings, found):
    """What the figures say in March 2026, by the rules of docs/write-a-goal.md (without the rule panel)."""
    rules, today, now = settings["judging"], datetime.date(2026, 3, 13), found.get("2025-26/P2")
    if not now or now["of"] < rules["minimum-students"] or now["of"] < rules["minimum-coverage"] * now["population"]:
        return "not enough data"
    aim = aim_of(goal, today)
    base = aim["baseline"]
    closes = {f"{y['id']}/{p['id']}": p["closes"] for y in settings["year"] for p in y["period"]}
    if goal.get("kind") == "matched-growth":
        # Growth until March is held against growth until the March of the year in which the goal starts.
        base = {"period": base["period"].split("/")[0] + "/P2"}
    counted = found.get(base.get("period"))
    since, start = (base["on"], base.get("share", base.get("value"))) if "on" in base else (
        closes[base["period"]], counted["met"] / counted["of"])
    down = goal.get("metric") == "chronic-absence"
    sign, share = -1 if down else 1, now["met"] / now["of"]
    corners = [(since, start)] + sorted((closes[i["period"]], i["target"]) for i in aim["interim"]) + [
        (aim["deadline"], aim["target"])]
    (d0, y0), (d1, y1) = next((a, b) for a, b in zip(corners, corners[1:]) if a[0] <= today < b[0]) if (
        today < aim["deadline"]) else (corners[-2], corners[-1])
    line = y0 + (y1 - y0) * ((today - d0) / (d1 - d0)) if today < d1 else y1
    tolerance = max(rules["tolerance-points"] / 100, rules["tolerance-students"] / now["of"])
    below = sign * (line - share) / tolerance
    if counted:
        table = [[now["met"], now["of"] - now["met"]], [counted["met"], counted["of"] - counted["met"]]]
        chance = stats.fisher_exact(table, "less" if down else "greater")[1]
    else:
        chance = stats.binom.cdf(now["met"], now["of"], start) if down else stats.binom.sf(
            now["met"] - 1, now["of"], start)
    word = ("target met" if sign * share >= sign * aim["target"] else "target not met" if today >= aim["deadline"]
            else "behind" if below > rules["watch-tolerances"] else "watch" if below > 1
            else "too early" if chance > rules.get("false-on-track", 0.2) else "on track")
    return f"{word} (line to the target {line:.3f}, {below:+.2f} tolerances below, chance {chance:.3f})"


def main():
    settings, measures, goals = project()
    data = Data(settings, measures)
    goals = [g for g in goals if g.get("kind", "share") in ("share", "matched-growth")
             or g.get("metric") == "chronic-absence"]
    out = {}
    for goal in goals:
        for year in settings["year"]:
            for period in year["period"]:
                if found := figures(goal, data, year["id"], period):
                    out.setdefault(goal["id"], {})[f"{year['id']}/{period['id']}"] = found
    wrong = []
    for name, content in (("expected.json", out), ("expected-files.json", tallies(data))):
        text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        if "--check" not in sys.argv:
            (HERE / name).write_text(text, encoding="utf-8")
        elif (HERE / name).read_text(encoding="utf-8") != text:
            wrong.append(name)
    if wrong:
        sys.exit(" and ".join(wrong) + ": does not fit the sample's files")
    for goal in goals:
        now = out.get(goal["id"], {}).get("2025-26/P2", {"met": 0, "of": 0, "population": 0})
        print(f"{goal['id']:16} {now['met']:>3} of {now['of']:>3} (of {now['population']:>3})  "
              f"{verdict(goal, settings, out.get(goal['id'], {}))}")


if __name__ == "__main__":
    main()
