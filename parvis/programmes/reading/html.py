"""HTML: what a reader sees of it, without scripts, styles, menus and forms."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from parvis.programmes.reading.plain import decoded

SILENT = {"script", "style", "noscript", "template", "svg", "nav", "form", "iframe", "object", "head", "button", "select"}
BLOCKS = {
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul",
}  # fmt: skip
VOID = {"br", "hr", "img", "input", "link", "meta"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        hidden = any(name == "hidden" or (name == "aria-hidden" and value == "true") for name, value in attributes)
        if (tag in SILENT or (hidden and tag not in VOID) or self.silent) and tag not in VOID:
            if len(self.silent) < 10_000:
                self.silent.append(tag)
        elif tag in BLOCKS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if self.silent:
            if tag in self.silent:
                while self.silent.pop() != tag:
                    pass
        elif tag in BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def pages(path: Path) -> list[str]:
    reader = _Reader()
    reader.feed(decoded(path))
    reader.close()
    blocks = (" ".join(block.split()) for block in "".join(reader.parts).split("\n\n"))
    return ["\n\n".join(block for block in blocks if block)]
