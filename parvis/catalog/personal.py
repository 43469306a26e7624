"""What this room keeps about people as people: their requests of data, what they support, their reuses."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from parvis.accounts.models import User
from parvis.accounts.personal import Holding, register
from parvis.catalog.models import DataRequest, DataRequestSupport, Reuse


def export(user: User) -> dict[str, Any]:
    requests = DataRequest.objects.filter(author=user)
    return {
        "requests": list(
            requests.values(
                "id", "organisation__name", "title", "text", "period", "form", "signature", "given_name", "state", "created"
            )
        ),
        "supported_requests": list(DataRequestSupport.objects.filter(user=user).values("request", "created")),
        "reuses": list(Reuse.objects.filter(author=user).values("id", "title", "url", "description", "signature", "created")),
    }


register(
    Holding(
        name="catalog",
        export=export,
        remains=gettext_lazy("Vos demandes de données et vos réutilisations restent publiques, sans lien avec vous."),
    )
)
