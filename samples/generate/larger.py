"""Writes a larger division: the sample's three schools many times over, each time with other children.

Usage: python samples/generate/larger.py --times 10 OUT

The first three schools are those of the sample, byte for byte but for the roster, which the whole division
shares. Every further copy has children, numbers, results, teams and goals of its own. Same arguments, same bytes.
"""
import argparse
import pathlib
import random
import re
import shutil

import books_roster
import generate
import people

SAMPLE = generate.DATA.parent
SHARED = ("mappings", "measures.toml", "translations")
# Blocks of termwise.toml that each copy has again.
OF_SCHOOLS = ("[[school]]", "[[plc]]", "[[source]]")


def name_of(id, copy):
    return id if copy == 1 else f"{id}-{copy}"


def blocks(text):
    """Tables of a file, each with the comments and sub-tables that follow its heading."""
    return re.split(r"(?m)^(?=\[\[(?:school|plc|source|year)\]\]|\[[a-z])", text)


def renamed(text, ids, copy):
    """The text with every id that a copy has for itself in its own form, also as a folder of a path."""
    for id in ids:
        text = text.replace(f'"{id}"', f'"{name_of(id, copy)}"').replace(f"/{id}/", f"/{name_of(id, copy)}/")
    return text


def settings(times):
    """The sample's termwise.toml with schools, teams and sources for every copy."""
    all = blocks((SAMPLE / "termwise.toml").read_text("utf-8"))
    own = [block for block in all if block.startswith(OF_SCHOOLS) and 'id = "roster"' not in block]
    ids = [re.search(r'id = "(.*)"', block)[1] for block in own]
    out = []
    for block in all:
        out.append(block)
        if block == own[-1]:
            for copy in range(2, times + 1):
                again = "".join(renamed(block, ids, copy) for block in own)
                # No two schools have one name.
                called = re.compile(r"(?m)^(?:also-called = .*|name = .* School\"$)")
                again = called.sub(lambda line: re.sub(r'"(.*?)"', rf'"\1 {copy}"', line[0]), again)
                out.append(again)
    return "".join(out), ids


def goals(out, ids, times):
    for path in sorted((SAMPLE / "goals").glob("*.toml")):
        text = path.read_text("utf-8")
        own = ids + re.findall(r'(?m)^id = "(.*)"', text)
        for copy in range(1, times + 1):
            (out / "goals" / f"{name_of(path.stem, copy)}.toml").write_text(renamed(text, own, copy), "utf-8")


def data(out, times):
    """Every copy's spreadsheets, then one roster of all children for each year."""
    everybody, names, schools = [], dict(people.SCHOOL_NAMES), []
    for copy in range(1, times + 1):
        students = generate.division(out / "data", generate.SEED + 1000 * (copy - 1), copy)
        for student in students:
            for enrolment in student.enrolments:
                enrolment.school = name_of(enrolment.school, copy)
        everybody += students
        schools += [name_of(school, copy) for school in generate.SCHOOLS]
        for school in generate.SCHOOLS:
            people.SCHOOL_NAMES[name_of(school, copy)] = names[school] + (f" {copy}" if copy > 1 else "")
    for year in people.YEARS:
        books_roster.roster(out / "data" / year / "roster.xlsx", everybody, year, schools)
    return len(everybody)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--times", type=int, required=True, help="how many times the sample's three schools")
    arguments.add_argument("out", type=pathlib.Path, help="a new folder for the project")
    given = arguments.parse_args()
    if given.times < 1:
        arguments.error("--times must be at least 1")
    if given.out.exists():
        arguments.error(f"{given.out} is there already: name a new folder")
    (given.out / "goals").mkdir(parents=True)
    for name in SHARED:
        copy = shutil.copytree if (SAMPLE / name).is_dir() else shutil.copy
        copy(SAMPLE / name, given.out / name)
    text, ids = settings(given.times)
    (given.out / "termwise.toml").write_text(text, "utf-8")
    goals(given.out, ids, given.times)
    students = data(given.out, given.times)
    print(f"{3 * given.times} schools with {students} students in {given.out}")


if __name__ == "__main__":
    main()
