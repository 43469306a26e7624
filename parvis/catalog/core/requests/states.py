"""The states of a request, and what leads from one to another: a table, from which the diagram of the docs is drawn."""

from __future__ import annotations

from enum import StrEnum

from parvis.catalog.core.requests.clocks import Reply


class State(StrEnum):
    TO_CONFIRM = "to_confirm"  # written, waits for its author's e-mail
    TO_SEND = "to_send"  # public, not transmitted: no address is known, or the message has not left yet
    RECEIVED = "received"  # the month runs
    PROMISED = "promised"  # the authority gave a date
    ANSWERED = "answered"  # with a dataset
    REFUSED = "refused"  # with a reason
    SILENT = "silent"  # the month ended: a refusal
    PASSED = "passed"  # on to the authority that holds the data (CRPA L311-2): another request goes on there
    CLOSED = "closed"  # by its author


class Event(StrEnum):
    CONFIRM = "confirm"
    TRANSMIT = "transmit"
    GIVE = "give"  # a dataset
    PROMISE = "promise"  # a date
    REFUSE = "refuse"
    SILENCE = "silence"
    FORWARD = "forward"
    CLOSE = "close"


_REPLIES = {Event.GIVE: State.ANSWERED, Event.PROMISE: State.PROMISED, Event.REFUSE: State.REFUSED}
_MET = (State.RECEIVED, State.PROMISED, State.ANSWERED, State.REFUSED, State.SILENT)

TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.TO_CONFIRM, Event.CONFIRM): State.TO_SEND,
    (State.TO_SEND, Event.TRANSMIT): State.RECEIVED,
    (State.RECEIVED, Event.SILENCE): State.SILENT,
    (State.TO_SEND, Event.CLOSE): State.CLOSED,
    # An authority may answer as soon as it reads, late, and correct what it answered.
    **{(state, event): after for state in (State.TO_SEND, *_MET) for event, after in _REPLIES.items()},
    **{(state, Event.CLOSE): State.CLOSED for state in _MET},
    # Whoever gave data holds them. Late is better than never: after its month too.
    **{(state, Event.FORWARD): State.PASSED for state in (State.TO_SEND, *_MET) if state is not State.ANSWERED},
}

EVENT_OF = {Reply.DATASET: Event.GIVE, Reply.DATE: Event.PROMISE, Reply.REFUSAL: Event.REFUSE}
OPEN = (State.TO_SEND, State.RECEIVED, State.PROMISED, State.SILENT)
"""States where something is still awaited of the authority."""


class ImpossibleError(ValueError):
    """From this state, that cannot happen."""


def after(state: State, event: Event) -> State:
    """The next state. Raises ImpossibleError."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise ImpossibleError(f"{event} cannot happen to a request that is {state}") from None


def can(state: State, event: Event) -> bool:
    return (state, event) in TRANSITIONS
