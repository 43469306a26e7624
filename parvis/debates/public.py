"""What other rooms may ask of the debates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def reap() -> int:
    """Ask for the maps and the publications that are due, and take up again what a dead worker left; tell what happened, and
    forget networks of what is over."""
    from parvis.debates import telling
    from parvis.debates.participation import networks
    from parvis.debates.results import computing, publishing, watching

    networks.tick()
    return watching.look() + computing.reap() + publishing.tick() + telling.tick()


def invent_crowd(
    slug: str, opinions: Sequence[tuple[str, float, float, float]], *, people: int, classes: Mapping[str, float]
) -> None:
    """For the demonstration: people who answer the invented process `slug`, and its first map. Once."""
    from parvis.debates import inventing
    from parvis.debates.models import Process
    from parvis.debates.results.map_page import good_map

    process = Process.objects.select_related("territory").get(slug=slug)
    inventing.crowd(process, opinions, people=people, classes=classes)
    if good_map(process) is None:
        inventing.draw(process)


def invent_process(**details: Any) -> str:
    """For the demonstration: an invented process, once; its address. See `inventing_processes`."""
    from parvis.debates import inventing_processes

    return inventing_processes.process(**details)


def open_near(near: Any = None, limit: int = 3) -> list[Any]:
    """Cards of processes where one can take part now, near ones first, for the home page."""
    from django.utils import timezone

    from parvis.debates import process_kind, processes

    found = processes.listed(processes.Asked(state="open"), timezone.now(), near)
    return [process_kind.card(one) for one in found[:limit]]


def process_called(title: str) -> str:
    """The reference of a published process of that title, or nothing."""
    from parvis.debates.models import Process

    found = Process.objects.filter(title=title, published__isnull=False).first()
    return found.reference if found else ""


def is_discussed(reference: str) -> bool:
    """Whether its phase of discussion is open."""
    from django.utils import timezone

    from parvis.debates.core.processes.rules import Moment
    from parvis.debates.models import Process

    found = Process.objects.filter(slug=reference.partition(":")[2]).first()
    return found is not None and Moment.DISCUSSION in found.moments(timezone.now())


def references_run_by(user: Any) -> list[str]:
    """Of the processes that this person runs."""
    from parvis.debates import processes

    return [f"process:{slug}" for slug in processes.prepared_by(user).filter(archived=None).values_list("slug", flat=True)]


def prepared_by(user: Any, limit: int = 20) -> list[Any]:
    """Cards of those that this person prepares or runs, drafts first, for their desk."""
    from django.db.models import F

    from parvis.debates import process_kind, processes

    mine = processes.lines(processes.prepared_by(user).filter(archived=None))
    return [process_kind.card(one) for one in mine.order_by(F("published").desc(nulls_first=True), "-pk")[:limit]]
