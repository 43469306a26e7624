"""The demonstration: Occitanie. True where it can be (territories, official files), labelled where it is invented."""

from parvis.home.demonstration.loading import load

__all__ = ["load"]
