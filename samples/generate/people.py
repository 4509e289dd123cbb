"""The fictional students of Prairie Crocus School Division.

Goes in: a seeded random generator. Comes out: a list of Student with their
enrolments in both school years. Every name and number is invented.
"""
from dataclasses import dataclass, field
from datetime import date

YEARS = ["2024-25", "2025-26"]
CLOSES = {
    ("2024-25", "P1"): date(2024, 11, 22),
    ("2024-25", "P2"): date(2025, 3, 14),
    ("2024-25", "P3"): date(2025, 6, 27),
    ("2025-26", "P1"): date(2025, 11, 21),
    ("2025-26", "P2"): date(2026, 3, 13),
}
START = {"2024-25": date(2024, 9, 4), "2025-26": date(2025, 9, 3)}
PERIODS = {"2024-25": ["P1", "P2", "P3"], "2025-26": ["P1", "P2"]}
BH, SB, WB = "blue-heron", "saskatoon-berry", "willow-bend"
SCHOOL_NAMES = {BH: "Blue Heron School", SB: "Saskatoon Berry School", WB: "Willow Bend Colony School"}
GRADES = {
    BH: ["K", "1", "2", "3", "4"],
    SB: ["K", "1", "2", "3", "4", "5", "6", "7", "8"],
    WB: ["K", "1", "2", "3", "4", "5", "6", "7", "8"],
}

GIVEN = """Adèle Aiden Alina Amara Amélie Anika Arjun Ash Aurora Avery Bailey Beatrix Benoît Bohdan Brielle
Caleb Camille Carys Chloé Cole Dakota Daryna Delia Dmytro Eden Eliana Elias Émile Emery Ezra Faith Farah Felix
Finn Freya Gabriel Gianna Grayson Halyna Harper Hudson Ines Iryna Isla Ivan Jasper Jia Joëlle Jonah Juniper
Kai Kateryna Kiara Kyrylo Lana Larysa Leif Léo Lesia Linden Lucas Mahalia Maksym Malik Maren Marko Mila Myra
Nadia Nazar Niko Noémie Nora Odessa Oksana Olena Orest Owen Paige Petro Quinn Raisa Remi Renée Roman Rowan
Ruslan Sadie Sage Sasha Selah Simone Sofiia Solomiia Stefan Svitlana Taras Tavish Thea Tobin Uma Vasyl Vera
Viktor Wren Xavier Yara Yulia Zahra Zoë Zoryana""".split()
FAMILY = """Abernethy Adeyemi Andrusiak Arcand Baptiste Barkman Beauchamp Bérubé Bilous Boychuk Brandt Caron
Castellano Chartrand Chernenko Côté D’Souza Danylchuk Delorme Doerksen Dyck Enns Fedoruk Fontaine Friesen
Gagné Giesbrecht Gill Grewal Guimond Halabura Harder Havrylenko Hébert Hildebrandt Hnatiuk Huang Ivanenko
Janzen Johal Kehler Khan Klassen Kostiuk Kovalenko Kowalchuk Kushnir Lachance Lafrenière Lavallée Lewycky
Loewen Macdonald McKay Melnyk Michaud Moroz Nakamura Neufeld Nguyen O’Brien Okafor Oleksiuk Onyschuk
Ostapenko Paquette Penner Petryshyn Popowich Pryhoda Reimer Ritchot Romaniuk Saint-Pierre Santos Sawchuk
Semeniuk Shevchuk Sinclair Sokolowski Stadnyk Stoesz Suderman Tanaka Teichroeb Tkachenko Toews Tremblay
Tymchuk Unger Van-Dyke Vandal Vasylenko Wiebe Wozniak Yaremchuk Zacharias Zelenko Zhang""".split()
COLONY_FAMILY = ["Brandt", "Harder", "Stoesz", "Loewen"]


@dataclass
class Enrolment:
    year: str
    school: str
    grade: str
    program: str
    entered: date
    left: date | None = None

    def on(self, day):
        return self.entered <= day and (self.left is None or day < self.left)


@dataclass
class Student:
    id: str
    family: str
    given: str
    preferred: str
    ability: float
    enrolments: list = field(default_factory=list)

    @property
    def last_first(self):
        return f"{self.family}, {self.given}"

    def at(self, school, year):
        """The student's enrolment at a school in a year, or None."""
        for e in self.enrolments:
            if e.school == school and e.year == year:
                return e
        return None

    def enrolled(self, year, period):
        day = CLOSES[(year, period)]
        for e in self.enrolments:
            if e.year == year and e.on(day):
                return e
        return None


def next_grade(grade):
    return "1" if grade == "K" else str(int(grade) + 1)


class Town:
    """Hands out students with unique numbers and mostly unique names."""

    def __init__(self, rng):
        self.rng = rng
        self.students = []
        self.names = set()
        numbers = list(range(1043, 98999, 37))
        rng.shuffle(numbers)
        self.numbers = numbers

    def new(self, families=FAMILY):
        while True:
            given, family = self.rng.choice(GIVEN), self.rng.choice(families)
            if (given, family) not in self.names:
                break
        self.names.add((given, family))
        preferred = ""
        if self.rng.random() < 0.06:
            preferred = given[:3] if len(given) > 4 else given + "y"
        student = Student(f"{self.numbers.pop():06d}", family, given, preferred, self.rng.gauss(0, 1))
        self.students.append(student)
        return student


SIZES = {
    BH: {"K": (72, 24), "1": (74, 25), "2": (71, 27), "3": (72, 24), "4": (70, 22)},
    SB: {g: (28, 0) for g in GRADES[SB]},
    WB: {g: (2, 0) for g in GRADES[WB]},
}


def build(rng):
    town = Town(rng)
    for school in (BH, SB, WB):
        for grade in GRADES[school]:
            size, eubp = SIZES[school][grade]
            for n in range(size):
                s = town.new(COLONY_FAMILY if school == WB else FAMILY)
                program = "EUBP" if n < eubp else "English"
                s.enrolments.append(Enrolment("2024-25", school, grade, program, START["2024-25"]))
    moves_within(town, rng, "2024-25")
    advance(town, rng)
    moves_within(town, rng, "2025-26")
    special(town)
    town.students.sort(key=lambda s: (s.family, s.given, s.id))
    return town.students


def moves_within(town, rng, year):
    """A few families come and go during the year, at Blue Heron and Saskatoon Berry."""
    first = int(year[:4])
    for school, leaving, coming in ((BH, 4, 6), (SB, 2, 3)):
        here = [s for s in town.students if s.at(school, year)]
        for s in rng.sample(here, leaving):
            s.at(school, year).left = rng.choice([date(first, 12, 20), date(first + 1, 2, 2)])
        for _ in range(coming):
            s = town.new()
            grade = rng.choice(GRADES[school])
            program = "EUBP" if school == BH and rng.random() < 0.3 else "English"
            entered = rng.choice([date(first, 10, 14), date(first + 1, 1, 12), date(first + 1, 2, 9)])
            s.enrolments.append(Enrolment(year, school, grade, program, entered))
    movers = ["3"] if year == "2024-25" else ["2", "4"]
    for grade in movers:
        here = [s for s in town.students if s.at(SB, year) and s.at(SB, year).grade == grade
                and s.at(SB, year).left is None and s.at(SB, year).entered == START[year]]
        s = here[3]
        day = date(first + 1, 1, 12)
        s.at(SB, year).left = day
        s.enrolments.append(Enrolment(year, BH, grade, "English", day))


def advance(town, rng):
    """Everybody moves up a grade; graduates and a few families leave; a new Kindergarten arrives."""
    for s in list(town.students):
        last = s.enrolments[-1]
        grade = next_grade(last.grade)
        stays = last.left is None and grade in GRADES[last.school]
        if stays and (last.school == WB or rng.random() > 0.02):
            s.enrolments.append(Enrolment("2025-26", last.school, grade, last.program, START["2025-26"]))
    for school, size, eubp in ((BH, 73, 26), (SB, 29, 0), (WB, 2, 0)):
        for n in range(size):
            s = town.new(COLONY_FAMILY if school == WB else FAMILY)
            program = "EUBP" if n < eubp else "English"
            s.enrolments.append(Enrolment("2025-26", school, "K", program, START["2025-26"]))


def special(town):
    """Two different children with the same name in one grade, and two names in Ukrainian letters."""
    grade2 = [s for s in town.students if s.at(BH, "2025-26") and s.at(BH, "2025-26").grade == "2"
              and s.at(BH, "2025-26").program == "EUBP"]
    for s in grade2[:2]:
        s.given, s.family, s.preferred = "Sofiia", "Kovalenko", ""
    grade2[1].preferred = "Sonia"
    grade2[2].given, grade2[2].family, grade2[2].preferred = "Євген", "Гнатюк", "Yevhen"
    grade2[3].given, grade2[3].family, grade2[3].preferred = "Ївга", "Щербак", "Yivha"
