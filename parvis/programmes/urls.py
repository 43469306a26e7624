"""Addresses of the room, one noun a file. Where the room is not open on this installation, each of them is a 404 (`opening.at`)."""

from parvis.programmes.opening import at
from parvis.programmes.views import charts, coding, editing, leading, preparing, reading

app_name = "programmes"
ROUND = "<slug:slug>/codage/<int:number>/"
urlpatterns = [
    at("", reading.index, "index"),
    at("ouvrir/", preparing.create, "create"),
    at("competences/", reading.powers, "powers"),
    at("calendrier/", reading.calendar, "calendar"),
    at("chercher/", reading.find_everywhere, "search_all"),
    at("mesures/<str:key>/", reading.measure, "measure"),
    at("mesures/<str:key>/repondre/", preparing.reply, "reply"),
    at("mesures/<str:key>/modifier/", editing.measure, "edit_measure"),
    at("mesures/<str:key>/reunir/", preparing.merge, "merge"),
    at("sources/<int:source_id>/", preparing.cut, "cut"),
    at("sources/<int:source_id>/document", reading.document, "document"),
    at("sources/<int:source_id>/relire/", preparing.read_again, "read_again"),
    at("<slug:slug>/", reading.election, "election"),
    at("<slug:slug>/comparer/", reading.comparison, "comparison"),
    at("<slug:slug>/barometre/", reading.barometer, "barometer"),
    at("<slug:slug>/barometre/part-numerique.<str:kind>", charts.chart, "chart"),
    at("<slug:slug>/barometre/integrer/", charts.embed, "embed"),
    at("<slug:slug>/chercher/", reading.find, "search"),
    at("<slug:slug>/methode/", reading.method, "method"),
    at("<slug:slug>/grille.json", reading.grid, "grid"),
    at("<slug:slug>/preparer/", preparing.prepare, "prepare"),
    at("<slug:slug>/modifier/", editing.election, "edit_election"),
    at("<slug:slug>/etat/", preparing.move, "move"),
    at("<slug:slug>/trace/", preparing.trail, "trail"),
    at("<slug:slug>/tours/", leading.new_round, "new_round"),
    at("<slug:slug>/listes/<slug:list_slug>/", reading.candidate_list, "list"),
    at("<slug:slug>/listes/<slug:list_slug>/documents/", preparing.list_sources, "sources"),
    at("<slug:slug>/listes/<slug:list_slug>/modifier/", editing.candidate_list, "edit_list"),
    at("<slug:slug>/listes/<slug:list_slug>/porte-parole/", editing.speak, "speak"),
    at("<slug:slug>/listes/<slug:list_slug>/porte-parole/retirer/", editing.no_longer_speak, "no_longer_speak"),
    at(ROUND, coding.round_page, "round"),
    at(f"{ROUND}inviter/", leading.invite, "invite"),
    at(f"{ROUND}etat/", leading.move_round, "move_round"),
    at(f"{ROUND}coder/<int:position>/", coding.code, "code"),
    at(f"{ROUND}accord/", coding.agreement, "agreement"),
    at(f"{ROUND}arbitrage/", coding.disputes, "disputes"),
    at(f"{ROUND}arbitrage/<int:point_id>/", coding.dispute, "dispute"),
    at(f"{ROUND}codages.csv", coding.export, "codings"),
    at(f"{ROUND}codages/", coding.bring, "bring"),
]
