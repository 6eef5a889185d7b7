"""Charts of office files as small tables: their title, then a row a category, a column a series, as stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from .number_formats import NumberFormat
from .ooxml import Attributes, Package
from .tables import row_line

_MOST_POINTS = 20_000
_MOST_CHARACTERS = 200_000
_LEFT_OUT = "[The rest of this chart is left out.]"
_NOT_STORED = "[The values of this chart are not stored in it.]"
_ROLES = {
    "c:tx": "name",
    "c:cat": "categories",
    "c:xVal": "categories",
    "c:val": "values",
    "c:yVal": "values",
    "c:bubbleSize": "sizes",
}
# What stands in a series and says nothing of it; a filter's hidden series are in an extension.
_SKIPPED = {"c:extLst", "c:dLbls", "c:trendline", "c:errBars", "c:legend"}
_AXES = {"c:catAx", "c:valAx", "c:dateAx", "c:serAx"}


@dataclass
class Series:
    """categories: by index, of several levels the outer ones first."""

    name: str = ""
    categories: list[dict[int, str]] = field(default_factory=list)
    values: dict[int, str] = field(default_factory=dict)
    sizes: dict[int, str] = field(default_factory=dict)

    def category(self, index: int) -> str:
        labels = [
            level[max(at for at in level if at <= index)]
            for level in self.categories
            if min(level, default=index + 1) <= index
        ]
        return " / ".join(label for label in labels if label)


@dataclass
class Chart:
    title: str = ""
    category_title: str = ""
    value_titles: list[str] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    is_cut: bool = False

    def lines(self) -> Iterator[str]:
        said = " · ".join(title for title in self.value_titles if title)
        yield "Chart" + (f": {self.title}" if self.title else "") + (f" ({said})" if said else "")
        if not any(each.values for each in self.series):
            yield from (each.name for each in self.series)
            yield _NOT_STORED
        elif self._is_one_table():
            yield from self._table(self.series)
        else:
            for each in self.series:
                yield from self._table([each])
        if self.is_cut:
            yield _LEFT_OUT

    def _is_one_table(self) -> bool:
        return not any(each.sizes for each in self.series) and all(
            each.categories in ([], self.series[0].categories) for each in self.series
        )

    def _table(self, series: list[Series]) -> Iterator[str]:
        names = [each.name or f"Series {self.series.index(each) + 1}" for each in series]
        yield (
            row_line([self.category_title, *names, *(["size"] if series and series[0].sizes else [])]) if names else ""
        )
        indexes = sorted({index for each in series for index in (*each.values, *(each.categories[-1:] or [{}])[0])})
        for index in indexes:
            label = series[0].category(index) or next((text for each in series if (text := each.category(index))), "")
            values = [each.values.get(index, "") for each in series]
            yield row_line(
                [label or str(index + 1), *values, *(each.sizes[index] for each in series if index in each.sizes)]
            )


def chart_lines(package: Package, part: str) -> list[str]:
    """Of a chart's part, older ("c:") or newer ("cx:"); none when it holds no series and no title."""
    reader = _Reader()
    for _ in package.stream(part, reader.start, reader.end, reader.characters):
        if reader.chart.is_cut:
            break
    chart = reader.chart
    if not chart.series and not chart.title:
        return []
    return [line for line in chart.lines() if line]


class _Reader:
    """Gathers a chart's events. Of newer charts the data stand before the series that name them."""

    def __init__(self) -> None:
        self.chart = Chart()
        self._path: list[str] = []
        self._skipping = 0
        self._series: Series | None = None
        self._role = ""
        self._format = NumberFormat("")
        self._point_format: NumberFormat | None = None
        self._index = 0
        self._text: list[str] = []
        self._points = self._characters = 0
        self._data: dict[str, Series] = {}

    def start(self, tag: str, attributes: Attributes) -> None:
        if self._skipping or tag in _SKIPPED:
            self._skipping += 1
            return
        self._path.append(tag)
        if tag in {"c:v", "a:t", "c:formatCode", "cx:v", "cx:pt"}:
            self._text.clear()
        if tag == "c:ser":
            self._series = Series()
            self.chart.series.append(self._series)
        elif tag in _ROLES and self._series is not None and self._path[-2] == "c:ser":
            self._role, self._format = _ROLES[tag], NumberFormat("")
        elif tag == "c:lvl" or (
            tag in {"c:strCache", "c:numCache", "c:strLit", "c:numLit"} and self._role == "categories"
        ):
            if self._series:
                self._series.categories.insert(0, {})
        elif tag == "c:pt":
            self._index = _whole(attributes.get("idx"))
            code = attributes.get("formatCode")
            self._point_format = NumberFormat(code) if code else None
        elif tag.startswith("cx:"):
            self._start_newer(tag, attributes)

    def end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
            return
        text = "".join(self._text).strip()
        if tag == "c:formatCode":
            self._format = NumberFormat(text)
        elif tag == "c:v":
            self._value(text)
        elif tag in {"a:t", "cx:v"}:
            self._titled("".join(self._text))
        elif tag == "cx:pt":
            self._value(text)
        elif tag in _ROLES:
            self._role = ""
        elif tag in {"c:ser", "cx:series", "cx:data"}:
            self._series = None
        if tag in {"c:v", "a:t", "c:formatCode", "cx:v", "cx:pt"}:
            self._text.clear()
        self._path.pop()

    def characters(self, text: str) -> None:
        if not self._skipping and self._path and self._path[-1] in {"c:v", "a:t", "c:formatCode", "cx:v", "cx:pt"}:
            self._text.append(text)
            self._characters += len(text)
            self.chart.is_cut = self.chart.is_cut or self._characters > _MOST_CHARACTERS

    def _value(self, text: str) -> None:
        series = self._series
        self._points += 1
        self.chart.is_cut = self.chart.is_cut or self._points > _MOST_POINTS
        if series is None:
            self._titled(text)
        elif self._role == "name":
            series.name = f"{series.name} {text}".strip()
        elif self._role == "categories" and series.categories:
            series.categories[0][self._index] = self._shown(text)
        elif self._role in {"values", "sizes"}:
            (series.values if self._role == "values" else series.sizes)[self._index] = self._shown(text)

    def _shown(self, text: str) -> str:
        is_number = any(tag in {"c:numCache", "c:numLit", "cx:numDim"} for tag in self._path)
        return (self._point_format or self._format).number(text, is_1904=False) if is_number else text

    def _titled(self, text: str) -> None:
        path = self._path
        if self._series is not None and (self._role == "name" or "cx:tx" in path):
            self._series.name += text
        elif "c:title" in path or "cx:title" in path:
            axis = next((tag for tag in path if tag in _AXES or tag == "cx:axis"), "")
            if not axis:
                self.chart.title += text
            elif axis in {"c:catAx", "c:dateAx"}:
                self.chart.category_title += text
            elif axis == "c:valAx":
                self._axis_titled(text)

    def _axis_titled(self, text: str) -> None:
        self.chart.value_titles.append(text)

    def _start_newer(self, tag: str, attributes: Attributes) -> None:
        if tag == "cx:data":
            self._series = self._data[attributes.get("id", "")] = Series()
        elif tag == "cx:series":
            self._series = Series()
            self.chart.series.append(self._series)
        elif tag in {"cx:strDim", "cx:numDim"}:
            self._role = "categories" if attributes.get("type") in {"cat", "colorStr"} else "values"
        elif tag == "cx:lvl":
            self._format = NumberFormat(attributes.get("formatCode", ""))
            if self._role == "categories" and self._series:
                self._series.categories.insert(0, {})
        elif tag == "cx:pt":
            self._index = _whole(attributes.get("idx"))
        elif tag == "cx:dataId" and self._series and attributes.get("val", "") in self._data:
            data = self._data[attributes["val"]]
            self._series.categories, self._series.values = data.categories, data.values
        elif tag == "cx:plotArea":
            self._series, self._role = None, ""


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 8 else 0
