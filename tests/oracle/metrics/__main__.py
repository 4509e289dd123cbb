"""Compares the worked examples of the standard metrics with a second way of answering them.

Usage: python tests/oracle/metrics
One line a metric; exits 1 on any difference, or where a metric with examples has no second way.
"""
import importlib
import importlib.util
import math
import pathlib
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
PLUGINS = HERE.parents[2] / "plugins"
# Run as a folder, Python looks for modules in it: look beside it, so that no name of a metric hides another's.
sys.path[:] = [p for p in sys.path if pathlib.Path(p or ".").resolve() != HERE]
sys.path.insert(0, str(HERE.parent))

from metrics.common import Case, Fault  # noqa: E402

KEYS = {"value", "numerator", "denominator", "contributors", "low", "high", "counts"}


def same(given, found, tolerance):
    if isinstance(given, list):
        return isinstance(found, list) and len(given) == len(found) and all(
            same(a, b, tolerance) for a, b in zip(given, found))
    if isinstance(given, str) or isinstance(found, str):
        return given == found
    if not (math.isfinite(given) and math.isfinite(found)):
        return False
    return abs(given - found) <= tolerance * max(1, abs(given))


def differences(case, answer):
    """What the case expects and the second way does not find."""
    tolerance = case.get("tolerance", 1e-9)
    expected, found = case["expect"], answer(Case(case))
    if not len(expected) == len(found) == len(case["groups"]):
        yield f"{len(expected)} groups expected, {len(found)} found, {len(case['groups'])} given"
        return
    for g, (want, have) in enumerate(zip(expected, found)):
        for key, figures in want["outputs"].items():
            for name, given in figures.items():
                if name not in KEYS:
                    yield f"group {g}: {key}: nothing is called {name}"
                elif key not in have["outputs"] or name not in have["outputs"][key]:
                    yield f"group {g}: {key}.{name} is not found"
                elif not same(given, have["outputs"][key][name], tolerance):
                    yield f"group {g}: {key}.{name} is {have['outputs'][key][name]}, not {given}"
        reasons = want.get("left-out", {})
        for reason in reasons.keys() | have["left-out"].keys():
            if reasons.get(reason, 0) != have["left-out"].get(reason, 0):
                yield (f"group {g}: left out as {reason}: {have['left-out'].get(reason, 0)}, "
                       f"not {reasons.get(reason, 0)}")
        if sorted(want.get("notes", [])) != sorted(have["notes"]):
            yield f"group {g}: notes are {have['notes']}, not {want.get('notes', [])}"


def check(case, answer):
    if "fault" not in case:
        try:
            return list(differences(case, answer))
        except Fault as fault:
            return [f"refused: {fault}"]
    try:
        answer(Case(case))
    except Fault as fault:
        return [] if str(fault) == case["fault"] else [f"refused: {fault}, not {case['fault']}"]
    return [f"answered, not refused: {case['fault']}"]


def main():
    bad = False
    metrics = sorted({path.parent.parent for path in PLUGINS.glob("*/fixtures/*.toml")})
    for metric in metrics:
        module = "metrics." + metric.name.replace("-", "_")
        if importlib.util.find_spec(module) is None:
            print(f"{metric.name}: no second way to answer it")
            bad = True
            continue
        answer = importlib.import_module(module).answer
        cases, wrong = 0, []
        for path in sorted(metric.glob("fixtures/*.toml")):
            with path.open("rb") as file:
                for case in tomllib.load(file)["case"]:
                    cases += 1
                    wrong += [f"{path.name}: {case['name']}: {what}" for what in check(case, answer)]
        print(f"{metric.name}: {cases} cases, " + (f"{len(wrong)} differences" if wrong else "all agree"))
        for line in wrong:
            print(f"  {line}")
        bad = bad or bool(wrong)
    if not metrics:
        print(f"no examples in {PLUGINS}")
        bad = True
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
