"""Words that stand where a dataset's slug stands in an address: no dataset takes one."""

RESERVED = frozenset(
    {"carte", "catalogue", "comparaisons", "depots", "exports", "graphiques", "obligations", "publier", "qualite", "questions"}
    | {"recherche", "recherches-sans-resultat", "schemas"}
)
