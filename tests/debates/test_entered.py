"""A part of a real conversation, entered through the web API, has the groups of its export (the whole: benchmarks/debates_api.py)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from django.test import Client

from benchmarks.debates_api import Site, compared, counts_hold, enter, open_process, part, take_out
from parvis.debates.core.opinions.reading import read, texts
from parvis.debates.models import Vote

pytestmark = pytest.mark.django_db


def test_the_map_of_what_was_entered_is_that_of_the_export(official_data: Path) -> None:
    folder = official_data / "opinions" / "vtaiwan.uberx"
    if not folder.is_dir():
        pytest.skip("the conversation is not here")
    votes = part(read(folder), np.arange(0, 1900, 32))
    process, token = open_process()
    enter(Site(Client(), token), votes, texts(folder))
    take_out(process, votes)
    same, sentence = compared(process, votes)
    assert same, sentence
    assert counts_hold(process)
    # A test that can fail: one answer changed, and it is not the same any more.
    vote = Vote.objects.filter(value=1).first()
    assert vote
    Vote.objects.filter(pk=vote.pk).update(value=-1)
    assert not compared(process, votes)[0]
