"""The Vega-Lite of a chart. Fields have names of ours (`x`, `value`, `series`); what people wrote is only ever a value or a title."""

from __future__ import annotations

import textwrap
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from parvis.catalog.core.charts import french
from parvis.catalog.core.charts.fields import TIME
from parvis.catalog.core.charts.theme import DASHES, SIZES, SYMBOLS, THEMES, Theme, config
from parvis.catalog.core.charts.values import Mark, Values, place

REVISION: Final = 2
"""Raise it when the same values give another picture: it is part of the address of what is kept."""
STEP: Final = 24
LABELLED: Final = 24
Spec = dict[str, Any]


def specification(values: Values, *, scheme: str, size: str, title: str = "", note: str = "") -> Spec:
    """scheme: `light` or `dark`; size: a key of `SIZES`; title and note are drawn in the picture itself, for those who take it away."""
    theme = THEMES[scheme]
    drawn = {"bars": _bars, "lines": _lines, "points": _points, "distribution": _bars}[values.choice.shape](values, theme, size)
    width, height = SIZES[size]
    spec: Spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "config": config(theme, size),
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        **drawn,
    }
    if isinstance(spec["height"], dict):
        spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    if title:
        spec["title"] = {
            "text": textwrap.wrap(title, 68)[:4],
            "subtitle": textwrap.wrap(note, 105)[:3],
        }
    return _bare(spec) if size == "small" else spec


def marks_of(spec: Spec) -> int:
    """How many marks a specification asks for."""
    return len(spec["data"]["values"])


# ----- Bars -----


def _bars(values: Values, theme: Theme, size: str) -> Spec:
    if values.ordered and (values.bucket or values.x.kind == TIME) and not _grouped(values):
        return _columns(values, theme, size)
    labels = _labels(values)
    data = [
        {
            "x": label,
            "value": mark.value,
            "series": mark.series,
            "label": french.quantity(mark.value, values.unit),
            "end": max(0.0, mark.value),
        }
        for label, mark in zip(labels, values.marks, strict=True)
    ]
    order = list(dict.fromkeys(labels))
    encoding: Spec = {
        "y": {
            "field": "x",
            "type": "nominal",
            "sort": order,
            "axis": {"title": None, "labelLimit": SIZES[size][0] * 0.4, "ticks": False, "domain": False, "labelOverlap": False},
        },
        "x": {"field": "value", "type": "quantitative", "axis": _flat(_quantity_axis(values, size)), "stack": _stack(values)},
    }
    if values.colour:
        encoding["color"] = _colour(values, theme)
        encoding["color"]["legend"]["offset"] = 12
        if _grouped(values):
            encoding["yOffset"] = {"field": "series", "type": "nominal", "sort": list(values.series)}
        return {
            "data": {"values": data},
            "mark": {"type": "bar"},
            "encoding": encoding,
            "height": {"step": 14 if _grouped(values) else STEP, "for": "position" if not _grouped(values) else "offset"},
        }
    bar: Spec = {"mark": {"type": "bar", "cornerRadiusEnd": 2, "height": {"band": 0.72}}}
    layers = [bar]
    if len(data) <= LABELLED and size != "small":
        encoding["x"]["axis"] = None
        encoding["x"]["scale"] = {"domain": _room(values, size), "nice": False}
        layers.append(_ends(theme))
    spec: Spec = {"data": {"values": data}, "encoding": encoding, "layer": layers}
    if size != "small":
        spec["height"] = {"step": STEP if len(order) > 3 else 34}
    return spec


def _room(values: Values, size: str) -> list[float]:
    """From the shortest bar to the longest, and what the figure at its end takes."""
    letters = max((len(french.quantity(mark.value, values.unit)) for mark in values.marks), default=0)
    low, high = (bound((mark.value for mark in values.marks), default=0.0) for bound in (min, max))
    low, high = min(0.0, low), max(0.0, high)
    return [low, (high - low or 1.0) * (1 + letters * (0.05 if size == "narrow" else 0.02)) + low]


def _ends(theme: Theme) -> Spec:
    """The figure at the end of each bar; for a negative one, on the other side of zero, where no name stands."""
    return {
        "mark": {
            "type": "text",
            "color": theme.ink,
            "fontSize": 12.5,
            "align": "left",
            "dx": 5,
        },
        "encoding": {
            "x": {"field": "end", "type": "quantitative", "axis": None},
            "text": {"field": "label", "type": "nominal"},
        },
    }


def _columns(values: Values, theme: Theme, size: str) -> Spec:
    """Upright bars along an axis that has its own scale: time, or steps of a number. A step without rows stays a gap."""
    data: list[Spec] = []
    heights: dict[Any, float] = {}
    for mark in sorted(values.marks, key=lambda mark: values.series.index(mark.series) if values.colour else 0):
        low, high = _edges(mark, values)
        base = heights.get(low, 0.0)
        heights[low] = base + mark.value
        data.append({"x": low, "x2": high, "base": base, "value": base + mark.value, "series": mark.series})
    encoding: Spec = {
        "x": _position(values),
        "x2": {"field": "x2"},
        "y": {"field": "value", "type": "quantitative", "axis": _upright(_quantity_axis(values, size))},
        "y2": {"field": "base"},
    }
    if values.colour:
        encoding["color"] = _colour(values, theme)
    # A hairline of the paper's colour keeps neighbours apart without hiding anything.
    return {
        "data": {"values": data},
        "mark": {"type": "rect", "stroke": theme.paper, "strokeWidth": 1 if len(data) < 120 else 0.2},
        "encoding": encoding,
    }


def _edges(mark: Mark, values: Values) -> tuple[Any, Any]:
    value, bucket = mark.x, values.bucket
    if isinstance(value, date):
        start = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        return _milliseconds(start), _milliseconds(_after(start, bucket))
    if bucket and bucket not in {"year", "month"}:
        return value, value + float(bucket)
    return float(value) - 0.4, float(value) + 0.4


def _after(start: datetime, bucket: str) -> datetime:
    if bucket == "year":
        return start.replace(year=min(9999, start.year + 1))
    if bucket == "month":
        return start.replace(year=min(9999, start.year + start.month // 12), month=start.month % 12 + 1)
    return start + timedelta(days=1)


# ----- Lines and dots -----


def _lines(values: Values, theme: Theme, size: str) -> Spec:
    data = [{"x": _axis_value(mark.x), "value": mark.value, "series": mark.series} for mark in values.marks]
    heights = [mark.value for mark in values.marks]
    zero = bool(heights) and min(heights) >= 0 and min(heights) <= max(heights) / 2
    encoding: Spec = {
        "x": _position(values),
        "y": {
            "field": "value",
            "type": "quantitative",
            "scale": {"zero": zero, "nice": True},
            "axis": _upright(_quantity_axis(values, size)),
        },
    }
    if values.colour:
        encoding["color"] = _colour(values, theme)
        encoding["strokeDash"] = {
            "field": "series",
            "type": "nominal",
            "scale": {"domain": list(values.series), "range": [list(one) for one in DASHES[: len(values.series)]]},
            "legend": {"title": values.colour.label},
        }
    point = {"filled": True, "size": 42} if len(data) <= 60 * max(1, len(values.series)) and size != "small" else False
    return {"data": {"values": data}, "mark": {"type": "line", "strokeWidth": 2.5, "point": point}, "encoding": encoding}


def _points(values: Values, theme: Theme, size: str) -> Spec:
    data = [{"x": _axis_value(mark.x), "value": mark.value, "series": mark.series, "rows": mark.rows} for mark in values.marks]
    encoding: Spec = {
        "x": {**_position(values), "scale": {**_position(values).get("scale", {}), "zero": False}},
        "y": {
            "field": "value",
            "type": "quantitative",
            "scale": {"zero": False},
            "axis": _upright(_quantity_axis(values, size)),
        },
    }
    if values.colour:
        encoding["color"] = _colour(values, theme)
        encoding["shape"] = {
            "field": "series",
            "type": "nominal",
            "scale": {"domain": list(values.series), "range": list(SYMBOLS[: len(values.series)])},
            "legend": {"title": values.colour.label},
        }
    if any(mark.rows > 1 for mark in values.marks):
        encoding["size"] = {
            "field": "rows",
            "type": "quantitative",
            "scale": {"range": [12, 320] if size != "small" else [4, 80]},
            "legend": {"title": "Lignes", "tickCount": 3, "symbolFillColor": theme.soft, "symbolStrokeWidth": 0},
        }
    mark = {"type": "point", "filled": True, "opacity": 0.6}
    return {"data": {"values": data}, "mark": mark if "size" in encoding else {**mark, "size": 34}, "encoding": encoding}


# ----- What they share -----


def _position(values: Values) -> Spec:
    """The horizontal axis of what has an order of its own."""
    title = values.x.label
    if values.x.type in {"date", "datetime"}:
        axis: Spec = {"title": title, "grid": False}
        if values.bucket == "year":
            axis |= {"format": "%Y", "tickCount": {"interval": "year", "step": _every(values)}}
        return {"field": "x", "type": "temporal", "scale": {"type": "utc"}, "axis": axis}
    axis = {"title": title, "grid": False}
    if values.x.kind == TIME:
        axis |= {"format": "d", "tickMinStep": 1}
    else:
        axis |= _suffix(values.x.unit)
    return {"field": "x", "type": "quantitative", "scale": {"zero": False, "nice": False}, "axis": axis}


def _every(values: Values) -> int:
    years = [mark.x.year for mark in values.marks if isinstance(mark.x, date)]
    return max(1, (max(years) - min(years)) // 8) if years else 1


def _quantity_axis(values: Values, size: str) -> Spec:
    return {
        "title": values.measure,
        "titleLimit": SIZES[size][0] * 0.9,
        "domain": False,
        "ticks": False,
        **_suffix(values.unit),
    }


def _suffix(unit: str) -> Spec:
    return {"labelExpr": f"datum.label + '\u00a0{unit}'"} if unit in {"%", "€"} else {}


def _flat(axis: Spec) -> Spec:
    """The title of a horizontal axis may be longer than the axis: it grows towards the names of the bars."""
    return axis | {"titleAnchor": "end", "titleAlign": "right"}


def _upright(axis: Spec) -> Spec:
    """The title of a vertical axis lies flat above it: nobody reads with the head on the side."""
    return axis | {
        "titleAngle": 0,
        "titleAlign": "left",
        "titleAnchor": "start",
        "titleX": 0,
        "titleY": -16,
        "titleBaseline": "bottom",
    }


def _colour(values: Values, theme: Theme) -> Spec:
    assert values.colour is not None
    names = list(values.series)
    return {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": names, "range": list(theme.series[: len(names)])},
        "legend": {"title": values.colour.label},
    }


def _stackable(values: Values) -> bool:
    return values.choice.aggregate in {"count", "sum"} and all(mark.value >= 0 for mark in values.marks)


def _grouped(values: Values) -> bool:
    """Averages cannot be put on top of one another: their bars stand side by side."""
    return values.colour is not None and not _stackable(values)


def _stack(values: Values) -> Any:
    return "zero" if values.colour and not _grouped(values) else None


def _labels(values: Values) -> list[str]:
    """The name of each bar. Two values that read the same stay two bars."""
    names: dict[Any, str] = {}
    taken: dict[str, int] = {}
    for mark in values.marks:
        if mark.x not in names:
            label = place(mark.x, values.x, values.bucket)
            taken[label] = taken.get(label, 0) + 1
            names[mark.x] = label if taken[label] == 1 else f"{label} ({taken[label]})"
    return [names[mark.x] for mark in values.marks]


def _axis_value(value: Any) -> Any:
    if isinstance(value, date):
        return _milliseconds(value if isinstance(value, datetime) else datetime(value.year, value.month, value.day))
    return value


def _milliseconds(value: datetime) -> int:
    return round(value.replace(tzinfo=UTC).timestamp() * 1000)


def _bare(spec: Spec) -> Spec:
    """For a card: the shape alone, since nothing could be read at that size."""
    for name, channel in spec["encoding"].items():
        if name in {"x", "y"}:
            channel["axis"] = None
        elif name in {"color", "shape", "size", "strokeDash"}:
            channel["legend"] = None
    spec["height"], spec["autosize"] = SIZES["small"][1], {"type": "fit", "contains": "padding"}
    return spec


def height(values: Values, size: str) -> int:
    """About how tall the picture will be: pages keep its place before it arrives."""
    lying = values.choice.shape == "bars" and not (
        values.ordered and (values.bucket or values.x.kind == TIME) and not _grouped(values)
    )
    if not lying or size == "small":
        return SIZES[size][1]
    places = len({mark.x for mark in values.marks})
    if not values.colour:
        return 12 + places * (STEP if places > 3 else 34) + (0 if places <= LABELLED else 46)
    lines = len(values.series) if size == "narrow" else -(-len(values.series) // 3)
    across = round(places * max(1, len(values.series)) * 14 * 1.25) if _grouped(values) else places * STEP
    return 12 + across + 46 + 34 + 18 * lines
