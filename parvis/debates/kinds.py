"""What other rooms may meet of the debates."""

from __future__ import annotations

from parvis.debates import opinion_map_kind, process_kind, statement_kind
from parvis.shared.kinds import register

register(process_kind.kind())
register(statement_kind.kind())
register(opinion_map_kind.kind())
