from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "parvis.notifications"
    label = "notifications"

    def ready(self) -> None:
        from parvis.notifications import personal  # noqa: F401 -- registers what this room keeps about people
        from parvis.notifications.templatetags.notifications import drawn
        from parvis.shared import corners

        corners.register("follow", drawn)
