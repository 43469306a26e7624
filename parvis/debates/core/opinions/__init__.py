"""Opinion maps: who agrees with whom, on what, and what all agree on.

The method is Polis's (compdemocracy/polis, `math/src/polismath/math`), written again on arrays: see CONFORMANCE in docs/opinions.md.

    votes = reading.read(path)            # Votes: persons × statements, agree +1, pass 0, disagree −1
    drawn = mapping.draw(votes, seed=1)   # OpinionMap: components, positions, groups, what defines each, consensus
"""
