"""What other rooms may ask of moderation."""

from parvis.moderation.actions import (
    ModerationError,
    appeal,
    appeal_as_author,
    decide,
    keep_screened,
    lock_case,
    open_case,
    report,
)
from parvis.moderation.models import REASONS, Case, Decision, Reason, Verdict
from parvis.moderation.permissions import moderates
from parvis.moderation.queries import Standing, decisions_on, seen_by_rules, waiting
from parvis.moderation.rules import Screened, Writer, forget, screen

__all__ = [
    "REASONS",
    "Case",
    "Decision",
    "ModerationError",
    "Reason",
    "Screened",
    "Standing",
    "Verdict",
    "Writer",
    "appeal",
    "appeal_as_author",
    "decide",
    "decisions_on",
    "forget",
    "keep_screened",
    "lock_case",
    "moderates",
    "open_case",
    "report",
    "screen",
    "seen_by_rules",
    "waiting",
]
