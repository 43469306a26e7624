from typing import Any

app_name = "catalog"
urlpatterns: list[Any] = []
