"""What the room `debates` keeps."""

from parvis.debates.models.maps import OpinionMap
from parvis.debates.models.networks import EmailLink, NetworkCount, OtherBrowser
from parvis.debates.models.opinions import Statement, Vote
from parvis.debates.models.participants import Participant
from parvis.debates.models.processes import Notice, Phase, Process, Teammate
from parvis.debates.models.publications import Publication

__all__ = [
    "EmailLink",
    "NetworkCount",
    "Notice",
    "OpinionMap",
    "OtherBrowser",
    "Participant",
    "Phase",
    "Process",
    "Publication",
    "Statement",
    "Teammate",
    "Vote",
]
