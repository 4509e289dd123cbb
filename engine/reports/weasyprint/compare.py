"""Typesetting against WeasyPrint: equal reports, processor time per report.

    termwise run PROJECT --as-of 2026-04-15 --models MODELS
    python -m venv VENV && VENV/bin/pip install -r requirements.txt
    VENV/bin/python compare.py path/to/termwise MODELS [--rounds 5] [--save FOLDER]

Each staff and parent-council model becomes the same report twice: by a worker of the given binary
(`typeset-worker`, PDF/A-3a and PDF/UA-1, checked by the worker itself), and as HTML with charts in inline
SVG by WeasyPrint (PDF/UA-1, tagged). Timed is the way from the model to the file on disk, without starting
a process, loading fonts or, for WeasyPrint, parsing the shared style sheet. Building the HTML, with the
charts and the places of their labels, has a column of its own: Typst does that work in its template, so the
ratio with it is of equal work, and the one without it is of WeasyPrint alone. Both warm up over all reports
first. Each is one process on one thread; the figure is the median of the rounds of its processor time,
which is time per core.

A worker keeps what its last report had in common with the next one. So that this does not make a report
cheap because it was just made, the reports take turns, schools one after the other, and there must be at
least three. Linux only: it reads the processor clock of the worker.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from html import escape as e
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from fontTools.ttLib import TTFont
from weasyprint import CSS, HTML, Attachment, __version__
from weasyprint.text.fonts import FontConfiguration

FONTS = Path(__file__).resolve().parents[3] / "report-templates" / "fonts"
WEIGHTS = {400: "Regular", 600: "Semibold", 700: "Bold"}
DATE = "2026-04-15"

INK, MUTED, HAIR, WASH = "#1a2428", "#556168", "#c6cfd2", "#f1f4f5"
ACCENT, ACCENT_MID, ACCENT_WASH = "#0b5566", "#327785", "#d9e9ec"
WIDTH, GAP = 486.0, 18.0
SPLIT_WIDE = (WIDTH - GAP) * 7 / 12
SPLIT_EVEN = (WIDTH - GAP) / 2
SMALL = 9

# The signs of the verdicts, drawn in a square of side 100.
DISC = f'<circle cx="50" cy="50" r="45" fill="none" stroke="{MUTED}" stroke-width="10"/>'
PEN = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
SHAPES = {
    "target-met": f'<circle cx="50" cy="50" r="50" fill="{ACCENT}"/>'
    f'<path d="M27 52L44 69L74 34" {PEN} stroke="white" stroke-width="13"/>',
    "on-track": f'<path d="M50 2L100 95L0 95z" fill="{ACCENT}"/>',
    "too-early": f'<path d="M50 8L94 90L6 90z" {PEN} stroke="{ACCENT}" stroke-width="10"/>',
    "mixed": f'<path d="M50 2L50 95L0 95z" fill="{ACCENT}"/>'
    f'<rect x="54" y="36" width="44" height="60" {PEN} stroke="{INK}" stroke-width="10"/>',
    "watch": f'<path d="M50 4L96 50L50 96L4 50z" {PEN} stroke="{INK}" stroke-width="10"/>'
    f'<path d="M50 4L50 96L4 50z" fill="{INK}"/>',
    "behind": f'<rect x="3" y="3" width="94" height="94" rx="12" fill="{INK}"/>'
    f'<path d="M50 24V76M24 50H76" {PEN} stroke="white" stroke-width="14"/>',
    "target-not-met": f'<rect x="6" y="6" width="88" height="88" {PEN} stroke="{INK}" stroke-width="12"/>'
    f'<path d="M28 50H72" {PEN} stroke="{INK}" stroke-width="12"/>',
    "not-enough-data": DISC + "".join(f'<circle cx="{x}" cy="50" r="6" fill="{MUTED}"/>' for x in (28, 50, 72)),
    "not-available": DISC + f'<path d="M30 50H70" {PEN} stroke="{MUTED}" stroke-width="10"/>',
    "not-shown": f'<rect x="5" y="5" width="90" height="90" fill="white" stroke="{MUTED}" stroke-width="8"/>'
    f'<path d="M5 50L50 5M5 95L95 5M50 95L95 50" {PEN} stroke="{MUTED}" stroke-width="6"/>',
}


def style_sheet():
    """What all reports share."""
    faces = [(400, "normal", "Regular"), (400, "italic", "It"), (600, "normal", "Semibold"), (700, "normal", "Bold")]
    css = "".join(
        f'@font-face{{font-family:"Report";font-weight:{weight};font-style:{style};'
        f'src:url("{(FONTS / f"SourceSans3-{name}.otf").as_uri()}")}}'
        for weight, style, name in faces
    )
    for key, shape in SHAPES.items():
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{shape}</svg>'
        url = svg.replace("#", "%23").replace('"', "'")
        css += f'.s-{key}{{background-image:url("data:image/svg+xml,{url}")}}'
    head = f'font:9pt "Report";color:{MUTED};margin-bottom:18pt;border-bottom:0.5pt solid {HAIR};padding-bottom:3pt'
    foot = f'font:9pt "Report";color:{MUTED};margin-top:16pt;border-top:0.5pt solid {HAIR};padding-top:3pt'
    return css + f"""
@page{{size:letter;margin:0.85in 0.75in 0.9in 1in;
  @top-left{{content:string(place);vertical-align:bottom;width:65%;{head}}}
  @top-right{{content:string(what);vertical-align:bottom;text-align:right;width:35%;{head}}}
  @bottom-left{{content:string(contact);vertical-align:top;width:82%;{foot}}}
  @bottom-right{{vertical-align:top;text-align:right;width:18%;white-space:pre-line;{foot}}}
}}
@page:first{{@top-left{{content:none;border:none}} @top-right{{content:none;border:none}}}}
html{{font:10.5pt/1.28 "Report";color:{INK};font-variant-numeric:tabular-nums}}
body{{margin:0}} p{{margin:0 0 3pt}}
h1{{font-size:22pt;line-height:1.15;color:{ACCENT};margin:6pt 0}}
h2{{font-size:14pt;line-height:1.2;color:{ACCENT};margin:14pt 0 7pt;break-after:avoid}}
h3{{font-size:10.5pt;line-height:1.2;margin:10pt 0 4pt;break-after:avoid}}
.place{{string-set:place content();color:{MUTED};font-size:9pt;margin-bottom:11pt}}
.what{{string-set:what content()}} .contact{{string-set:contact content()}}
.run{{height:0;line-height:0;color:white;font-size:1pt;overflow:hidden}}
.period{{font-weight:600;padding-bottom:9pt;border-bottom:2pt solid {ACCENT}}}
b{{font-weight:600}} .place b{{color:{INK}}}
.small,table{{font-size:9pt}} .quiet{{font-size:9pt;color:{MUTED}}}
.new{{break-before:page}} .keep{{break-inside:avoid}}
ul{{margin:0 0 6pt;padding:0 0 0 11pt}} li{{margin-bottom:3pt}} li::marker{{color:{ACCENT}}}
table{{border-collapse:collapse;width:100%;line-height:1.2}}
caption{{text-align:left;font-weight:600;padding-bottom:5pt}}
thead th{{color:{MUTED};font-weight:600;vertical-align:bottom;border-bottom:0.8pt solid {INK}}}
th{{font-weight:400;text-align:left}} td,th{{padding:1pt 4pt;vertical-align:top}}
tr>:first-child{{padding-left:0}} tr>:last-child{{padding-right:0}}
tbody tr+tr>*{{border-top:0.4pt solid {HAIR}}} tr{{break-inside:avoid}}
.n td,.n thead th+th{{text-align:right}} .n td.span{{text-align:left}}
.glance td,.glance th{{padding-top:4pt;padding-bottom:4pt}}
.glance{{border-bottom:0.4pt solid {HAIR};table-layout:fixed}}
.cols{{display:table;table-layout:fixed;width:100%}}
.cols>div{{display:table-cell;vertical-align:top}} .cols>div+div{{padding-left:{GAP}pt}}
.wide>div:first-child{{width:{SPLIT_WIDE}pt}} .even>div:first-child{{width:{SPLIT_EVEN}pt}}
.strip>div+div{{padding-left:9pt;border-left:0.5pt solid {HAIR}}} .strip{{line-height:1.15}}
.strip .v{{font-size:14pt;font-weight:700}} .strip .w{{font-weight:700}}
.callout{{background:{WASH};border-left:3pt solid {ACCENT};padding:5pt 9pt 5pt 11pt;margin-bottom:7pt}}
.sign{{display:inline-block;width:10pt;height:10pt;background-size:100% 100%;margin-right:5pt;vertical-align:-1pt}}
.badge{{display:inline-block;border:0.8pt solid {ACCENT};border-radius:3pt;padding:3pt 7pt;font-weight:700}}
.badge{{background:{ACCENT_WASH}}}
.b-mixed,.b-watch,.b-behind,.b-target-not-met,.b-too-early{{background:white}}
.b-watch,.b-behind,.b-target-not-met{{border-color:{INK}}} .b-too-early{{border-style:dashed}}
.b-not-enough-data,.b-not-available,.b-not-shown{{background:{WASH};border:0.8pt dashed {MUTED}}}
.smart span{{display:inline-block;width:11pt;height:11pt;border-radius:50%;border:0.8pt solid {MUTED};
  box-sizing:border-box;font-size:7pt;line-height:9.4pt;font-weight:700;text-align:center;margin-right:2pt}}
.smart .y{{background:{ACCENT};border-color:{ACCENT};color:white}}
.key{{list-style:none;padding:0}} .key li{{padding-left:134pt;text-indent:-134pt}}
.key span{{text-indent:0}} .key .k{{display:inline-block;width:118pt;font-weight:600}}
.level{{border:0.6pt solid {HAIR};padding:6pt}} .r{{background:{ACCENT_WASH}}} .t>div,.t{{border-color:{ACCENT}}}
.levels>div+div{{padding-left:4pt}}
figure{{margin:0 0 6pt}} svg{{display:block}}
.legend{{margin-bottom:6pt}} .legend .e{{margin-right:11pt}}
.legend .c{{display:inline-block;width:9pt;height:9pt;border:0.5pt solid {MUTED};margin-right:4pt;box-sizing:border-box}}
.head{{border-bottom:0.5pt solid {HAIR};padding-bottom:5pt;margin-bottom:8pt}} .head h3{{margin:0}}
.right{{text-align:right}} .said{{margin-top:5pt}} .title{{border-bottom:2pt solid {ACCENT}}} .title h2{{margin:0}}
.line{{height:21pt;border-bottom:0.5pt solid {MUTED}}} .ask{{font-size:14pt;font-weight:600}}
.note{{margin-bottom:6pt;line-height:1.2;break-inside:avoid}}
"""


# --- Measuring text and drawing charts -------------------------------------------------------------------

_fonts = {}


def text_width(text, weight=400):
    """Width of small text in points."""
    if weight not in _fonts:
        font = TTFont(FONTS / f"SourceSans3-{WEIGHTS[weight]}.otf")
        _fonts[weight] = font.getBestCmap(), font["hmtx"].metrics, font["head"].unitsPerEm
    cmap, metrics, em = _fonts[weight]
    return sum(metrics[cmap.get(ord(c), ".notdef")][0] for c in text) * SMALL / em


def f(number):
    return f"{number:.2f}".rstrip("0").rstrip(".")


def line(x1, y1, x2, y2, colour, width, dash=None):
    dash = f' stroke-dasharray="{dash}"' if dash else ""
    ends = f'x1="{f(x1)}" y1="{f(y1)}" x2="{f(x2)}" y2="{f(y2)}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"{dash}/>'


def rect(x, y, w, h, colour, stroke=None, width=0.5, radius=0):
    edge = f' stroke="{stroke}" stroke-width="{width}"' if stroke else ""
    return f'<rect x="{f(x)}" y="{f(y)}" width="{f(w)}" height="{f(h)}" rx="{radius}" fill="{colour}"{edge}/>'


def circle(x, y, r, colour, stroke=None, width=1.0, dash=None):
    edge = f' stroke="{stroke}" stroke-width="{width}"' if stroke else ""
    edge += f' stroke-dasharray="{dash}"' if dash else ""
    return f'<circle cx="{f(x)}" cy="{f(y)}" r="{r}" fill="{colour}"{edge}/>'


def label(x, middle, text, anchor="start", colour=INK, weight=400, more=""):
    """Text whose small letters stand around the height `middle`."""
    return (
        f'<text x="{f(x)}" y="{f(middle + 3)}" font-size="{SMALL}" font-weight="{weight}" fill="{colour}" '
        f'text-anchor="{anchor}"{more}>{e(text)}</text>'
    )


class Drawing:
    """One chart; its number keeps the ids of a page apart."""

    count = 0

    def __init__(self):
        Drawing.count += 1
        self.id = f"h{Drawing.count}"
        self.hatched = False
        self.parts = []

    def add(self, *parts):
        self.parts += parts

    def hatch(self, x, y, w, h):
        self.hatched = True
        self.add(rect(x, y, w, h, f"url(#{self.id})", MUTED))

    def figure(self, alt, width, height, before=""):
        defs = (
            f'<defs><pattern id="{self.id}" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" '
            f'fill="white"/><path d="M0 5L5 0" stroke="{MUTED}" stroke-width="0.6"/></pattern></defs>'
        )
        size = f'width="{f(width)}pt" height="{f(height)}pt" viewBox="0 0 {f(width)} {f(height)}"'
        return (
            f'<figure>{before}<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="Report">'
            f'<title>{e(alt)}</title>{defs if self.hatched else ""}{"".join(self.parts)}</svg></figure>'
        )


def overlap(a, b):
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return w * h if w > 0 and h > 0 else 0


def settle(candidates, taken, area):
    """The box among `candidates` (best first) that covers least of `taken` and stays in `area`."""

    def cost(place):
        rank, c = place
        over = max(0, area[0] - c[0]) + max(0, c[0] + c[2] - area[0] - area[2])
        over += max(0, area[1] - c[1]) + max(0, c[1] + c[3] - area[1] - area[3])
        return rank * 0.8 + over * 60 + sum(overlap(c, box) * weight for box, weight in taken)

    return min(enumerate(candidates), key=cost)[1]


def around(x, y, w, h, r):
    return [
        (x - w / 2, y - r - h, w, h), (x - w / 2, y + r, w, h), (x + r, y - h / 2, w, h), (x - r - w, y - h / 2, w, h),
        (x + r * 0.4, y - r - h, w, h), (x - r * 0.4 - w, y - r - h, w, h), (x + r * 0.4, y + r, w, h),
        (x - r * 0.4 - w, y + r, w, h), (x - w / 2, y - 2.2 * r - h, w, h), (x - w / 2, y + 2.2 * r, w, h),
    ]  # fmt: skip


def line_boxes(x1, y1, x2, y2, weight):
    n = max(1, -int(-(abs(x2 - x1) + abs(y2 - y1)) // 5))
    return [((x1 + (x2 - x1) * i / n - 1.5, y1 + (y2 - y1) * i / n - 1.5, 3, 3), weight) for i in range(n + 1)]


def progress_chart(words, p, width, height):
    d = Drawing()
    left = max(text_width(mark["text"]) for mark in p["axis"]) + 5
    top, w, h = 7, width - left, height - 34
    area = (left, top - 6, w, h + 6)
    taken, labels = [], []

    def fx(t):
        return left + 16 + t * (w - 32)

    def fy(y):
        return top + (1 - y) * h

    def at(mark):
        return fx(mark["t"]), fy(mark["y"])

    def room(text, weight=400):
        return text_width(text, weight) + 3, 12.5

    for mark in p["axis"]:
        y = fy(mark["y"])
        d.add(line(left, y, left + w, y, *((INK, 0.9) if mark["y"] == 0 else (HAIR, 0.5))))
        d.add(label(left - 5, y, mark["text"], "end", MUTED))
    free = left + w + 4
    for tick in sorted(p["ticks"], key=lambda tick: -tick["t"]):
        x = fx(tick["t"])
        d.add(line(x, top + h, x, top + h + 3, INK, 0.7))
        lines = tick["label"].rsplit(" ", 1)
        lw = max(map(text_width, lines))
        start = max(left - 12, min(x - lw / 2, left + w - lw))
        if start + lw + 4 <= free:
            for number, text in enumerate(lines):
                d.add(label(start + lw / 2, top + h + 9.5 + number * 9.5, text, "middle", MUTED))
            free = start

    said = -1
    for q in (q for q in p["points"] if q["hidden"]):
        x = fx(q["t"])
        say = said < 0 or x - said > 34
        lines = wrapped(q["text"], h - 14) if say else []
        size = max(15, 10 * len(lines) + 7)
        d.hatch(x - size / 2, top, size, h)
        if say:
            said, middle = x, top + h / 2
            long = max(map(text_width, lines)) + 6
            d.add(rect(x - 5 * len(lines) - 1, middle - long / 2, 10 * len(lines) + 2, long, "white"))
            turn = f' transform="rotate(-90 {f(x)} {f(middle)})"'
            for number, text in enumerate(lines):
                d.add(label(x, middle + (number - (len(lines) - 1) / 2) * 10, text, "middle", more=turn))
        taken.append(((x - 8, top, 16, h), 6 if say else 3))

    seen = [q for q in p["points"] if not q["hidden"]]
    banded = [q for q in seen if q.get("low") is not None and q.get("high") is not None]
    for q in banded:
        x, high, low = fx(q["t"]), fy(q["high"]), fy(q["low"])
        d.add(rect(x - 5, high, 10, low - high, ACCENT_WASH, radius=2))
        d.add(*(line(x - 5, y, x + 5, y, ACCENT_MID, 0.7) for y in (high, low)))
        taken.append(((x - 6, high - 1, 12, low - high + 2), 2))

    for n, phase in enumerate(p["phases"]):
        for place, t in enumerate([phase["t"]] + ([phase["until"]] if phase["until"] is not None else [])):
            x, text = fx(t), phase["key"] + "′" * place
            d.add(line(x, top - 4, x, top + h, MUTED, 0.5, "0.5 1.5"))
            lw = text_width(text, 600)
            close = sum(abs(fx(other["t"]) - x) < lw + 4 for other in p["phases"][:n])
            box = (x + 1.5, top - 4 + close * 11, lw + 2, 10)
            d.add(rect(*box, "white"), label(box[0] + 1, box[1] + 5, text, colour=MUTED, weight=600))
            taken.append((box, 6))

    first, target, start = p.get("first-target"), p.get("target"), p.get("baseline")
    if first:
        x, y = at(first)
        d.add(line(left, y, left + w, y, ACCENT, 0.9, "0.9 1.8"), circle(x, y, 4, "white", ACCENT, 1, "1 2"))
        taken += line_boxes(left, y, left + w, y, 2) + [((x - 5, y - 5, 10, 10), 6)]
    if target:
        y = fy(target["y"])
        d.add(line(left, y, left + w, y, ACCENT, 0.9))
        taken += line_boxes(left, y, left + w, y, 2)
    for one, two in zip(p["aimline"], p["aimline"][1:]):
        d.add(line(*at(one), *at(two), MUTED, 1, "4 3"))
        taken += line_boxes(*at(one), *at(two), 3)
    for one, two in zip(p["points"], p["points"][1:]):
        if two["joined"] and not one["hidden"] and not two["hidden"]:
            d.add(line(*at(one), *at(two), ACCENT, 2))
            taken += line_boxes(*at(one), *at(two), 4)
    for i in p["interim"]:
        x, y = at(i)
        path = f"M{f(x)} {f(y - 4)}L{f(x + 4)} {f(y)}L{f(x)} {f(y + 4)}L{f(x - 4)} {f(y)}z"
        d.add(f'<path d="{path}" fill="white" stroke="{MUTED}" stroke-width="1"/>')
        taken.append(((x - 5, y - 5, 10, 10), 6))
    if target:
        x, y = at(target)
        d.add(circle(x, y, 5, "white", ACCENT, 1.3), circle(x, y, 2, ACCENT))
        taken.append(((x - 6, y - 6, 12, 12), 6))
    for q in (q for q in p["points"] if q["broken"] is not None):
        x = fx(q["t"]) - 9
        d.add(line(x, top, x, top + h, INK, 0.9, "1 2"))
        taken += line_boxes(x, top, x, top + h, 2)
    for q, look in [(start, (INK, 1.5))] * bool(start) + [(q, None) for q in seen]:
        x, y = at(q)
        d.add(circle(x, y, 4, "white", *look) if look else circle(x, y, 4, ACCENT, "white", 1))
        taken.append(((x - 5, y - 5, 10, 10), 6))

    # Labels, the most important first: each takes the best room that is left.
    for q in reversed(seen):
        if start and abs(q["t"] - start["t"]) < 0.01 and abs(q["y"] - start["y"]) < 0.005:
            continue
        b, (x, y) = room(q["text"], 700), at(q)
        where = around(x, y, *b, 6)
        if q in banded:
            where = [(x - b[0] / 2, fy(q["high"]) - b[1] - 1, *b), (x - b[0] / 2, fy(q["low"]) + 1, *b)] + where
        labels.append((q["text"], ACCENT, 700, where))
    if target:
        b, y = room(target["text"], 600), fy(target["y"])
        x, over = left + w - b[0], y - b[1] - 2
        where = [(x, over - 4), (x, y + 6), (left + 2, over), (x - 14, over), (x, y - 2 * b[1] - 6), (left + w / 2, over)]
        labels.append((target["text"], INK, 600, [(*place, *b) for place in where]))
    if start:
        b, (x, y) = room(start["text"]), at(start)
        where = [(x - 8, y + 6), (x - 8, y - b[1] - 6), (x + 7, y - b[1] / 2), (x - 8, y + 14), (x + 4, y + 8)]
        labels.append((start["text"], INK, 400, [(*place, *b) for place in where]))
    if first:
        b, y = room(first["text"]), fy(first["y"])
        x = left + w - b[0]
        where = [(x, y - b[1] - 6), (x, y + 6), (left + 2, y - b[1] - 2), (left + 2, y + 2)]
        labels.append((first["text"], MUTED, 400, [(*place, *b) for place in where]))
    for n, i in enumerate(p["interim"]):
        text = fill(words["interim"], text=i["text"]) if n == 0 else i["text"]
        labels.append((text, MUTED, 400, around(*at(i), *room(text), 6)))
    if len(p["aimline"]) > 1:
        text, one, two = words["line-to-target"], p["aimline"][0], p["aimline"][-1]
        b, where = room(text), []
        for away in (3, 8, 15, 24):
            for u in (0.75, 0.2, 0.6, 0.3, 0.85, 0.45, 0.15, 0.68, 0.52, 0.38):
                x = fx(one["t"] + (two["t"] - one["t"]) * u) - b[0] / 2
                y = fy(one["y"] + (two["y"] - one["y"]) * u)
                where += [(x, y + away, *b), (x, y - b[1] - away, *b)]
        labels.append((text, MUTED, 400, where))
    for text, colour, weight, where in labels:
        box = settle(where, taken, area)
        taken.append((box, 8))
        d.add(rect(*box, "white"))
        d.add(label(box[0] + box[2] / 2, box[1] + box[3] / 2, text, "middle", colour, weight))
    if not p["points"]:
        d.add(label(left + w / 2, top + h * 0.75, words["no-results"], "middle", MUTED))
    return d.figure(p["alt"], width, height)


def band_fill(i, n):
    stops = [(0xEC, 0xEF, 0xF0), (0xC3, 0xD8, 0xDC), (0x32, 0x77, 0x85), (0x07, 0x3D, 0x4A)]
    at = 3.0 if n < 2 else i / (n - 1) * 3
    low = min(2, int(at))
    return "#" + "".join(f"{round(a + (b - a) * (at - low)):02x}" for a, b in zip(stops[low], stops[low + 1]))


def bars_chart(words, c, width):
    """Short labels stand left of the bars, long ones above them."""
    d, y, n = Drawing(), 0.0, len(c["bands"])
    place = {band["key"]: i for i, band in enumerate(c["bands"])}
    widest = max((text_width(row["label"]) for row in c["bars"]), default=0)
    long = widest > width * 0.34
    x0 = 0 if long else widest + 7
    w = width - x0
    for row in c["bars"]:
        d.add(label(0, y + 8.5, row["label"]))
        if long:
            if not row["hidden"] and row.get("n"):
                d.add(label(width, y + 8.5, row["n"], "end", MUTED))
            y += 18
        if row["hidden"]:
            d.hatch(x0, y, w, 17)
            room = text_width(words["hidden"]) + 8
            d.add(rect(x0 + (w - room) / 2, y + 2, room, 13, "white"))
            d.add(label(x0 + w / 2, y + 8.5, words["hidden"], "middle"))
        else:
            x = x0
            for part in row["parts"]:
                i = place[part["key"]]
                size = w * part["share"]
                d.add(rect(x, y, size, 17, band_fill(i, n), "white", 0.6))
                if text_width(part["text"], 600) + 4 < size:
                    colour = "white" if n < 2 or i / (n - 1) > 0.6 else INK
                    d.add(label(x + size / 2, y + 8.5, part["text"], "middle", colour, 600))
                x += size
            d.add(rect(x0, y, w, 17, "none", MUTED))
        y += 25 if long else 21
    legend = "".join(
        f'<span class="e"><span class="c" style="background:{band_fill(i, n)}"></span>{e(band["word"])}</span> '
        for i, band in enumerate(c["bands"])
    )
    return d.figure(c["alt"], width, y, f'<div class="legend small">{legend}</div>')


def wrapped(text, width):
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def dots_chart(c, width):
    d = Drawing()
    left = min(max(text_width(k["label"]) for k in c["dots"]) + 8, width * 0.42)
    right = max([text_width(k["text"], 600) for k in c["dots"] if not k["hidden"]], default=0) + 8
    w = width - left - min(right, width * 0.3)
    names = [wrapped(k["label"], left - 6) for k in c["dots"]]
    heights = [max(15, 10.5 * len(name) + 4) for name in names]
    top, bottom = 14, 14 + sum(heights)

    def fx(v):
        return left + 5 + v * (w - 10)

    for mark in c["axis"]:
        d.add(line(fx(mark["y"]), top, fx(mark["y"]), bottom, HAIR, 0.5))
    for mark in (c["axis"][0], c["axis"][-1]):
        size = text_width(mark["text"])
        d.add(label(min(fx(mark["y"]) - size / 2, left + w - size), bottom + 8, mark["text"], colour=MUTED))
    target = fx(c["target"]["x"])
    d.add(line(target, top - 2, target, bottom, ACCENT, 0.9))
    name = f"{c['target']['label']} {c['target']['text']}"
    size = text_width(name, 600)
    d.add(label(max(left, min(target - size / 2, width - size)), 5, name, weight=600))
    y = top
    for k, name, height in zip(c["dots"], names, heights):
        middle = y + height / 2
        for number, text in enumerate(name):
            d.add(label(0, middle + (number - (len(name) - 1) / 2) * 10.5, text))
        if k["hidden"]:
            d.hatch(left + 5, middle - 4, w - 10, 8)
        elif k["x"] is not None:
            if k["low"] is not None:
                d.add(rect(fx(k["low"]), middle - 3, fx(k["high"]) - fx(k["low"]), 6, ACCENT_WASH, radius=2))
            d.add(circle(fx(k["x"]), middle, 4, ACCENT, "white", 1))
            d.add(label(left + w + 2, middle, k["text"], weight=600))
        y += height
    return d.figure(c["alt"], width, bottom + 15)


# --- The report as HTML ----------------------------------------------------------------------------------


def fill(pattern, **values):
    for name, value in values.items():
        pattern = pattern.replace("{" + name + "}", str(value))
    return pattern


def table(heads, rows, kind="", caption=""):
    """`rows` are lists of (HTML, span); the first cell names its row."""
    caption = f"<caption>{e(caption)}</caption>" if caption else ""
    head = "".join(f'<th scope="col">{e(c)}</th>' for c in heads)
    body = ""
    for (first, _), *rest in rows:
        cells = "".join(
            f'<td colspan="{span}" class="span">{text}</td>' if span > 1 else f"<td>{text}</td>" for text, span in rest
        )
        body += f'<tr><th scope="row">{first}</th>{cells}</tr>'
    return f'<table class="{kind}">{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def data_table(t, caption=True, kind="n"):
    """Numbers right; neighbours with the same long text become one cell."""
    rows = []
    for row in t["rows"]:
        cells = []
        for i in range(len(t["columns"])):
            text = row[i] if i < len(row) else ""
            if kind == "n" and len(cells) > 1 and len(text) > 12 and cells[-1][0] == e(text):
                cells[-1][1] += 1
            else:
                cells.append([e(text), 1])
        rows.append(cells)
    return table(t["columns"], rows, kind, t.get("caption") if caption else "")


def sign(verdict):
    return f'<span class="sign s-{verdict["key"] if verdict["key"] in SHAPES else "not-shown"}"></span>'


def badge(verdict):
    return f'<span class="badge b-{verdict["key"]}">{sign(verdict)}{e(verdict["word"])}</span>'


def mark(verdict):
    return f"<div>{sign(verdict)}<b>{e(verdict['word'])}</b></div>"


def p(html, kind=""):
    return f'<p class="{kind}">{html}</p>' if html else ""


def h(level, text):
    return f"<h{level}>{e(text)}</h{level}>"


def div(kind, html):
    return f'<div class="{kind}">{html}</div>'


def cols(kind, *cells):
    return div(f"cols {kind}", "".join(f"<div>{cell}</div>" for cell in cells))


def joined(*texts, by="  ·  "):
    return e(by.join(text for text in texts if text))


def chart_notes(words, progress, legend):
    points, said = progress["points"], []
    if progress["alone"]:
        said.append(progress["alone"])
    if legend and progress["phases"]:
        phases = "; ".join(f"{x['key']} {x['text']} ({x['when']})" for x in progress["phases"])
        said.append(f"{words['phases']}: {phases}.")
    said += [f"{q['label']}: {q['broken']}." for q in points if q["broken"] is not None]
    return p(e(" ".join(said)), "quiet")


def rubric(words, r):
    cells = []
    for i, level in enumerate(r["levels"]):
        said = [words["level-reached"]] * (i == r["reached"]) + [words["level-target"]] * (i == r["target"])
        kind = "level" + " r" * (r["reached"] is not None and i <= r["reached"]) + " t" * (i == r["target"])
        cells.append(div(kind, f'<b class="small">{e(level)}</b>' + p(e(", ".join(said)), "quiet")))
    return cols("levels", *cells) + (data_table(r["table"], kind="w") if r["table"]["rows"] else "")


def figures(m, g, height):
    w = m["words"]
    out = p(f"<b>{e(g['sentence'])}</b>")
    if g["kind"] == "several":
        for part in g["parts"]:
            one = cols("", h(3, part["title"]), div("right", badge(part["verdict"]))) + p(e(part["sentence"]), "small")
            chart = progress_chart(w, part["progress"], SPLIT_WIDE, 88)
            one += cols("wide", chart, data_table(part["progress"]["table"], caption=False))
            one += p(joined(part["change"], part["more"], part["people"]), "quiet")
            one += data_table(part["panel"], kind="w") if part["panel"] else ""
            out += div("keep", one + chart_notes(w, part["progress"], True))
        return out
    if g["kind"] == "narrative":
        return out + h(3, w["rubric"]) + rubric(w, g["rubric"])
    height = min(240, height + max(0, len(g["progress"]["table"]["rows"]) - 6) * 14)
    chart = progress_chart(w, g["progress"], SPLIT_WIDE, height)
    both = cols("wide", chart, data_table(g["progress"]["table"]))
    return out + div("keep", both + chart_notes(w, g["progress"], False))


def strategies(m, g):
    if not g["strategies"]:
        return p(e(m["words"]["no-strategies"]), "quiet")
    phases = {x["text"]: x["key"] for x in (g.get("progress") or {"phases": []})["phases"]}
    items = ""
    for s in g["strategies"]:
        letter = f'<b class="quiet">{e(phases[s["text"]])}</b> ' if s["text"] in phases else ""
        since = fill(m["words"]["since"], when=s["since"]) if s.get("since") else None
        facts = joined(s.get("team"), s.get("grades"), since, s.get("status"))
        items += f'<li>{letter}{e(s["text"])}<br><span class="quiet">{facts}</span></li>'
    return f"<ul>{items}</ul>"


def survey(m):
    s = m["survey"]
    if not s:
        return ""
    html = h(2, s.get("title") or m["words"]["survey"]) + bars_chart(m["words"], s, WIDTH) + data_table(s["table"])
    return div("keep" if len(s["bars"]) <= 9 else "", html)


def data_part(m):
    rows = data_table(m["data"]) if m["data"]["rows"] else ""
    return h(2, m["words"]["data-quality"]) + p(e(m["data"]["sentence"])) + rows


def notes(m):
    w = m["words"]
    said = [(note["title"], note["text"]) for note in m["notes"]]
    said.append((w["about-this-report"], fill(w["made"], date=m["run"]["made"], code=m["run"]["code"])))
    said += [(w["this-translation"], m["translation"])] if m["translation"] else []
    said += [(w["another-format"], m["contact"])] if m["contact"] else []
    half, so_far, columns = sum(len(text) for _, text in said) / 2, 0, ["", ""]
    for title, text in said:
        columns[so_far >= half] += p(f"<b>{e(title)}.</b> {e(text)}", "note small")
        so_far += len(text)
    return div("keep", h(2, w["notes"]) + cols("even", *columns))


FOR_TALK = ["behind", "target-not-met", "watch", "mixed", "too-early", "not-enough-data", "not-available"]


def insert(m, kind, question):
    w = m["words"]
    minutes = p(f"<b>{e(w[f'insert-{kind}-minutes'])}</b>", "right")
    out = div("title", cols("", h(2, w[f"insert-{kind}"]), minutes)) + h(3, w["insert-read-back"])
    decided = [g["decisions"][0] for g in m["goals"] if g["decisions"]][:3]
    out += "".join(p(e(f"{d['text']} {d['since']}"), "small") for d in decided) or div("line", "") * 2
    out += h(3, w["insert-see"])
    order = {key: i for i, key in enumerate(FOR_TALK)}
    goals = sorted(m["goals"], key=lambda g: order.get(g["verdict"]["key"], len(order)))
    for g in goals[:3]:
        head = f"{sign(g['verdict'])}<b>{e(g['title'])}</b>  ·  {e(g['verdict']['word'])}"
        out += p(f'{head}<br><span class="small">{e(g["sentence"])}</span>', "keep")
    rest = [p(f"{sign(g['verdict'])}{e(g['title'])}  ·  {e(g['verdict']['word'])}", "small") for g in goals[3:]]
    out += cols("even", "".join(rest[0::2]), "".join(rest[1::2])) if rest else ""
    out += h(3, w["insert-talk"]) + div("callout ask", e(question))
    lines = h(3, w["insert-decide"]) + p(e(w["insert-decide-hint"]), "quiet") + div("line", "") * 4
    return div("new", out + div("keep", lines))


def masthead(m):
    school = f"  ·  <b>{e(m['school'])}</b>" if m["school"] else ""
    who = m["plc"]["name"] if m["plc"] else m["words"][f"for-{m['audience']}"]
    return (
        div("place", e(m["division"]) + school) + h(1, m["title"])
        + p(joined(m["period"]["name"], m["period"]["year"]), "period")
        + div("run what", joined(who, m["period"]["name"])) + div("run contact", e(m["contact"]))
    )  # fmt: skip


def goal_name(g):
    return f'<b>{e(g["title"])}</b><br><span class="quiet">{e(g["area"])}</span>'


def parents(m):
    w = m["words"]
    rows = []
    for g in m["goals"]:
        open_ones = [s["text"] for s in g["strategies"] if s.get("key") not in ("done", "stopped")]
        now = g["now"]["text"] if g["now"] else w["not-available"]
        aim = f"{g['target']['text']}, {g['target']['when']}" if g["target"] else w["none"]
        values = f"{e(w['now'])}: <b>{e(now)}</b><br>{e(w['target'])}: {e(aim)}"
        cells = (goal_name(g), e(g["why-short"]), mark(g["verdict"]) + values, e((open_ones or [g["statement"]])[0]))
        rows.append([(cell, 1) for cell in cells])
    out = masthead(m) + h(2, w["our-goals"]) + p(e(fill(w["our-goals-lead"], period=m["period"]["name"])))
    out += table((w["goal"], w["parents-why"], w["parents-where"], w["parents-next"]), rows, "glance")
    out += h(2, w["goal-by-goal"])
    width = (WIDTH - 20) / 2.35
    for g in m["goals"]:
        if g["kind"] == "several":
            left = "".join(
                p(f"<b>{e(x['title'])}</b>  ·  {e(x['verdict']['word'])}") + progress_chart(w, x["progress"], width, 92)
                for x in g["parts"]
            )
        elif g["kind"] == "narrative":
            t = g["rubric"]["table"]
            left = data_table({"columns": t["columns"][:2], "rows": [row[:2] for row in t["rows"]]})
        else:
            t = g["progress"]["table"]
            brief = {"columns": t["columns"][:3], "rows": [row[:3] for row in t["rows"]]}
            left = progress_chart(w, g["progress"], width, 110) + data_table(brief)
        doing = ". ".join(s["text"] for s in g["strategies"]) + "." if g["strategies"] else None
        right = p(f"<b>{e(g['sentence'])}</b>")
        for key, text in (
            ("parents-means", " ".join(s for s in (g["verdict"]["explain"], g.get("could-change")) if s)),
            ("parents-doing", doing), ("parents-help", g["families"]), ("parents-question", g["council-question"]),
        ):  # fmt: skip
            right += p(f"<b>{e(w[key])}.</b> {e(text)}", "said") if text else ""
        head = div("head", cols("", h(3, g["title"]), div("right", badge(g["verdict"]))))
        both = div("cols", f'<div style="width:{width}pt">{left}</div><div>{right}</div>')
        out += div("keep said", head + both)
    out += survey(m) + notes(m)
    questions = [g["council-question"] for g in m["goals"] if g["council-question"]]
    return out + insert(m, "parent-council", (questions or [w["insert-question-council-default"]])[0])


def strip(w, g):
    cells = []
    for key, value in ("start", g["baseline"]), ("last-time", g["last"]), ("now", g["now"]), ("target", g["target"]):
        cell = f'<span class="quiet">{e(w[key])}</span><br>'
        if value:
            kind = "w" if len(value["text"]) > 6 else "v"
            under = "<br>".join(e(text) for text in (value["when"], value.get("n")) if text)
            cell += f'<span class="{kind}">{e(value["text"])}</span><br><span class="quiet">{under}</span>'
        else:
            cell += f'<span class="quiet">{e(w["none"])}</span>'
        cells.append(cell)
    return cols("strip", *cells)


def lines(text):
    """About how high a paragraph is in half a page's width."""
    return 15 + 11 * (1 + len(text) // 52)


def goal_page(m, g, index):
    w = m["words"]
    place = fill(w["goal-n"], n=index + 1, total=len(m["goals"]))
    out = p(joined(g["area"], place), "quiet") + f'<h2 style="margin-top:0">{e(g["title"])}</h2>'
    why = p(f"<b>{e(w['why'])}.</b> {e(g['why'])}", "small")
    out += div("callout", p(f"<b>{e(g['statement'])}</b>") + why + (data_table(g["beliefs"]) if g["beliefs"] else ""))
    left = badge(g["verdict"]) + p(e(g["verdict"]["explain"]), "small said")
    left += p(joined(g["change"], g["more"], g["could-change"]), "quiet")
    out += cols("even", left, strip(w, g))
    groups = len(g["groups"]["dots"]) if g["groups"] else 0
    full = (g["distribution"], g["beliefs"], g["moved"], g["amendments"], groups > 4, len(g["strategies"]) > 2)
    full = sum(map(bool, full))
    out += figures(m, g, (128, 112, 92, 78)[min(3, full)])
    out += data_table(g["panel"], kind="w") if g["panel"] else ""
    # Parts with about how high they are; each goes under the shorter column.
    parts = []
    if g["distribution"]:
        d = g["distribution"]
        parts.append((h(3, w["distribution"]) + bars_chart(w, d, SPLIT_EVEN), 45 + 23 * len(d["bars"])))
    height = 30 + sum(lines(s["text"]) + 14 for s in g["strategies"])
    parts.append((h(3, w["strategies"]) + strategies(m, g), height))
    if g["groups"]:
        chart = dots_chart(g["groups"], SPLIT_EVEN)
        parts.append((h(3, g["groups"]["table"]["caption"]) + chart, 60 + 15 * groups))
    if g["questions"]:
        items = "".join(f"<li>{e(q)}</li>" for q in g["questions"])
        parts.append((h(3, w["questions"]) + f"<ul>{items}</ul>", 30 + sum(map(lines, g["questions"]))))
    story, height = "", 0
    if g["moved"]:
        story += h(3, g["moved"]["title"]) + bars_chart(w, g["moved"], SPLIT_EVEN)
        height += 50 + 21 * len(g["moved"]["bars"])
    said = [joined(g["people"], g["corrected"], by=" ")]
    story += h(3, w["people"]) + p(said[0], "small") if said[0] else ""
    for a in g["amendments"]:
        text = fill(w["amendment"], on=a["on"], what=a["what"], reason=a["reason"], agreed=a["agreed-by"])
        said.append(joined(text, a["first"], by=" "))
        story += (h(3, w["amendments"]) if a is g["amendments"][0] else "") + p(said[-1], "small")
    for d in g["decisions"][:2]:
        said.append(e(f"{d['text']} {d['since']}"))
        story += (h(3, w["decisions"]) if d is g["decisions"][0] else "") + p(said[-1], "small")
    if story:
        parts.append((story, height + sum(lines(text) for text in said)))
    if g["counted"]:
        parts.append((h(3, w["counted"]) + p(e(g["counted"]), "small"), 20 + lines(g["counted"])))
    columns, heights = ["", ""], [0, 0]
    for html, height in parts:
        side = heights[0] > heights[1]
        columns[side] += html
        heights[side] += height
    return div("new", out + cols("even small" if full > 1 else "even", *columns))


def evidence(m, g):
    w = m["words"]
    heads = [w[key] for key in ("smart-letter", "smart-word", "smart-holds", "smart-evidence")]
    rows = []
    for x in g["smart"]:
        holds = e(w["holds"]) if x["holds"] else f"<b>{e(w['not-yet'])}</b>"
        rows.append([(cell, 1) for cell in (f"<b>{e(x['letter'])}</b>", e(x["word"]), holds, e(x["text"]))])
    decide = p(e(f"{w['decide']}: {' '.join(g['decide'])}"), "quiet said") if g["decide"] else ""
    return div("keep", h(3, g["title"]) + table(heads, rows) + decide)


def numbers(m):
    out = h(2, m["words"]["chart-numbers"]) + p(e(m["words"]["chart-numbers-lead"]), "quiet")
    for g in m["goals"]:
        tables = [g[key]["table"] for key in ("distribution", "groups", "moved") if g[key]]
        if not tables:
            continue
        out += f"<h3>{joined(None if m['school'] else g['school'], g['title'])}</h3>"
        row = []
        for t in tables + [None]:
            wide = t is not None and len(t["columns"]) > 4
            if row and (t is None or wide or len(row) == 2):
                out += div("keep said", cols("even", *(row + [""])[:2]))
                row = []
            if wide:
                out += div("keep said", data_table(t))
            elif t:
                row.append(data_table(t))
    return out


def staff(m):
    w, goals = m["words"], m["goals"]

    def value(v, tag="span"):
        if not v:
            return e(w["none"])
        return f'<{tag}>{e(v["text"])}</{tag}><br><span class="quiet">{e(v["when"])}</span>'

    rows = []
    for g in goals:
        marks = "".join(f'<span class="{"y" if x["holds"] else ""}">{e(x["letter"])}</span>' for x in g["smart"])
        stand = mark(g["verdict"]) + p(joined(g["change"], g["more"], by="; "), "quiet")
        name = goal_name(g) + (div("smart", marks) if marks else "")
        cells = (name, value(g["baseline"]), value(g["last"]), value(g["now"], "b"), value(g["target"]), stand)
        rows.append([(cell, 1) for cell in cells])
    heads = [w[key] for key in ("goal", "start", "last-time", "now", "target", "where-we-stand")]
    out = masthead(m) + h(2, w["goals-at-a-glance"]) + p(e(fill(w["glance-lead"], period=m["period"]["name"])))
    out += table(heads, rows, "glance").replace("<thead>", GLANCE + "<thead>")
    used = {x["verdict"]["key"] for g in goals for x in [g, *g["parts"]]}
    items = "".join(
        f'<li>{sign({"key": key})}<span class="k">{e(w[f"verdict-{key}"])}</span>{e(w[f"verdict-{key}-means"])}</li>'
        for key in SHAPES
        if key in used
    )
    out += h(3, w["verdict-key"]) + f'<ul class="key small">{items}</ul>'
    early = len(goals) < 3 and not m["survey"]
    if early:
        out += data_part(m) + notes(m)
    out += "".join(goal_page(m, g, index) for index, g in enumerate(goals))
    if any(g["smart"] for g in goals):
        out += div("new", h(2, w["smart-check"]) + "".join(evidence(m, g) for g in goals if g["smart"]))
    if any(g["distribution"] or g["groups"] or g["moved"] for g in goals):
        out += div("new", numbers(m))
    if m["survey"]:
        out += div("new", survey(m))
    if not early:
        out += div("" if m["survey"] else "new", data_part(m) + notes(m))
    questions = [q for g in goals for q in g["questions"]]
    return out + insert(m, "staff", (questions or [w["insert-question-default"]])[0])


GLANCE = "".join(f'<col style="width:{width}pt">' for width in (150, 52, 52, 52, 52, 128))
PAGES = {"staff": staff, "parent-council": parents}


def css_text(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def page_html(m):
    """The whole report; an edition in two languages has a second part."""
    styles, bodies, edition = "", "", m
    for n in (0, 1):
        if not edition:
            break
        w = edition["words"]
        before, rest = w["page-of"].split("{n}")
        between, after = rest.split("{total}")
        content = f"{css_text(before)} counter(page) {css_text(between)} counter(pages) {css_text(after)}"
        content += f' "\\A " {css_text(fill(w["run"], code=edition["run"]["code"]))}'
        styles += f"@page e{n}{{@bottom-right{{content:{content}}}}} .e{n}{{page:e{n}}}"
        bodies += f'<main class="e{n}" lang="{edition["lang"]}">{PAGES[edition["audience"]](edition)}</main>'
        edition = edition["other"]
    title = joined(m["title"], m["school"], m["period"]["name"], by=" – ")
    about = joined(m["division"], m["school"], m["words"][f"for-{m['audience']}"], m["period"]["name"], by=", ")
    return (
        f'<!DOCTYPE html><html lang="{m["lang"]}-{m["region"]}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="author" content="{e(m["school"] or m["division"])}"><meta name="description" content="{about}">'
        f"<style>{styles}</style></head><body>{bodies}</body></html>"
    )


# --- Measuring -------------------------------------------------------------------------------------------


class Report:
    def __init__(self, path, folder):
        self.name = path.relative_to(folder).with_suffix("").as_posix()
        self.file = "-".join(path.with_suffix("").parts[-2:])
        self.text = path.read_text(encoding="utf-8")
        self.model = json.loads(self.text)


class WeasyPrint:
    def __init__(self, folder):
        self.folder = folder
        self.fonts = FontConfiguration()
        self.css = CSS(string=style_sheet(), font_config=self.fonts)

    def make(self, report):
        """Pages, and seconds of processor time: of typesetting, and of building the HTML before."""
        start = time.process_time()
        html = page_html(report.model)
        before = time.process_time()
        options = {"pdf_variant": "pdf/ua-1", "pdf_tags": True}
        document = HTML(string=html).render(stylesheets=[self.css], font_config=self.fonts, **options)
        about = report.model["words"]["figures-description"]
        figures = Attachment(string=report.model["figures-csv"], name="figures.csv", description=about)
        document.metadata.attachments = [figures]
        document.write_pdf(self.folder / f"{report.file}.pdf", **options)
        return len(document.pages), time.process_time() - before, before - start

    def end(self):
        pass


class Termwise:
    def __init__(self, program, folder):
        self.folder = folder
        self.process = subprocess.Popen(
            [program, "typeset-worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "RAYON_NUM_THREADS": "1", "RUST_BACKTRACE": "0"},
        )
        if self.answer() != "ready":
            sys.exit("The worker did not start.")

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("The worker ended.")
        return json.loads(line)

    def clock(self):
        """Seconds of processor time of the worker with all its threads: Linux's clock of another process."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def make(self, report):
        """Pages, and seconds of processor time; there is no HTML."""
        order = {
            "name": report.name,
            "template": f"{report.model['audience']}.typ",
            "model": report.text,
            "out": str(self.folder / f"{report.file}.pdf"),
            "ident": report.name,
            "date": DATE,
        }
        before = self.clock()
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()
        answer = self.answer()["answer"]
        seconds = self.clock() - before
        if "done" not in answer:
            sys.exit(f"{report.name}: {answer}")
        return answer["done"]["pages"], seconds, 0.0

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def measure(maker, reports, rounds):
    """For each report its pages and the medians of its seconds. The first round warms up."""
    pages, seconds = {}, {report.name: [] for report in reports}
    for number in range(rounds + 1):
        for report in reports:
            pages[report.name], *took = maker.make(report)
            if number > 0:
                seconds[report.name].append(took)
    maker.end()
    return {name: (pages[name], *map(statistics.median, zip(*took))) for name, took in seconds.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("termwise", type=Path, help="the binary")
    parser.add_argument("models", type=Path, help="the folder that `termwise run --models` wrote")
    parser.add_argument("--rounds", type=int, default=5, help="measured rounds (default 5)")
    parser.add_argument("--save", type=Path, help="keep both PDFs of each report, and its HTML, in this folder")
    given = parser.parse_args()

    reports = [Report(path, given.models) for path in sorted(given.models.rglob("*.json"))]
    # Edition by edition, so that neighbours are of different schools.
    reports = [report for report in reports if report.model.get("audience") in PAGES]
    reports.sort(key=lambda report: (Path(report.name).name, report.name))
    if len(reports) < 3:
        sys.exit("At least three staff or parent-council models are needed.")
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given.save or Path(temporary)).resolve()
        for name in ("weasyprint", "termwise"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        if given.save:
            for report in reports:
                (folder / "weasyprint" / f"{report.file}.html").write_text(page_html(report.model), encoding="utf-8")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ours = measure(Termwise(given.termwise.resolve(), folder / "termwise"), reports, given.rounds)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        theirs = measure(WeasyPrint(folder / "weasyprint"), reports, given.rounds)

    wide = max(len(report.file) for report in reports)
    row = f"{{:{wide}}}  {{:>6}} {{:>6}}  {{:>8}} {{:>8}} {{:>8}}  {{:>6}} {{:>9}}".format
    print(f"Processor milliseconds, median of {given.rounds} rounds; W is WeasyPrint {__version__}, T termwise")
    print(row("report", "W pp.", "T pp.", "HTML", "W", "T", "W / T", "with HTML"))

    def show(name, w, t):
        (w_pages, w_time, html), (t_pages, t_time, _) = w, t
        times = (f"{seconds * 1000:.1f}" for seconds in (html, w_time, t_time))
        print(row(name, w_pages, t_pages, *times, f"{w_time / t_time:.2f}", f"{(w_time + html) / t_time:.2f}"))

    for report in reports:
        show(report.file, theirs[report.name], ours[report.name])
    show("total", *([sum(made[i] for made in done.values()) for i in range(3)] for done in (theirs, ours)))
    worker = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    each = worker / len(reports) / (given.rounds + 1) * 1000
    print(f"termwise's worker from start to end, fonts and warm-up included: {each:.1f} ms a report")


if __name__ == "__main__":
    main()
