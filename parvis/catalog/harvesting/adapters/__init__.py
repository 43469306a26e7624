"""One adapter a family of portals. Each turns one document into a `Page` of neutral records (`core/dcat/records.py`), and is called
in the sandbox only: no Django, no network, no clock."""
