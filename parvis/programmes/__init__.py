"""Programmes of candidates: read closely, coded, compared, matched."""
