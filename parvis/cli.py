"""The `parvis` command. Each room brings its own commands; those that read files alone start neither Django nor a database.

Exit codes everywhere: 0 done (and valid), 1 done and the answer is no, 2 could not be done (one sentence on standard error).
"""

from __future__ import annotations

import importlib
import os
import sys
from importlib.metadata import version

FILE_ROOMS = {
    "tables": ("parvis.catalog.tables_cli", "read a file: inspect, validate, convert, query"),
    "opinions": ("parvis.debates.opinions_cli", "draw the map of a conversation, compare with Polis"),
    "dcat": ("parvis.catalog.dcat_cli", "catalogues in RDF: check, export"),
    "programmes": ("parvis.programmes.cli", "agreement between evaluators, distances to lists"),
    "schemas": ("parvis.catalog.schemas_cli", "the schemas known here: list, update"),
}
SITE_ROOMS = {
    "catalog": ("parvis.catalog.cli", "measure the search"),
    "harvest": ("parvis.catalog.harvest_cli", "the catalogues of others: add, preview, run, list"),
    "debates": ("parvis.debates.processes_cli", "a process to a file and back: export, import"),
    "territories": ("parvis.territories.cli", "load the official code and contours"),
    "site": ("parvis.home.cli", "setup, serve, worker, demo"),
}
STARTED = {"catalog", "debates", "harvest", "territories"}
"""Rooms whose commands find Django started; the others start it where they need it."""
STARTED_COMMANDS = {("dcat", "export"), ("programmes", "import")}
"""Commands that find Django started in a room whose others read files alone."""
SHORTCUTS = ("serve", "worker", "demo", "setup")


def usage() -> str:
    rooms = "\n".join(f"  {name:<12} {summary}" for name, (_module, summary) in (FILE_ROOMS | SITE_ROOMS).items())
    return (
        "Usage: parvis ROOM COMMAND [OPTIONS]\n\n"
        f"{rooms}\n  {'manage':<12} Django's own commands\n\n"
        "`parvis serve`, `parvis worker`, `parvis demo` and `parvis setup` are those of `site`.\n"
        "`parvis ROOM --help` says more; `parvis --version` says which one this is."
    )


def main(arguments: list[str] | None = None) -> int:
    words = sys.argv[1:] if arguments is None else arguments
    name = words[0] if words else "--help"
    if name in {"-h", "--help"}:
        print(usage())  # noqa: T201
        return 0
    if name == "--version":
        print(f"parvis {version('parvis')}")  # noqa: T201
        return 0
    if name == "manage":
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.config.settings")
        from django.core.management import execute_from_command_line

        execute_from_command_line(["parvis manage", *words[1:]])
        return 0
    if name in SHORTCUTS:
        words = ["site", *words]
        name = "site"
    if name not in FILE_ROOMS | SITE_ROOMS:
        print(f"parvis: there is no room named “{name}”.\n\n{usage()}", file=sys.stderr)  # noqa: T201
        return 2
    return enter(name, words[1:])


def enter(name: str, words: list[str]) -> int:
    if name in SITE_ROOMS:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.config.settings")
    if name in STARTED or (name, *words[:1]) in STARTED_COMMANDS:
        from parvis.config.startup import setup

        setup()
    module, _summary = (FILE_ROOMS | SITE_ROOMS)[name]
    importlib.import_module(module).app(words, prog_name=f"parvis {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
