"""What other rooms may ask of moderation."""

from parvis.moderation.actions import ModerationError, decide, open_case, report
from parvis.moderation.models import Case
from parvis.moderation.permissions import moderates
from parvis.moderation.queries import waiting

__all__ = ["Case", "ModerationError", "decide", "moderates", "open_case", "report", "waiting"]
