from typing import Any

app_name = "territories"
urlpatterns: list[Any] = []
