"""Catalogues as DCAT: the same records written for others and read from others."""
