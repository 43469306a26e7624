"""What other rooms may ask of discussions."""

from parvis.discussions.actions import DiscussionError, key_of, mark_answer, mark_useful, write
from parvis.discussions.models import Message
from parvis.discussions.queries import Facts, facts_of, unanswered

__all__ = ["DiscussionError", "Facts", "Message", "facts_of", "key_of", "mark_answer", "mark_useful", "unanswered", "write"]
