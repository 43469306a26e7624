"""The demonstration: Occitanie. True where it can be (territories, official files), labelled where it is invented."""
