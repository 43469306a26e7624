"""Write a valid SCDL "subventions" file of any size, the same for the same seed: `python benchmarks/make_scdl.py OUT [--rows N]`.

A million rows weigh about 190 MB: 16 columns, comma-separated UTF-8, some cells quoted. `--repeat K` writes the rows K times
over, which makes files of several gigabytes quickly. SIRET numbers pass the Luhn check.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

COLUMNS = (
    "nomAttribuant,idAttribuant,dateConvention,referenceDecision,nomBeneficiaire,idBeneficiaire,rnaBeneficiaire,objet,montant,"
    "nature,conditionsVersement,datesPeriodeVersement,idRAE,notificationUE,pourcentageSubvention,dispositifAide"
)
GIVERS = (
    ("Région Occitanie", "20005379100014"),
    ("Région Bretagne", "23350001600040"),
    ("Ville de Paris", "21750001600019"),
    ("DINUM", "13002526500013"),
)
WHO = (
    "Association",
    "Comité des fêtes de",
    "Union sportive de",
    "Cercle laïque de",
    "École de musique de",
    "Amis du patrimoine de",
)
WHERE = (
    "Cahors",
    "Figeac",
    "Gourdon",
    "Saint-Céré",
    "Mirepoix",
    "Auch",
    "Rodez",
    "Mende",
    "Albi",
    "Castelsarrasin",
    "Bœuf-sur-Lot",
)
WHY = (
    "Fonctionnement",
    '"Ateliers climat, énergie"',
    "Achat de matériel sportif",
    '"Festival ""Les beaux jours"""',
    "Réfection de la toiture",
    "Spectacle d’été",
)
NATURE = ("aide en numéraire", "aide en numéraire", "aide en nature", "aide en numéraire;aide en nature")
BLOCK = 20_000


def luhn_digit(head: str) -> str:
    """The digit to append to `head` so that the whole passes the Luhn check."""
    total = sum(sum(divmod(int(digit) * (2 - i % 2), 10)) for i, digit in enumerate(reversed(head)))
    return str(-total % 10)


def siret(rng: random.Random) -> str:
    siren = f"{rng.randrange(300_000_00, 900_000_00):08d}"
    siren += luhn_digit(siren)
    nic = f"{rng.randrange(1, 60):04d}"
    return siren + nic + luhn_digit(siren + nic)


def row(rng: random.Random, number: int, receivers: list[str]) -> str:
    giver, giver_id = GIVERS[number % len(GIVERS)]
    year, month, day = 2017 + number % 8, 1 + rng.randrange(12), 1 + rng.randrange(28)
    date = f"{year}-{month:02d}-{day:02d}"
    name = f"{WHO[rng.randrange(len(WHO))]} {WHERE[rng.randrange(len(WHERE))]}"
    amount = f"{rng.randrange(100, 50_000)}.{rng.randrange(100):02d}"
    period = date if number % 3 else f"{date}/{year + 1}-{month:02d}-{day:02d}"
    return (
        f"{giver},{giver_id},{date},{year}-{number:07d},{name},{receivers[rng.randrange(len(receivers))]},"
        f"{f'W{rng.randrange(10**9):09d}' if number % 2 else ''},{WHY[rng.randrange(len(WHY))]},{amount},{NATURE[rng.randrange(4)]},"
        f"unique,{period},{rng.randrange(100_000):05d},{'oui' if number % 7 == 0 else 'non'},"
        f"0.{rng.randrange(1, 100):02d},\n"
    )


def write(path: Path, rows: int, seed: int = 7, repeat: int = 1) -> None:
    rng = random.Random(seed)
    receivers = [siret(rng) for _ in range(20_000)]
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(COLUMNS + "\n")
        for start in range(0, rows, BLOCK):
            block = "".join(row(rng, n, receivers) for n in range(start, min(start + BLOCK, rows)))
            for _ in range(repeat):
                out.write(block)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--repeat", type=int, default=1)
    given = parser.parse_args()
    write(given.out, given.rows, given.seed, given.repeat)
