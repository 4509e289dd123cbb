"""Holds the worked examples of metrics against a second implementation of each metric.

    python tests/oracle/metrics              compares; exits with 1 on a difference
    python tests/oracle/metrics --show ID    prints this metric's answers as `expect` entries

A metric's oracle is the module of its name (`who_moved.py` for `who-moved`) with a function
`answer(case)`: for each group what the case's `expect` may say. Cases that end in a fault are the
component's own matter and are not asked about.
"""

import importlib
import pathlib
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
PLUGINS = HERE.parents[2] / "plugins"
sys.path.insert(0, str(HERE))


def fixtures():
    """Each metric's id with its cases, as (file, case)."""
    found = {}
    for path in sorted(PLUGINS.glob("*/fixtures/*.toml")):
        cases = tomllib.loads(path.read_text(encoding="utf-8"))["case"]
        found.setdefault(path.parts[-3], []).extend((path, case) for case in cases)
    return found


def same(found, expected, tolerance):
    if expected == "none" or found is None:
        return expected == "none" and found is None
    if isinstance(expected, list):
        return list(found) == expected
    return abs(found - expected) <= tolerance * max(1.0, abs(expected))


def differences(case, found):
    """What differs, in words; and how many numbers were compared."""
    told, compared = [], 0
    if len(found) != len(case["expect"]):
        return [f"{len(found)} answers for {len(case['expect'])} groups"], 0
    for group, (found, expected) in enumerate(zip(found, case["expect"]), 1):
        for key, numbers in expected.get("outputs", {}).items():
            for what, number in numbers.items():
                compared += 1
                here = found["outputs"].get(key, {}).get(what, "nothing")
                if here == "nothing" or not same(here, number, case.get("tolerance", 1e-9)):
                    told.append(f"group {group}, {key}.{what}: the oracle finds {here}, expected is {number}")
        counts = [{k: n for k, n in side.get("left-out", {}).items() if n} for side in (found, expected)]
        if counts[0] != counts[1]:
            told.append(f"group {group}, left out: the oracle finds {counts[0]}, expected is {counts[1]}")
        notes = [sorted(side.get("notes", [])) for side in (found, expected)]
        if notes[0] != notes[1]:
            told.append(f"group {group}, notes: the oracle finds {notes[0]}, expected is {notes[1]}")
        compared += len(counts[1]) + len(notes[1])
    return told, compared


def oracle(metric):
    try:
        return importlib.import_module(metric.replace("-", "_"))
    except ModuleNotFoundError as why:
        if why.name != metric.replace("-", "_"):
            raise
        return None


def show(metric):
    def text(value):
        if value is None:
            return '"none"'
        if isinstance(value, (list, int)):
            return str(value)
        return repr(float(value))

    for path, case in fixtures()[metric]:
        print(f"# {path.name}: {case['name']}")
        for found in oracle(metric).answer(case) if "fault" not in case else []:
            print("[[case.expect]]")
            for key, numbers in found["outputs"].items():
                print(f"outputs.{key} = {{ {', '.join(f'{k} = {text(v)}' for k, v in numbers.items())} }}")
            counts = ", ".join(f"{k} = {n}" for k, n in found.get("left-out", {}).items() if n)
            print(f"left-out = {{ {counts} }}")
            print(f"notes = {found.get('notes', [])}".replace("'", '"'))


def main():
    if sys.argv[1:2] == ["--show"]:
        return show(sys.argv[2])
    failed = False
    for metric, cases in fixtures().items():
        if oracle(metric) is None:
            print(f"{metric}: NO ORACLE")
            failed = True
            continue
        told, asked, compared = [], 0, 0
        for path, case in cases:
            if "expect" in case:
                here, numbers = differences(case, oracle(metric).answer(case))
                told += [f"  {path.name}, {case['name']}: {what}" for what in here]
                asked, compared = asked + 1, compared + numbers
        verdict = f"{len(told)} DIFFERENCES" if told else "the same"
        print(f"{metric}: {asked} cases, {compared} numbers: {verdict}")
        print(*told, sep="\n", end="\n" if told else "")
        failed |= bool(told)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
