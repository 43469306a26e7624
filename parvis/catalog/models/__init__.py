"""What the catalogue keeps: one noun a file."""

from parvis.catalog.models.campaigns import Campaign, CampaignMessage, MailRefusal
from parvis.catalog.models.charts import Chart, Embedding
from parvis.catalog.models.comparisons import Comparison
from parvis.catalog.models.consolidations import Consolidation, ConsolidationBuild, ConsolidationPart
from parvis.catalog.models.datasets import Dataset, Frequency, HighValue, Licence, Resource, Version, new_id
from parvis.catalog.models.deposits import Deposit
from parvis.catalog.models.exports import Export
from parvis.catalog.models.harvests import (
    HarvestedDataset,
    HarvestHost,
    HarvestPage,
    HarvestPublisher,
    HarvestRecord,
    HarvestRun,
    HarvestSource,
    LinkCheck,
)
from parvis.catalog.models.obligations import (
    ObligationCondition,
    ObligationProgress,
    ObligationRule,
    ObligationSnapshot,
    ObligationStatement,
)
from parvis.catalog.models.policy import OpenDataPolicy
from parvis.catalog.models.queries import Query, QueryAnswer
from parvis.catalog.models.requests import DataRequest, DataRequestAnswer, DataRequestStep, DataRequestSupport
from parvis.catalog.models.reuses import Reuse
from parvis.catalog.models.searches import MissedSearch

__all__ = [
    "Campaign",
    "CampaignMessage",
    "Chart",
    "Comparison",
    "Consolidation",
    "ConsolidationBuild",
    "ConsolidationPart",
    "DataRequest",
    "DataRequestAnswer",
    "DataRequestStep",
    "DataRequestSupport",
    "Dataset",
    "Deposit",
    "Embedding",
    "Export",
    "Frequency",
    "HarvestHost",
    "HarvestPage",
    "HarvestPublisher",
    "HarvestRecord",
    "HarvestRun",
    "HarvestSource",
    "HarvestedDataset",
    "HighValue",
    "Licence",
    "LinkCheck",
    "MailRefusal",
    "MissedSearch",
    "ObligationCondition",
    "ObligationProgress",
    "ObligationRule",
    "ObligationSnapshot",
    "ObligationStatement",
    "OpenDataPolicy",
    "Query",
    "QueryAnswer",
    "Resource",
    "Reuse",
    "Version",
    "new_id",
]
