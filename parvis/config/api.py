"""The API of the whole site: each room's router, mounted under one document. Errors are `application/problem+json`."""

from ninja import NinjaAPI

from parvis.catalog.api import router as catalog
from parvis.debates.api import router as debates
from parvis.debates.api_processes import router as debates_processes
from parvis.debates.api_results import router as debates_results
from parvis.discussions.api import router as discussions
from parvis.moderation.api import router as moderation
from parvis.programmes.api import router as programmes
from parvis.programmes.api_results import router as programmes_results
from parvis.shared.problems import install
from parvis.territories.api import router as territories

api = NinjaAPI(
    title="Parvis",
    version="1",
    description="Données, territoires et organisations d'une Région. Lecture libre ; écriture avec un jeton.",
    urls_namespace="api",
    docs_url=None,
)
install(api)
api.add_router("", territories)
api.add_router("", catalog)
api.add_router("", debates)
api.add_router("", debates_processes)
api.add_router("", debates_results)
api.add_router("", discussions)
api.add_router("", moderation)
api.add_router("", programmes)
api.add_router("", programmes_results)
