"""The catalogue's API: reading is open, writing needs a token."""

from ninja import Router

from parvis.catalog.api.comparisons import router as comparisons
from parvis.catalog.api.read import router as read
from parvis.catalog.api.write import router as write

router = Router(tags=["Catalogue"])
router.add_router("", read)
router.add_router("", comparisons)
router.add_router("", write)
