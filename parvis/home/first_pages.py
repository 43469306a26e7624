"""First words of the pages that every site must have. They are meant to be edited; they say only what is true of any site."""

HOME = {
    "slug": "accueil",
    "title": "Accueil",
    "eyebrow": "La place publique de la Région",
    "heading": "Ce que nous savons, ce que nous décidons, ce que nous partageons.",
    "lead": "Lire les données de votre commune, les questionner, les citer : ici, chacun peut publier et chacun peut vérifier.",
}
TEXTS = [
    {
        "slug": "a-propos",
        "title": "À propos",
        "lead": "Parvis est la place publique numérique d'une Région. Elle appartient à tout le monde.",
        "body": (
            "<h2>À quoi sert ce site</h2><p>Chaque commune, chaque intercommunalité et chaque service y publie ses données, "
            "avec une aide pas à pas. Chaque habitant peut les trouver, les lire, les télécharger et vérifier d'où elles viennent.</p>"
            "<h2>Ce que nous nous imposons</h2><ul><li>Aucune ligne n'est retirée d'un fichier sans le dire.</li>"
            "<li>L'original est gardé tel qu'il a été reçu.</li><li>Aucun pisteur, aucune requête vers un autre site.</li>"
            "<li>Le site s'utilise sans JavaScript, au clavier et sur un petit écran.</li></ul>"
            "<h2>Un logiciel libre</h2><p>Parvis est publié sous licence AGPL 3.0 ou ultérieure : toute collectivité peut l'installer, "
            "l'étudier et l'améliorer.</p>"
        ),
    },
    {
        "slug": "accessibilite",
        "title": "Déclaration d'accessibilité",
        "lead": "État de conformité : non conforme.",
        "body": (
            "<p>Ce site n'est pas encore déclaré conforme au référentiel général d'amélioration de l'accessibilité (RGAA) : "
            "aucun audit n'a été enregistré à ce jour. Des contrôles automatiques sont faits à chaque changement ; ils ne remplacent pas un audit.</p>"
            "<h2>Signaler un obstacle</h2><p>Si quelque chose vous empêche d'utiliser ce site, écrivez à l'organisme qui le publie : "
            "une autre façon d'accéder au contenu vous sera proposée.</p>"
            "<h2>Voies de recours</h2><p>Si vous n'obtenez pas de réponse, vous pouvez saisir la Défenseure ou le Défenseur des droits, "
            "ou sa déléguée ou son délégué dans votre département.</p>"
        ),
    },
    {
        "slug": "donnees-personnelles",
        "title": "Données personnelles",
        "lead": "Le moins possible, et vous gardez la main.",
        "body": (
            "<h2>Sans compte</h2><p>Lire et télécharger ne demande rien. Si vous choisissez une commune, son nom est gardé dans un témoin "
            "(« cookie ») de votre navigateur, et nulle part ailleurs.</p>"
            "<h2>Avec un compte</h2><p>Nous gardons votre adresse électronique, le nom que vous choisissez d'afficher et ce que vous faites pour "
            "vos organisations. Vous pouvez tout télécharger et supprimer votre compte depuis la page « Mon compte ».</p>"
            "<h2>Vos droits</h2><p>Vous pouvez demander l'accès, la rectification ou l'effacement de vos données à l'organisme qui publie ce site, "
            "et saisir la CNIL en cas de désaccord.</p>"
        ),
    },
    {
        "slug": "mentions-legales",
        "title": "Mentions légales",
        "lead": "Qui publie ce site, qui l'héberge.",
        "body": (
            "<p>À compléter par l'organisme qui installe ce site : nom, adresse, directrice ou directeur de la publication, hébergeur "
            "(nom, adresse, téléphone).</p><h2>Réutiliser</h2><p>Chaque jeu de données porte sa licence, le plus souvent la Licence Ouverte 2.0 : "
            "vous pouvez le réutiliser en citant la source et la date de mise à jour.</p>"
        ),
    },
]
