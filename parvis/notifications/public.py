"""What other rooms may ask of notifications."""

from parvis.notifications.actions import FollowError, follow, follow_too, retract, tell, unfollow
from parvis.notifications.digests import tick
from parvis.notifications.queries import followed, followers, follows

__all__ = ["FollowError", "follow", "follow_too", "followed", "followers", "follows", "retract", "tell", "tick", "unfollow"]
