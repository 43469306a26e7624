"""What must be decided, what was decided, and the rules that look at what people write."""

from parvis.moderation.models.cases import (
    REASONS,
    REPORTED,
    Appeal,
    Case,
    Decision,
    KeptReason,
    Reason,
    Report,
    Verdict,
)
from parvis.moderation.models.rules import DEFAULTS, Hit, Rule, Sent

__all__ = [
    "DEFAULTS",
    "REASONS",
    "REPORTED",
    "Appeal",
    "Case",
    "Decision",
    "Hit",
    "KeptReason",
    "Reason",
    "Report",
    "Rule",
    "Sent",
    "Verdict",
]
