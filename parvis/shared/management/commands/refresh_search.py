"""`parvis manage refresh_search`: bring the search indexes of this machine up to date. The worker does it by itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from parvis.shared.search import keeper


class Command(BaseCommand):
    help = "Bring the search indexes of this machine up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", default="", help="one kind only (dataset, organisation…)")
        parser.add_argument("--whole", action="store_true", help="build them again from nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        for name, count in keeper.refresh(whole=options["whole"], only=options["kind"]).items():
            self.stdout.write(f"{name:<16} {count}")
