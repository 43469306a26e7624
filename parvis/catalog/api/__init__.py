"""The catalogue's API: reading is open, writing needs a token."""

from ninja import Router

from parvis.catalog.api.charts import router as charts
from parvis.catalog.api.comparisons import router as comparisons
from parvis.catalog.api.consolidations import router as consolidations
from parvis.catalog.api.harvests import router as harvests
from parvis.catalog.api.obligations import router as obligations
from parvis.catalog.api.policy import router as policy
from parvis.catalog.api.questions import router as questions
from parvis.catalog.api.read import router as read
from parvis.catalog.api.requests import router as requests
from parvis.catalog.api.reuses import router as reuses
from parvis.catalog.api.rows import router as rows
from parvis.catalog.api.write import router as write

router = Router(tags=["Catalogue"])
router.add_router("", read)
router.add_router("", rows)
router.add_router("", questions)
router.add_router("", charts)
router.add_router("", comparisons)
router.add_router("", consolidations)
router.add_router("", harvests)
router.add_router("", obligations)
router.add_router("", policy)
router.add_router("", requests)
router.add_router("", reuses)
router.add_router("", write)
