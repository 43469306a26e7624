"""An invented list of grants in SCDL form, and its broken twin: what a tired agent really gets out of a spreadsheet.

Beneficiaries do not exist: their names are made up and their SIREN start with 000, which is never given."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator

HEADER = [
    "nomAttribuant",
    "idAttribuant",
    "dateConvention",
    "referenceDecision",
    "nomBeneficiaire",
    "idBeneficiaire",
    "rnaBeneficiaire",
    "objet",
    "montant",
    "nature",
    "conditionsVersement",
    "datesPeriodeVersement",
    "idRAE",
    "notificationUE",
    "pourcentageSubvention",
    "dispositifAide",
]
KINDS = ("Les Amis", "Le Foyer", "L'Atelier", "Le Club", "La Compagnie", "L'Harmonie", "Le Comité", "Les Jardins")
NAMES = (
    "du Causse",
    "de la Halle",
    "des Deux Rives",
    "du Vieux Pont",
    "de l'Écluse",
    "du Moulin bleu",
    "des Trois Tilleuls",
    "de la Combe",
)
PURPOSES = (
    "Fonctionnement de l'année",
    "Atelier de réparation ouvert à tous",
    "Cours d'informatique pour débutants",
    "Fête du village",
    "Tournoi des jeunes",
    "Achat d'instruments",
    "Jardin partagé",
    "Navette vers le marché",
)


def luhn_key(digits: str) -> str:
    """The last digit that makes `digits` pass Luhn's check."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def siret(siren: str, establishment: int = 1) -> str:
    start = f"{siren}{establishment:04d}"
    return start + luhn_key(start)


def invented_siren(number: int) -> str:
    start = f"000{number:05d}"
    return start + luhn_key(start)


def grants(giver: str, siren: str, year: int, count: int = 64) -> Iterator[dict[str, str]]:
    """`count` grants of one year, the same at each run."""
    source = random.Random(f"{siren}-{year}")  # noqa: S311 -- not a secret: the same file at each run
    for number in range(1, count + 1):
        month, day = source.randint(1, 12), source.randint(1, 28)
        amount = source.choice((150, 300, 450, 500, 800, 1200, 1500, 2000, 3500, 6000, 12000))
        yield dict.fromkeys(HEADER, "") | {
            "nomAttribuant": giver,
            "idAttribuant": siret(siren),
            "dateConvention": f"{year}-{month:02d}-{day:02d}",
            "referenceDecision": f"{year}-{month:02d}-{number:03d}",
            "nomBeneficiaire": f"{source.choice(KINDS)} {source.choice(NAMES)} (inventé)",
            "idBeneficiaire": siret(invented_siren(1000 + number * 7)),
            "objet": source.choice(PURPOSES),
            "montant": f"{amount + source.choice((0, 0, 0, 0.5)):.2f}",
            "nature": "aide en numéraire",
            "conditionsVersement": "unique" if amount < 3000 else "échelonné",
            "datesPeriodeVersement": f"{year}-{month:02d}-{day:02d}",
            "notificationUE": "non",
            "pourcentageSubvention": "1",
        }


def clean(giver: str, siren: str, year: int) -> bytes:
    """The file as the schema asks for it."""
    return written(list(grants(giver, siren, year)))


def amended(giver: str, siren: str, year: int) -> bytes:
    """The same a few months later: two amounts corrected, one grant given up, three more voted in December."""
    rows = list(grants(giver, siren, year))
    later = list(grants(giver, siren, year, count=len(rows) + 3))[len(rows) :]
    for number, row in enumerate(later, start=1):
        row |= {"dateConvention": f"{year}-12-1{number}", "datesPeriodeVersement": f"{year}-12-1{number}"}
    for number in (7, 40):
        rows[number]["montant"] = f"{float(rows[number]['montant']) + 200:.2f}"
    del rows[20]
    return written(rows + later)


def written(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def broken(giver: str, siren: str, year: int) -> bytes:
    """The same, out of a spreadsheet: a title above, cp1252, semicolons, French dates and amounts, a damaged SIRET, a total."""
    rows = list(grants(giver, siren, year))
    for number, row in enumerate(rows):
        row["dateConvention"] = "/".join(reversed(row["dateConvention"].split("-")))
        amount = float(row["montant"])
        row["montant"] = f"{amount:,.2f}".replace(",", " ").replace(".", ",")
        if number % 9 == 4:
            row["idBeneficiaire"] = (
                f"{row['idBeneficiaire'][:3]} {row['idBeneficiaire'][3:6]} {row['idBeneficiaire'][6:9]} {row['idBeneficiaire'][9:]}"
            )
        if number % 13 == 6:
            row["nature"] = "Aide en numéraire "
    rows[11]["objet"] = ""
    rows[17]["idBeneficiaire"] = "3,80545E+12"
    rows[23]["rnaBeneficiaire"] = "W12"
    text = io.StringIO()
    padding = ";" * (len(HEADER) - 1)
    text.write(f"{giver} - subventions versées en {year} (fichier inventé){padding}\r\n{padding}\r\n")
    writer = csv.DictWriter(text, HEADER, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    for number, row in enumerate(rows):
        writer.writerow(row)
        if number == 30:
            text.write(padding + "\r\n")
    total = sum(float(row["montant"].replace(" ", "").replace(",", ".")) for row in rows)
    writer.writerow(
        dict.fromkeys(HEADER, "") | {"nomAttribuant": "Total", "montant": f"{total:,.2f}".replace(",", " ").replace(".", ",")}
    )
    return text.getvalue().encode("cp1252")
