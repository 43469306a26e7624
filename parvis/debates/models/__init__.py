"""What the room `debates` keeps."""

from parvis.debates.models.maps import OpinionMap
from parvis.debates.models.networks import EmailLink, NetworkCount, OtherBrowser
from parvis.debates.models.opinions import Statement, Vote
from parvis.debates.models.participants import Participant
from parvis.debates.models.processes import Notice, Phase, Process, Teammate

__all__ = [
    "EmailLink",
    "NetworkCount",
    "Notice",
    "OpinionMap",
    "Participant",
    "Phase",
    "Process",
    "Statement",
    "Teammate",
    "Vote",
]
