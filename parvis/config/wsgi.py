"""The WSGI entry point; granian serves it (`parvis serve`)."""

import os
from threading import Timer

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.config.settings")
application = get_wsgi_application()


def warm() -> None:
    """Build what the first person would wait for, once the process has had the time to answer."""
    from django.db import connection

    from parvis.shared.search import everywhere, keeper
    from parvis.territories import search

    try:
        search.index()
        for kind in everywhere.searchable():
            keeper.catch_up(kind)
    finally:
        connection.close()


_warming = Timer(2.0, warm)
_warming.daemon = True
_warming.start()
