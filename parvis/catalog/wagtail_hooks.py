"""The catalogue in the back office, for those who run the platform."""

from __future__ import annotations

from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from parvis.catalog.models import ObligationRule
from parvis.catalog.obligations.back_office import EditOnly, RuleViewSet

register_permission_policy(ObligationRule, EditOnly(ObligationRule))
register_snippet(RuleViewSet)
