"""Every page, as a phone and as a large screen show it, light and dark: axe finds nothing, nothing overflows, nothing is blocked."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from parvis.catalog.columns import columns_of
from tests.browser.conftest import Visitor
from tests.browser.small_site import ADMINISTRATOR, EDITOR, SmallSite

AXE = Path(settings.NODE_MODULES) / "axe-core" / "axe.min.js"
RUN_AXE = """rules => axe.run({resultTypes: ["violations"], ...(rules.length ? {runOnly: rules} : {})}).then(found => found.violations.flatMap(
    rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(" ")} (${node.any.concat(node.all, node.none).map(one => one.message).join("; ")})`)))"""
# What the scheme changes; the rest is the same light and dark.
COLOURS = ["color-contrast", "link-in-text-block"]
OVERFLOW = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
    [...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth
    && !one.closest(".scroll")).map(one => one.tagName + "." + one.className).slice(0, 5).concat("overflows")"""

Address = Callable[[SmallSite], str]


def of(name: str, *arguments: str) -> Address:
    return lambda site: reverse(name, args=arguments)


def of_table(name: str, which: str = "valid", *more: object) -> Address:
    def address(site: SmallSite) -> str:
        version = getattr(site, which)
        return reverse(f"catalog:{name}", args=[version.resource.dataset.slug, version.resource_id, *more])

    return address


def of_deposit(state: str, name: str = "deposit") -> Address:
    return lambda site: reverse(f"catalog:{name}", args=[site.deposits[state].pk])


def filtered_on(label: str, site: SmallSite) -> str:
    name = next(column.name for column in columns_of(site.valid) if column.label == label)
    return f"?c={name}&o=contains&v=jardin"


PUBLIC: dict[str, Address] = {
    "home": lambda site: "/",
    "datasets": of("catalog:datasets"),
    "datasets-found": lambda site: "/donnees/?q=subventions",
    "datasets-none": lambda site: "/donnees/?q=zzzzzz",
    "dataset": lambda site: site.valid.resource.dataset.get_absolute_url(),
    "resource": of_table("resource"),
    "resource-filtered": lambda site: of_table("resource")(site) + filtered_on("objet", site),
    "resource-question-refused": lambda site: of_table("resource")(site) + "?c=nowhere&o=contient&v=jardin",
    "verdict": of_table("verdict", "invalid"),
    "verdict-valid": of_table("verdict"),
    "column": of_table("column", "valid", 9),
    "row": of_table("row", "valid", 3),
    "territory": of("territories:page", "commune", "46102"),
    "territories": of("territories:index"),
    "choose": lambda site: reverse("territories:choose") + "?q=figeac",
    "choose-none": lambda site: reverse("territories:choose") + "?q=zzzzzz",
    "organisations": of("organisations:index"),
    "organisation": lambda site: site.organisation.get_absolute_url(),
    "login": of("account_login"),
    "login-code": of("account_request_login_code"),
    "signup": of("account_signup"),
    "password-reset": of("account_reset_password"),
    "text-page": lambda site: "/accessibilite/",
    "missing": lambda site: "/nulle-part/",
    "outbox": of("accounts:outbox"),
}
PRIVATE: dict[str, tuple[str, Address]] = {
    "account": (EDITOR, of("accounts:me")),
    "desk": (EDITOR, of("home:desk")),
    "publish": (EDITOR, of("catalog:publish")),
    "deposit-working": (EDITOR, of_deposit("working")),
    "deposit-ready": (EDITOR, of_deposit("ready")),
    "deposit-failed": (EDITOR, of_deposit("failed")),
    "deposit-describe": (EDITOR, of_deposit("ready", "deposit_describe")),
    "deposit-publish": (EDITOR, of_deposit("ready", "deposit_publish")),
    "deposit-abandon": (EDITOR, of_deposit("ready", "deposit_abandon")),
    "manage": (ADMINISTRATOR, lambda site: reverse("catalog:manage", args=[site.valid.resource.dataset.slug])),
    "withdraw": (
        ADMINISTRATOR,
        lambda site: reverse("catalog:manage_withdraw", args=[site.valid.resource.dataset.slug, site.valid.pk]),
    ),
    "team": (ADMINISTRATOR, lambda site: reverse("organisations:team", args=[site.organisation.slug])),
}
STATUS = {"missing": 404, "resource-question-refused": 400}


@pytest.mark.parametrize("name", [*PUBLIC, *PRIVATE])
def test_page(name: str, visitor: Callable[..., Visitor], site: SmallSite) -> None:
    somebody = visitor(width=360)
    if name in PUBLIC:
        address = PUBLIC[name]
    else:
        email, address = PRIVATE[name]
        somebody.be(email)
    somebody.context.add_init_script(path=AXE)
    answer = somebody.go(address(site))
    assert answer.status == STATUS.get(name, 200)
    if name in STATUS:
        somebody.complaints = [said for said in somebody.complaints if "Failed to load resource" not in said]
    check(somebody)


@pytest.mark.parametrize(
    ("name", "button"),
    [
        ("publish", "Déposer et lire le fichier"),
        ("deposit-describe", "Enregistrer et continuer"),
        ("withdraw", "Effacer cette version"),
        ("login", "Se connecter"),
    ],
)
def test_form_with_errors(name: str, button: str, visitor: Callable[..., Visitor], site: SmallSite) -> None:
    somebody = visitor(width=360)
    if name == "login":
        somebody.go(PUBLIC[name](site))
    else:
        email, address = PRIVATE[name]
        somebody.be(email)
        somebody.go(address(site))
    page = somebody.page
    for box in page.locator("main input[type=text], main textarea").all():
        box.fill("")
    page.get_by_role("button", name=button, exact=True).first.click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.click()
    field = page.locator(page.evaluate("location.hash"))
    assert field.evaluate("one => getComputedStyle(one).visibility") == "visible"
    expect(field).to_have_attribute("aria-invalid", "true")
    somebody.complaints = [said for said in somebody.complaints if "Failed to load resource" not in said]  # 422, repeated
    page.evaluate(AXE.read_text())
    check(somebody)


def check(somebody: Visitor) -> None:
    wrong = faults(somebody.page, somebody.complaints)
    assert not wrong, "\n".join(wrong)
    assert not somebody.elsewhere


def faults(page: Page, complaints: list[str]) -> list[str]:
    """One load, four looks: nothing on these pages depends on the size or the scheme at load time."""
    wrong = [*complaints, *page.evaluate(OVERFLOW)]
    for scheme, rules in (("light", []), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme)
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            wrong += [f"{width} {scheme} {found}" for found in page.evaluate(RUN_AXE, rules)]
    return wrong


def test_faults_would_be_found(visitor: Callable[..., Visitor]) -> None:
    """The checks above are awake: an image without words, a box too wide, a faint word in the dark, a forbidden style."""
    somebody = visitor(width=360)
    somebody.context.add_init_script(path=AXE)
    somebody.go("/accessibilite/")
    somebody.page.evaluate("""() => {
        const add = (name, attributes) => Object.assign(document.querySelector("main").appendChild(document.createElement(name)), attributes);
        add("img", {src: "/static/parvis/mark.svg"});
        add("div", {className: "wide", textContent: "wide"}).style.width = "900px";
        add("p", {textContent: "faint"}).style.color = "#222";
        add("p").setAttribute("style", "color: red");
    }""")
    found = "\n".join(faults(somebody.page, somebody.complaints))
    assert "360 light image-alt" in found
    assert "1280 dark color-contrast" in found
    assert "DIV.wide" in found
    assert "Content Security Policy directive 'style-src" in found


@pytest.mark.parametrize("name", ["home", "dataset", "publish"])
def test_first_view_is_light(name: str, visitor: Callable[..., Visitor], site: SmallSite) -> None:
    """Static files count as WhiteNoise sends them: compressed where they are text."""
    somebody = visitor()
    if name in PRIVATE:
        somebody.be(PRIVATE[name][0])
    answers = []
    somebody.page.on("response", lambda answer: answers.append(answer))
    somebody.go(PUBLIC[name](site) if name in PUBLIC else PRIVATE[name][1](site))
    somebody.page.wait_for_load_state("networkidle")
    weight = 0
    for answer in answers:
        body = answer.body()
        text = not answer.url.endswith(".woff2") and answer.request.resource_type != "image"
        weight += len(gzip.compress(body)) if text else len(body)
    assert len(answers) <= 15
    assert weight <= 150 * 1024, [answer.url for answer in answers]
