"""What other rooms may meet of the debates."""

from __future__ import annotations

from parvis.debates import statement_kind
from parvis.shared.kinds import register

register(statement_kind.kind())
