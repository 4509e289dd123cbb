"""Invented results: reading levels, report-card marks, screener scores, survey answers.

Goes in: the students. Comes out: true values by (student id, measure, year, period),
and the text a teacher would have typed for each. The share of students at or above the
expectation is steered by the tables below, so that the sample tells varied stories.
"""
from people import BH, CLOSES, PERIODS, SB, WB

LEVELS = ["RB"] + [chr(c) for c in range(ord("A"), ord("Z") + 1)]
READING = {
    "K": "A A B", "1": "C F I", "2": "I K M", "3": "M N P", "4": "P Q S",
    "5": "S T U", "6": "U V W", "7": "W W X", "8": "X Y Z",
}
UKRAINIAN = {"K": "RB A A", "1": "B D F", "2": "F H J", "3": "J K M", "4": "M N P"}
NUMERACY = ["num-knowledge", "num-mental", "num-problem"]
SCREENER = {"4": (16, 20, 24), "5": (18, 22, 26), "6": (19, 23, 27), "7": (20, 24, 28), "8": (22, 26, 30)}


def expected(measure, grade, period):
    n = int(period[1]) - 1
    if measure == "reading-en":
        return LEVELS.index(READING[grade].split()[n])
    if measure == "reading-uk":
        return LEVELS.index(UKRAINIAN[grade].split()[n])
    return SCREENER[grade][n] if measure == "screener" else 3


# Shares at or above: (2024-25 P1 P2 P3, 2025-26 P1 P2).
READING_SHARES = {
    (BH, "K"): (.60, .63, .66, .62, .66), (BH, "1"): (.52, .55, .58, .61, .69),
    (BH, "2"): (.60, .61, .63, .60, .63), (BH, "3"): (.63, .65, .66, .64, .67),
    (BH, "4"): (.66, .66, .68, .67, .69),
    (SB, "K"): (.50, .54, .57, .60, .68), (SB, "1"): (.50, .53, .57, .60, .66),
    (SB, "2"): (.54, .57, .60, .60, .67), (SB, "3"): (.57, .60, .62, .62, .68),
}
WILLOW_READING = (.50, .56, .61, .61, .67)
OTHER_READING = (.60, .62, .64, .66, .68)
UKRAINIAN_SHARES = {"2": (.46, .50, .52, .50, .57)}
OTHER_UKRAINIAN = (.50, .54, .56, .55, .58)
NUMERACY_SHARES = (.54, .57, .60, .66, .75)
SCREENER_78 = (.50, .52, .55, .52, .55)
# Share of students who gain at least the goal's growth by P2 and by P3.
GROWTH_READING = {"2024-25": {"P2": .56, "P3": .58}, "2025-26": {"P2": .62}}
GROWTH_SCREENER = {"2024-25": {"P2": .54, "P3": .57}, "2025-26": {"P2": .73}}


def at_index(year, period):
    return (0 if year == "2024-25" else 3) + int(period[1]) - 1


def groups(students, year, period, keep):
    """Students enrolled on the period's closing day, by school, grade and program (Willow Bend: all grades)."""
    out = {}
    for s in students:
        e = s.enrolled(year, period)
        if e and keep(e):
            key = (WB, "", "") if e.school == WB else (e.school, e.grade, e.program)
            out.setdefault(key, []).append(s)
    return out


def steer(rng, members, share, noise):
    """Who is at or above: the share of the group with the highest ability plus some luck."""
    ranked = sorted(members, key=lambda s: (s.ability + rng.gauss(0, noise), s.id), reverse=True)
    return {s.id: n < round(share * len(ranked)) for n, s in enumerate(ranked)}


def clamp(value, low, high):
    return max(low, min(high, value))


def ordered_values(rng, out, students, measure, keep, shares, low, high, noise, spread):
    for year, periods in PERIODS.items():
        for period in periods:
            for (school, grade, program), members in sorted(groups(students, year, period, keep).items()):
                share = shares(school, grade)[at_index(year, period)]
                reached = steer(rng, members, share, noise)
                for s in members:
                    line = expected(measure, s.enrolled(year, period).grade, period)
                    far = min(int(abs(rng.gauss(0, spread))), spread * 2)
                    value = line + far if reached[s.id] else line - 1 - far
                    if reached[s.id]:
                        value = max(value, line)
                    out[(s.id, measure, year, period)] = clamp(value, low, high)


def growth_values(rng, out, students, measure, keep, table, gains, low, high):
    """Overwrites the later periods of a group so that the chosen share gains enough."""
    for year, periods in PERIODS.items():
        for period in periods[1:]:
            for members in groups(students, year, period, keep).values():
                starters = [s for s in members if (s.id, measure, year, "P1") in out]
                reached = steer(rng, starters, table[year][period], 1.5)
                for s in starters:
                    start, need = out[(s.id, measure, year, "P1")], gains[period]
                    gain = need + rng.choice([0, 0, 1, 2]) if reached[s.id] else need - rng.choice([1, 1, 2])
                    out[(s.id, measure, year, period)] = clamp(start + max(gain, 0), low, high)


def build(rng, students):
    out = {}
    top = len(LEVELS) - 1
    ordered_values(rng, out, students, "reading-en", lambda e: True,
                   lambda school, grade: WILLOW_READING if school == WB else
                   READING_SHARES.get((school, grade), OTHER_READING), 0, top, 0.5, 2)
    growth_values(rng, out, students, "reading-en", lambda e: e.school == BH and e.grade == "2",
                  GROWTH_READING, {"P2": 2, "P3": 4}, 0, top)
    ordered_values(rng, out, students, "reading-uk", lambda e: e.program == "EUBP",
                   lambda school, grade: UKRAINIAN_SHARES.get(grade, OTHER_UKRAINIAN), 0, top, 0.5, 2)
    for measure in NUMERACY:
        ordered_values(rng, out, students, measure, lambda e: e.school in (BH, WB) and e.grade != "K",
                       lambda school, grade: NUMERACY_SHARES, 0, 4, 0.4, 1)
    screened = lambda e: e.school == SB and e.grade in SCREENER
    ordered_values(rng, out, students, "screener", screened,
                   lambda school, grade: SCREENER_78, 2, 40, 0.6, 6)
    growth_values(rng, out, students, "screener", lambda e: screened(e) and e.grade in ("4", "5", "6"),
                  GROWTH_SCREENER, {"P2": 4, "P3": 8}, 0, 40)
    return out


def level_text(rng, value):
    """The level as teachers write it: mostly the letter, now and then J/K, J+ or below."""
    level, luck = LEVELS[value], rng.random()
    if value == 0:
        return rng.choice(["RB", "PreA", "<A"])
    if value + 1 < len(LEVELS) and luck < 0.05:
        return f"{level}/{LEVELS[value + 1]}"
    if luck < 0.09:
        return level + "+"
    if value + 1 < len(LEVELS) and luck < 0.105:
        return rng.choice(["<", "Below "]) + LEVELS[value + 1]
    return level


def absent(rng, codes):
    """Now and then there is no reading: a code, or simply an empty cell."""
    luck = rng.random()
    if luck < 0.020:
        return codes[0]
    if luck < 0.030:
        return codes[1]
    if luck < 0.045:
        return codes[-1]
    return "" if luck < 0.060 else None


QUESTIONS = [
    ("belief-learn", "I believe every student in my care can reach grade-level expectations with the right support."),
    ("belief-impact", "What I change in my teaching makes a visible difference to student learning."),
    ("belief-data", "Looking at student data with colleagues helps me to decide what to do next."),
    ("belief-together", "In our school we share responsibility for all students, not only for our own class."),
]
ANSWERS = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]


def survey(rng, respondents, agree):
    """Anonymous answers; `agree` is the share of people who agree with at least three statements."""
    rows = []
    for n in range(respondents):
        yes = n < round(agree * respondents)
        answers = []
        for q in range(4):
            positive = rng.random() < 0.95 if yes and q == 3 else yes or q == 0
            answers.append(rng.choice(ANSWERS[3:]) if positive else rng.choice(ANSWERS[:3]))
        rows.append(answers)
    rng.shuffle(rows)
    return rows
