"""The page where moderators change the rules."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from parvis.accounts.public import signed_in
from parvis.moderation import permissions, rules
from parvis.moderation.forms import RuleForm


@never_cache
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """One form a rule; the button says which one is sent."""
    permissions.check_moderates(request.user)
    sent = request.POST.get("regle", "")
    forms = [
        RuleForm(request.POST if rule.kind == sent else None, instance=rule, prefix=rule.kind, auto_id="%s")
        for rule in rules.all_rules()
    ]
    wrong = next((form for form in forms if form.is_bound), None)
    if wrong and wrong.is_valid():
        rule = rules.change(wrong.save(commit=False), by=signed_in(request))
        messages.success(request, _("La règle « %(rule)s » est enregistrée. Elle vaut dès maintenant.") % {"rule": rule})
        return redirect("moderation:rules")
    return render(request, "moderation/rules.html", {"forms": forms, "form": wrong}, status=422 if wrong else 200)
