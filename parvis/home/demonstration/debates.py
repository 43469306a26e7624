"""Processes of the demonstration: a question of the Région under way, one that is over and a draft of a town. Invented, and labelled so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.utils import timezone

from parvis.accounts.models import User
from parvis.catalog import public as catalog
from parvis.debates import public as debates
from parvis.home.demonstration import accounts, fibre, opinions

Say = Callable[[str], None]
RURAL = "Quels services numériques pour les territoires ruraux ?"

PURPOSE = """Pourquoi cette question

La fibre arrive, des guichets ferment, des démarches passent sur internet. Dans les communes rurales, ce n'est ni toujours un progrès, ni toujours une perte. Nous voulons savoir ce que vivent les personnes qui y habitent, et ce qu'elles attendent.

Ce que nous ferons de vos réponses

Elles seront lues avant l'écriture du plan régional. Nous dirons, affirmation par affirmation, ce que nous retenons et pourquoi. Le budget total, lui, est déjà voté et ne changera pas.

Cette démarche est inventée pour la démonstration : aucune Région n'a posé cette question, personne n'y a répondu. Le graphique cité, lui, est fait de vraies données."""

INFORMATION = """Avant de répondre, un chiffre : la part des locaux que la fibre pouvait atteindre en 2018, dans les communes rurales et dans les autres. Le graphique est cité plus bas avec la version de ses données."""

MARKET = "Faut-il rendre la place du marché aux piétons le samedi ?"
MARKET_SEEDS = (
    ("Le samedi matin, la place du marché devrait être fermée aux voitures.", 0.9, 0.4, 0.2),
    ("Sans voitures, les commerces de la place perdraient des clients.", 0.2, 0.6, 0.9),
    ("Il manque des bancs à l'ombre autour du marché.", 0.9, 0.85, 0.8),
    ("Une navette gratuite depuis le parking de la gare suffirait.", 0.8, 0.5, 0.3),
    ("Les personnes âgées doivent pouvoir être déposées devant la place.", 0.8, 0.9, 0.95),
    ("Les livraisons devraient être finies avant huit heures.", 0.85, 0.7, 0.4),
    ("Le stationnement du samedi doit rester gratuit partout.", 0.3, 0.7, 0.9),
    ("On devrait essayer pendant un été avant de décider.", 0.9, 0.9, 0.6),
)
MARKET_PURPOSE = """Le marché du samedi attire du monde, et des voitures. Le conseil municipal décidera d'un essai pour l'été : vos réponses diront s'il vaut la peine, et à quelles conditions.

Cette démarche est inventée pour la démonstration : la commune n'a rien demandé de tel."""
MARKET_SYNTHESIS = """Presque tout le monde veut des bancs à l'ombre et une dépose pour les personnes âgées : ce sera fait, quel que soit le reste.

La fermeture aux voitures divise. Nous proposons donc un essai de huit samedis, puis un nouveau vote. Cette synthèse est inventée, comme la démarche."""
DRAFT = "Que devrait contenir la future médiathèque ?"


def publish(say: Say) -> None:
    rural(say)
    market(say)
    draft(say)


def clock(days: int, hour: int) -> datetime:
    """So many days from now, at an hour that a person would have chosen."""
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=days), time(hour)))


def rural(say: Say) -> None:
    """Information first, opinions under way, the discussion open."""
    region, officer = accounts.authority("region", accounts.REGION), User.objects.get(email="donnees@demo.invalid")
    say(f"  {RURAL}")
    chart = catalog.chart_of(region, titled=fibre.TITLE)
    slug = debates.invent_process(
        title=RURAL, summary="La Région prépare son plan pour les cinq ans à venir. Dites ce qui compte, là où vous vivez.",
        purpose=PURPOSE, organisation=region, territory=region.territory, by=officer, blueprint="question-ouverte",
        opens=clock(-21, 8), closes=clock(21, 20), sources=[chart.reference] if chart else [],
        texts={"information": INFORMATION}, seeds=[text for text, *_chances in opinions.OPINIONS],
    )  # fmt: skip
    opinions.answer(slug)


def market(say: Say) -> None:
    """Over, with its results and what the team says of them."""
    town, agent = accounts.authority("commune", accounts.COMMUNE), User.objects.get(email="agent@demo.invalid")
    say(f"  {MARKET}")
    slug = debates.invent_process(
        title=MARKET, summary="La commune envisage un essai, huit samedis d'été. Ce qu'en pensent les habitants.",
        purpose=MARKET_PURPOSE, organisation=town, territory=town.territory, by=agent, blueprint="recueil-d-avis",
        opens=clock(-70, 8), closes=clock(-42, 20), seeds=[text for text, *_chances in MARKET_SEEDS],
        synthesis=MARKET_SYNTHESIS,
    )  # fmt: skip
    where = town.territory.territory_class if town.territory else ""
    debates.invent_crowd(slug, MARKET_SEEDS, people=96, classes={where or "centre": 1.0})


def draft(say: Say) -> None:
    """Left half written, for who wants to try."""
    town, agent = accounts.authority("commune", accounts.COMMUNE), User.objects.get(email="agent@demo.invalid")
    say(f"  {DRAFT} (brouillon)")
    debates.invent_process(
        title=DRAFT, summary="La médiathèque ouvrira dans deux ans : il reste à choisir ce qu'on y fera.", purpose="",
        organisation=town, territory=town.territory, by=agent, blueprint="question-ouverte", opens=clock(7, 8),
        closes=clock(49, 20), seeds=["On devrait pouvoir y travailler jusqu'au soir."], published=False,
    )  # fmt: skip
