"""Messages about a thing of another room, the words that they had before, and who found them useful."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def new_id() -> str:
    """Twelve characters that nobody guesses and that nobody takes for one another."""
    return "".join(secrets.choice(ALPHABET) for _letter in range(12))


class Message(models.Model):
    """A message at the head of a thread (`parent` null), or an answer to one: threads are two levels deep.

    `published` null: it waits to be read by a moderator. `voice`: the publisher in whose name it is written, "" for a person's own.
    `standing`: what everybody goes on reading while a correction waits to be read (`text` is then the correction)."""

    class KindOf(models.TextChoices):
        COMMENT = "comment", _("une remarque, un témoignage, une proposition")
        QUESTION = "question", _("une question à qui publie")

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    subject = models.CharField(max_length=240)  # a reference (`process:velo`): what is discussed
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="replies")
    kind = models.CharField(_("nature"), max_length=8, choices=KindOf.choices, default=KindOf.COMMENT)
    text = models.TextField(_("message"), max_length=4000)
    quoted = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    references = models.JSONField(_("sources"), default=list, blank=True)  # cited things of the site, with their version
    standing = models.JSONField(null=True, blank=True, editable=False)  # {"text", "references"}
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="messages")
    signature = models.CharField(_("nom affiché"), max_length=120)
    voice = models.CharField(max_length=255, blank=True)
    answer = models.OneToOneField("self", models.SET_NULL, null=True, blank=True, related_name="answers")
    useful = models.PositiveIntegerField(default=0)
    form_key = models.CharField(max_length=32, null=True, blank=True, editable=False)  # a form sent twice
    created = models.DateTimeField(default=timezone.now, editable=False)
    published = models.DateTimeField(null=True, blank=True)
    edited = models.DateTimeField(null=True, blank=True)
    withdrawn = models.DateTimeField(null=True, blank=True)
    hidden = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.CharField(max_length=2100, blank=True)
    invented = models.BooleanField(_("inventé pour la démonstration"), default=False)
    modified = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar = ["created", "id"]
        indexes: ClassVar = [
            models.Index(fields=["subject", "parent", "-useful", "-created"]),
            models.Index(fields=["parent", "created"]),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["author", "form_key"], name="one_message_a_form"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="a_message_does_not_answer_itself"),
            models.CheckConstraint(condition=Q(kind="comment") | Q(parent=None), name="a_question_heads_a_thread"),
            models.CheckConstraint(condition=Q(answer=None) | Q(kind="question"), name="only_a_question_has_an_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.signature} : {self.text[:60]}"

    def get_absolute_url(self) -> str:
        if self.parent_id:
            return f"{reverse('discussions:thread', args=[self.parent_id])}?message_id={self.pk}#m-{self.pk}"
        return reverse("discussions:thread", args=[self.pk])

    @property
    def reference(self) -> str:
        return f"message:{self.pk}"

    @property
    def head_id(self) -> str:
        """Of the message that heads its thread."""
        return self.parent_id or self.pk

    @property
    def is_question(self) -> bool:
        return self.kind == self.KindOf.QUESTION

    @property
    def words(self) -> str:
        """What everybody reads of it, once published."""
        return str(self.standing["text"]) if self.standing else self.text

    @property
    def sources(self) -> list[Any]:
        """What these words cite."""
        return list(self.standing["references"]) if self.standing else self.references

    @property
    def is_readable(self) -> bool:
        """Whether everybody reads its words."""
        return self.published is not None and self.hidden is None and self.withdrawn is None


class Revision(models.Model):
    """Words that a message had, and until when: correcting changes nothing in secret."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="revisions")
    text = models.TextField(max_length=4000)
    references = models.JSONField(default=list, blank=True)
    until = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("version d'un message")
        verbose_name_plural = _("versions de messages")
        ordering: ClassVar = ["-until", "-pk"]

    def __str__(self) -> str:
        return f"{self.message_id} · {self.until:%Y-%m-%d %H:%M}"


class Useful(models.Model):
    """Somebody found a message useful: once, whatever they press."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="marks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("message jugé utile")
        verbose_name_plural = _("messages jugés utiles")
        constraints: ClassVar = [models.UniqueConstraint(fields=["message", "user"], name="one_useful_mark_a_person")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.message_id}"
