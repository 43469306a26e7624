"""Addresses of taking part: statements and votes, and one's own participation."""

from django.urls import path

from parvis.debates.views import entering, mine, opinions, reviewing, statements, suggesting

urlpatterns = [
    path("<slug:slug>/opinions/", opinions.opinions, name="opinions"),
    path("<slug:slug>/opinions/repondre/", opinions.vote, name="vote"),
    path("<slug:slug>/affirmations/", statements.index, name="statements"),
    path("<slug:slug>/affirmations/proposer/", suggesting.suggest, name="suggest"),
    path("<slug:slug>/affirmations/relire/", reviewing.queue, name="review"),
    path("<slug:slug>/affirmations/ecrire/", reviewing.write, name="write"),
    path("<slug:slug>/affirmations/<int:number>/corriger/", suggesting.reword, name="reword"),
    path("<slug:slug>/affirmations/<int:number>/decider/", reviewing.decide, name="decide"),
    path("<slug:slug>/saisie/", entering.enter, name="enter"),
    path("<slug:slug>/feuille/", entering.paper, name="paper"),
    path("<slug:slug>/affirmations/<int:number>/", statements.page, name="statement"),
    path("<slug:slug>/ma-participation/", mine.page, name="mine"),
    path("<slug:slug>/ma-participation/copie.json", mine.export, name="mine_export"),
    path("<slug:slug>/ma-participation/commune/", mine.commune, name="commune"),
    path("<slug:slug>/ma-participation/commune/choisir/", mine.choose_commune, name="choose_commune"),
    path("<slug:slug>/ma-participation/e-mail/", mine.email, name="email"),
    path("<slug:slug>/ma-participation/lien/<str:token>/", mine.link, name="link"),
    path("<slug:slug>/ma-participation/lien/<str:token>/confirmer/", mine.confirm, name="confirm"),
    path("<slug:slug>/ma-participation/affirmations/<int:number>/contester/", mine.contest, name="contest"),
    path("<slug:slug>/ma-participation/quitter/", mine.leave, name="leave"),
    path("<slug:slug>/ma-participation/effacer/", mine.erase, name="erase"),
]
