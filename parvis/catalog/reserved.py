"""Words that stand where a dataset's slug stands in an address: no dataset takes one."""

RESERVED = frozenset(
    {
        "carte",
        "catalogue",
        "comparaisons",
        "demandes",
        "depots",
        "exports",
        "graphiques",
        "id",
        "moissonnage",
        "obligations",
        "publier",
        "qualite",
        "questions",
    }
    | {"campagnes", "consolidations", "politique", "recherche", "reutilisations", "recherches-sans-resultat", "schemas"}
)
