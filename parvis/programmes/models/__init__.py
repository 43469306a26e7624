"""What the room `programmes` keeps."""

from parvis.programmes.models.coding import Adjudication, Coding, CodingRound, Evaluator, Grid, Outcome, Task
from parvis.programmes.models.elections import CandidateList, Election, Spokesperson, Trace
from parvis.programmes.models.measures import ListReply, Measure
from parvis.programmes.models.texts import Extraction, Passage, Source

__all__ = [
    "Adjudication",
    "CandidateList",
    "Coding",
    "CodingRound",
    "Election",
    "Evaluator",
    "Extraction",
    "Grid",
    "ListReply",
    "Measure",
    "Outcome",
    "Passage",
    "Source",
    "Spokesperson",
    "Task",
    "Trace",
]
