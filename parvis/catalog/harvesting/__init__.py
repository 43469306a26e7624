"""Catalogues that exist elsewhere, read again and again. See docs/harvesting.md."""
