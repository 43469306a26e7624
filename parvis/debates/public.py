"""What other rooms may ask of the debates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


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
