"""A self-contained HTML page: headings, text, pictures, tables."""

import base64
from html import escape

STYLE = """
:root { color-scheme: light; }
body { margin: 0; background: #f4f5f6; color: #22262b; font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 40px 24px 80px; }
h1 { font-size: 30px; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 20px; margin: 48px 0 8px; }
p { max-width: 74ch; margin: 8px 0 14px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 12px; margin: 28px 0 16px; }
.card, .sheet { background: #fff; border: 1px solid #e1e4e7; border-radius: 8px; }
.card { padding: 16px 18px; }
.card b { display: block; font-size: 27px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.card small { display: block; color: #6c747c; font-size: 13px; margin-top: 2px; }
.sheet { padding: 14px; margin: 12px 0; }
.sheet img { display: block; width: 100%; height: auto; }
.warning { background: #fff4e0; border: 1px solid #ecc98a; border-radius: 8px; padding: 12px 16px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; vertical-align: top; padding: 5px 18px 5px 0; border-bottom: 1px solid #eceef0; overflow-wrap: anywhere; }
tr:last-child td { border-bottom: 0; }
td:first-child { color: #6c747c; width: 34%; }
"""


def cards(figures: list[tuple[str, str, str]]) -> str:
    """A row of `(figure, what it is, what to compare it with)`."""
    inner = "".join(
        f"<div class=card><b>{escape(figure)}</b>{escape(what)}<small>{escape(beside)}</small></div>"
        for figure, what, beside in figures
    )
    return f"<div class=cards>{inner}</div>"


def table(rows: list[tuple[str, str]], head: tuple[str, str] | None = None) -> str:
    """Two columns."""
    top = "" if head is None else "<tr>" + "".join(f"<th>{escape(cell)}</th>" for cell in head) + "</tr>"
    lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<div class=sheet><table>{top}{lines}</table></div>"


class Page:
    """Grows from top to bottom. Text is escaped; only `raw` is not."""

    def __init__(self, title: str):
        self._title = title
        self._parts: list[str] = []

    def heading(self, text: str) -> None:
        self.raw(f"<h1>{escape(text)}</h1>")

    def section(self, text: str) -> None:
        self.raw(f"<h2>{escape(text)}</h2>")

    def text(self, text: str) -> None:
        self.raw(f"<p>{escape(text)}</p>")

    def warning(self, text: str) -> None:
        self.raw(f"<p class=warning>{escape(text)}</p>")

    def picture(self, png: bytes, described: str) -> None:
        data = base64.b64encode(png).decode("ascii")
        self.raw(f'<div class=sheet><img alt="{escape(described)}" src="data:image/png;base64,{data}"></div>')

    def raw(self, markup: str) -> None:
        self._parts.append(markup)

    def html(self) -> str:
        return (
            f"<!doctype html>\n<html lang=en><head><meta charset=utf-8><title>{escape(self._title)}</title>"
            '<meta name=viewport content="width=device-width, initial-scale=1">'
            f"<style>{STYLE}</style></head>\n<body><main>\n" + "\n".join(self._parts) + "\n</main></body></html>\n"
        )
