"""Records that anything may have written: hostile titles, no publisher, huge descriptions, addresses that are none."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from parvis.catalog.core.dcat import vocabularies
from parvis.catalog.core.dcat.records import Agent, Catalogue, Dataset, Distribution, Place, Service, Standard

HOSTILE = [
    "", " ", "\x00", "\x0b\x1f", "</script><script>alert(1)</script>", '"""', "\\", "\\u0000", "'; DROP TABLE--", "<b>gras</b>", "a < b > c",
    "]]>", "&amp; &lt; &#0;", "\ufffe\uffff", "é" * 3, "🚲 vélo", "\u202egauche", "x" * 5_000, "@fr", "^^xsd:date", "# fin", ". <a> <b> <c>",
    "\r\n\tligne", "\ud800",
]  # fmt: skip
ADDRESSES = [
    "https://exemple.fr/a", "https://exemple.fr/a b", "https://exemple.fr/<x>", 'https://exemple.fr/"', "http://exemple.fr/é?q=1#f", "exemple.fr",
    "javascript:alert(1)", "https://", "http://[::1", "https://exemple.fr/%zz", "", "urn:x:y", "https://exemple.fr/{id}", "mailto:a@b.fr", "\\\\x",
]  # fmt: skip
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))

text = st.sampled_from(HOSTILE) | st.text(max_size=40)
address = st.sampled_from(ADDRESSES) | st.text(max_size=15).map(lambda found: f"https://exemple.fr/{found}")
moment = st.none() | MOMENTS
agent = st.builds(Agent, iri=address, name=text, email=text, page=address, identifier=text)
place = st.builds(Place, iri=address, label=text)
standard = st.builds(Standard, iri=address, title=text, version=text)
several_places, several_standards = st.lists(place, max_size=2).map(tuple), st.lists(standard, max_size=2).map(tuple)
distribution = st.builds(
    Distribution,
    identifier=text,
    iri=address,
    title=text,
    description=text,
    access_url=address,
    download_url=address,
    format=st.sampled_from([*vocabularies.FORMATS, "zzz", ""]) | text,
    media_type=st.sampled_from(["text/csv", "", "pas un type", "text/csv; charset=utf-8"]),
    size=st.none() | st.integers(-5, 10**20),
    checksum_algorithm=st.sampled_from([*vocabularies.CHECKSUMS, "", "crc"]),
    checksum=st.sampled_from(["", "abc", "ab" * 16, "ZZ", "ab" * 32]),
    licence=text | address,
    issued=moment,
    modified=moment,
    conforms_to=several_standards,
)
dataset = st.builds(
    Dataset,
    identifier=text,
    iri=address,
    title=text,
    description=text,
    keywords=st.lists(text, max_size=3).map(tuple),
    themes=st.lists(text | address | st.sampled_from([vocabularies.authority("data-theme", "TRAN")]), max_size=3).map(tuple),
    publisher=st.none() | agent,
    contact=st.none() | agent,
    licence=text | address,
    frequency=st.sampled_from([*vocabularies.FREQUENCIES, "", "parfois"]),
    issued=moment,
    modified=moment,
    spatial=several_places,
    landing_page=address,
    conforms_to=several_standards,
    distributions=st.lists(distribution, max_size=3).map(tuple),
    language=st.sampled_from(["fr", "en", "", "xx", "pas une langue"]),
    hvd_categories=st.lists(st.sampled_from(list(vocabularies.HVD_LABELS)) | address, max_size=2).map(tuple),
    applicable_legislation=st.lists(st.just(vocabularies.HVD_LEGISLATION) | address, max_size=2).map(tuple),
    access_rights=st.sampled_from(["", "PUBLIC", vocabularies.authority("access-right", "PUBLIC"), "secret"]),
    version=text,
)
service = st.builds(Service, iri=address, title=text, endpoint_url=address, endpoint_description=address, description=text)
catalogue = st.builds(
    Catalogue,
    iri=st.just("https://exemple.fr/catalogue"),
    title=text,
    description=text,
    publisher=agent,
    homepage=address,
    language=st.sampled_from(["fr", "zz"]),
    licence=text | address,
    issued=moment,
    modified=moment,
    spatial=several_places,
    service=st.none() | service,
)
