"""Computes every figure of the sample division's goals a second way and writes expected.json.

Usage: python tests/oracle/oracle.py [--check]
The rules are written out here again on purpose, without any of the engine's code.
"""
import datetime
import json
import pathlib
import sys
import tomllib

import read

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parent.parent / "samples" / "prairie-crocus"


def project():
    load = lambda path: tomllib.loads(path.read_text(encoding="utf-8"))
    goals = [g for path in sorted((PROJECT / "goals").glob("*.toml")) for g in load(path)["goal"]]
    return load(PROJECT / "termwise.toml"), load(PROJECT / "measures.toml"), goals


def gather(years):
    enrolments, readings, surveys = {}, {}, {}
    for year in years:
        folder = PROJECT / "data" / year
        enrolments[year] = list(read.roster(folder / "roster.xlsx"))
        rows = []
        rows += read.reading_tabs(folder / "blue-heron" / "reading.xlsx")
        rows += read.report_card(folder / "blue-heron" / "report-card.xls")
        rows += read.ods(folder / "saskatoon-berry" / "reading.ods")
        rows += read.screener(folder / "saskatoon-berry" / "screener.csv")
        rows += read.all_results(folder / "willow-bend" / "all-results.xlsx")
        for student, measure, period, value in rows:
            if value is not None:
                readings.setdefault((student, measure, year, period), set()).add(value)
        for period, answers in read.survey(folder / "blue-heron" / "staff-survey.xlsx").items():
            surveys[(year, period)] = answers
    # two different values for the same student, measure and period: neither counts
    readings = {key: values.pop() for key, values in readings.items() if len(values) == 1}
    return enrolments, readings, surveys


def population(goal, enrolments, day):
    wanted = goal["population"]
    out = {}
    for student, school, grade, program, entered, left in enrolments:
        if school != goal["school"] or not entered <= day or (left is not None and left <= day):
            continue
        if wanted.get("grades") and grade not in wanted["grades"]:
            continue
        if wanted.get("programs") and program not in wanted["programs"]:
            continue
        out[student] = grade
    return out


def line(measures, measure, grade, period):
    """The value at which a student is at the expectation."""
    table = next(e for e in measures["expectation"] if measure in e["measures"])["at"]
    entry = table[grade][period] if isinstance(table, dict) else table
    levels = measures["scale"][measures["measure"][measure]["scale"]].get("levels")
    return levels.index(entry) if levels else float(entry)


def k_of_m(values, k):
    """True, False, or None if the unknown ones could still decide. `values`: reached, not, unknown."""
    yes, unknown = values.count(True), values.count(None)
    if yes >= k:
        return True
    return False if yes + unknown < k else None


def figures(goal, year, period, day, measures, enrolments, readings, surveys):
    k = goal.get("at-least", len(goal["measures"]))
    if goal["population"].get("staff"):
        lines = [line(measures, m, "", period) for m in goal["measures"]]
        people = [a for a in surveys.get((year, period), []) if any(v is not None for v in a)]
        judged = [k_of_m([None if v is None else v >= at for v, at in zip(a, lines)], k) for a in people]
    else:
        judged = []
        for student, grade in population(goal, enrolments[year], day).items():
            get = lambda measure, when: readings.get((student, measure, year, when))
            if goal["kind"] == "matched-growth":
                growth = goal["growth"]
                if period == growth["from"]:
                    return None
                start, end = get(goal["measures"][0], growth["from"]), get(goal["measures"][0], period)
                gain = growth["gain"][period]
                judged.append(None if start is None or end is None else end - start >= gain)
            else:
                values = []
                for measure in goal["measures"]:
                    value = get(measure, period)
                    values.append(None if value is None else value >= line(measures, measure, grade, period))
                judged.append(k_of_m(values, k))
    if not any(j is not None for j in judged):
        return None
    met, left_out = judged.count(True), judged.count(None)
    return {"met": met, "of": len(judged) - left_out, "population": len(judged), "left_out": left_out}


def main():
    settings, measures, goals = project()
    enrolments, readings, surveys = gather([y["id"] for y in settings["year"]])
    out = {}
    for goal in goals:
        for year in settings["year"]:
            for period in year["period"]:
                found = figures(goal, year["id"], period["id"], period["closes"], measures, enrolments, readings, surveys)
                if found:
                    out.setdefault(goal["id"], {})[f"{year['id']}/{period['id']}"] = found
    text = json.dumps(out, indent=1, sort_keys=True) + "\n"
    path = HERE / "expected.json"
    if "--check" in sys.argv:
        if path.read_text(encoding="utf-8") != text:
            sys.exit("expected.json does not fit the sample's files")
    else:
        path.write_text(text, encoding="utf-8")
    for goal in goals:
        base = goal["baseline"]
        start_day = base.get("on") or datetime.date(2025, 6, 27)
        share = base.get("share")
        if share is None:
            f = out[goal["id"]][base["period"]]
            share = f["met"] / f["of"]
        now = out[goal["id"]]["2025-26/P2"]
        part = (datetime.date(2026, 3, 13) - start_day) / (goal["deadline"] - start_day)
        aim = share + (goal["target"] - share) * part
        tolerance = max(0.03, 2 / now["of"])
        value = now["met"] / now["of"]
        print(f"{goal['id']:16} start {share:.3f} now {now['met']}/{now['of']} = {value:.3f} target {goal['target']}"
              f" aim {aim:.3f} tolerances below {(aim - value) / tolerance:.2f}  of {now['population']}")


if __name__ == "__main__":
    main()
