"""The back office's own account page asks for a first and a last name, which we do not have."""

from __future__ import annotations

from wagtail.admin.views.account import NameEmailSettingsPanel

from parvis.accounts.forms import NameForm

NameEmailSettingsPanel.form_class = NameForm
