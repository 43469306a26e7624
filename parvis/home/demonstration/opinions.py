"""Invented people who answer the Région's question: three hidden ways of thinking, too few people of rural communes, as happens."""

from __future__ import annotations

from parvis.debates import public as debates

PEOPLE = 412
CLASSES = {"centre": 0.58, "periphery": 0.29, "rural": 0.13}
# What it says; how likely those who want people first, those who want networks and tools, and those who want less of it are to agree.
OPINIONS = (
    ("Dans chaque commune, on doit pouvoir faire ses démarches avec une personne en face de soi.", 0.95, 0.62, 0.90),
    ("Aucune démarche ne devrait exister seulement sur internet.", 0.95, 0.10, 0.52),
    ("La fibre doit arriver partout avant que l'on ferme le réseau de cuivre.", 0.91, 0.95, 0.86),
    ("Il vaut mieux un bus des services qui passe chaque semaine qu'une maison fixe à trente kilomètres.", 0.93, 0.40, 0.45),
    ("Les secrétaires de mairie devraient être formées et payées pour aider aux démarches en ligne.", 0.96, 0.80, 0.12),
    ("La téléconsultation est une bonne réponse au manque de médecins à la campagne.", 0.12, 0.90, 0.42),
    ("Les données des services publics doivent être hébergées en Occitanie, même si cela coûte plus cher.", 0.14, 0.12, 0.95),
    ("Un service en ligne doit marcher sur un vieux téléphone et avec un petit forfait.", 0.92, 0.90, 0.94),
    ("La Région devrait payer une antenne 4G là où les opérateurs ne viennent pas.", 0.90, 0.94, 0.05),
    ("Il faut un seul compte pour tous les services, de la mairie à la Région.", 0.14, 0.93, 0.38),
    ("Des lieux de travail partagés feraient revenir des jeunes dans les villages.", 0.90, 0.88, 0.06),
    ("L'argent du numérique serait mieux employé à garder les guichets et les gares ouverts.", 0.84, 0.08, 0.55),
    ("Les conseillers numériques doivent être des emplois durables, pas des contrats de deux ans.", 0.94, 0.86, 0.20),
    ("Les aides agricoles devraient pouvoir se demander entièrement depuis un téléphone.", 0.12, 0.88, 0.42),
    ("Une intelligence artificielle peut répondre aux questions simples, si une personne reprend la main.", 0.10, 0.88, 0.40),
    ("Les communes doivent mettre leurs outils en commun au lieu d'acheter chacune le leur.", 0.93, 0.90, 0.12),
    ("Les antennes et les centres de données abîment les paysages : il en faut moins.", 0.05, 0.05, 0.94),
    ("Chacun doit pouvoir refuser le numérique sans perdre de droits ni payer davantage.", 0.88, 0.14, 0.60),
    ("La Région doit publier chaque année ce que coûtent ses services en ligne et qui s'en sert.", 0.86, 0.87, 0.90),
    ("Les transports à la demande doivent se réserver par téléphone autant que par application.", 0.93, 0.80, 0.88),
)


def answer(slug: str) -> None:
    """People answer, and the first map is drawn; a process where somebody answered is left alone."""
    debates.invent_crowd(slug, OPINIONS, people=PEOPLE, classes=CLASSES)
