"""What one cell counts as: written from the plain meaning of the scales, without the engine's code.

Comes in: a scale of measures.toml and a cell as a library read it. Comes out: `("blank",)`,
`("score", place or points)`, `("below",)`, `("excluded", reason)` or `("reject", why)`.
"""
import datetime
import re

from read import clean


def judge(scale, value):
    if isinstance(value, (datetime.date, datetime.time)):
        return "reject", "a date"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = clean(value)
    if not text:
        return ("blank",)
    codes = {word.upper(): code for word, code in scale.get("codes", {}).items()}
    if text.upper() in codes:
        code = codes[text.upper()]
        return {"excluded": ("excluded", code.get("reason")), "counts-as-below": ("below",)}.get(
            code["class"], ("reject", "declared as an error"))
    if scale["kind"] == "number":
        return points(scale, text)
    return level(scale, text)


def points(scale, text):
    """`12` and `12,5` are points; what lies outside the scale cannot be true."""
    if not re.fullmatch(r"\d+([.,]\d+)?", text):
        return "reject", "not a number"
    found = float(text.replace(",", "."))
    return ("score", found) if scale["lowest"] <= found <= scale["highest"] else ("reject", "outside the scale")


def level(scale, text):
    """`J`, `J+`, `J/K` (between the two: the lower), `<J` and `Below J` (the level under it)."""
    names = {name.upper(): n for n, name in enumerate(scale["levels"])}
    names |= {alias.upper(): scale["levels"].index(name) for alias, name in scale.get("aliases", {}).items()}
    word = text.upper()
    if word in names:
        return "score", names[word]
    if word[-1] in "+-" and word[:-1] in names:
        return "score", names[word[:-1]]
    below = re.fullmatch(r"(?:<|BELOW)\s*(\S+)", word)
    if below and names.get(below.group(1), 0) > 0:
        return "score", names[below.group(1)] - 1
    low, _, high = word.partition("/")
    if low in names and high in names and names[low] < names[high] <= names[low] + 2:
        return "score", names[low]
    return "reject", "no such level"
