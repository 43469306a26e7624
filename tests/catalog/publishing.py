"""Makes small published datasets through the real detection, profile and conversion, without the deposit's job."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils import timezone

from parvis.accounts.models import User
from parvis.catalog import storage
from parvis.catalog.core.tables import convert, detection, profile
from parvis.catalog.models import Dataset, Resource, Version
from parvis.catalog.search import refresh
from parvis.organisations.models import Membership, Organisation, Role

TOWNS = "Code commune;Commune;Habitants;Relevé le;Rurale\n" + "".join(
    f"46{number:03d};{name};{people};{day:02d}/03/2024;{rural}\n"
    for number, (name, people, day, rural) in enumerate(
        [
            ("Figeac", "9793", 1, "non"), ("Cahors", "20050", 2, "non"), ("Éclaux", "310", 3, "oui"), ("Œuilly", "", 4, "oui"),
            ("Saint-Céré", "3500", 5, "non"), ("Gourdon", "4100", 6, "non"), ("Martel", "1600", 7, "oui"), ("Puy-l'Évêque", "1900", 8, "oui"),
        ],
        start=1,
    )
)  # fmt: skip


def organisation(name: str = "Commune de Figeac", **fields: Any) -> Organisation:
    slug = fields.pop("slug", name.lower().replace(" ", "-"))
    return Organisation.objects.get_or_create(slug=slug, defaults={"name": name, "nature": "association"} | fields)[0]


def member(of: Organisation, role: Role = Role.AGENT) -> User:
    user = User.objects.create_user(f"{role}@{of.slug}.example", "un mot de passe long")
    Membership.objects.create(user=user, organisation=of, role=role)
    return user


def dataset(title: str = "Communes du Lot", *, draft: bool = False, **fields: Any) -> Dataset:
    publisher = fields.pop("organisation", None) or organisation()
    slug = fields.pop("slug", "communes-du-lot")
    published = None if draft else timezone.now()
    made = Dataset.objects.create(title=title, slug=slug, organisation=publisher, published=published, **fields)
    refresh(made)
    return made


def version(resource: Resource, text: str = TOWNS, name: str = "communes.csv", **fields: Any) -> Version:
    content = text.encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        reading = detection.detect(path)
        found = profile.profile(path, reading, Path(folder))
        digest = hashlib.sha256(content).hexdigest()
        out = storage.version_path(digest)
        if not out.exists():
            out.parent.mkdir(parents=True, exist_ok=True)
            convert.convert(path, reading, "parquet", out, Path(folder))
        stored = storage.keep_file(path)
    made = Version.objects.create(
        resource=resource, number=resource.versions.count() + 1, digest=digest, source_sha256=stored.sha256, source_name=name,
        source_bytes=stored.size, parquet_bytes=out.stat().st_size, rows=reading.rows,
        reading=json.loads(json.dumps(asdict(reading))), profile=json.loads(json.dumps(asdict(found))), **fields,
    )  # fmt: skip
    resource.current = made
    resource.save(update_fields=["current"])
    refresh(resource.dataset)
    return made


def published(text: str = TOWNS, **fields: Any) -> Version:
    """A dataset with one resource and one version; more versions with `version(found.resource, …)`."""
    resource = Resource.objects.create(dataset=dataset(**fields), title="Communes")
    return version(resource, text)


def withdraw(found: Version, reason: str = "Elle contenait des noms.") -> None:
    found.withdrawn, found.withdrawal_reason = timezone.now(), reason
    found.profile, found.verdict = {"rows": 0, "columns": [], "personal": []}, None
    found.save()
    storage.forget(sha256s=[found.source_sha256], digests=[found.digest])


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content
