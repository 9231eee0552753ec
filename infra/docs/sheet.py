"""A sheet of SVG that is light by day and dark by night, with its title and where it comes from."""

from __future__ import annotations

from html import escape

STYLE = (
    "text{font-family:ui-sans-serif,system-ui,sans-serif;fill:var(--ink)}.title{font-size:17px;font-weight:600}"
    ".name{font-size:13px;font-weight:600}.words{font-size:11px}.soft{font-size:11px;fill:var(--line)}"
    "rect{stroke-width:1.2;fill:var(--soft);stroke:var(--line)}.paper{fill:var(--paper);stroke:none}"
    ".done rect{fill:var(--done);stroke:var(--green)}.now rect{fill:var(--now);stroke:var(--blue);stroke-width:2}"
    "path{fill:none;stroke:var(--line);stroke-width:1.4;marker-end:url(#tip)}path.gone{stroke:var(--green);stroke-width:2.2}"
    "path.caught{stroke-dasharray:2 4;stroke-width:1}.tip{fill:var(--line);stroke:none;marker-end:none}"
    ":root{--ink:#1f2430;--paper:#fff;--line:#8b94a3;--soft:#f5f5f2;--done:#e3f1e7;--green:#4d8061;--now:#e1ebfa;"
    "--blue:#2f6fc4}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8eaf0;--paper:#14161b;--line:#7b8494;--soft:#20221f;--done:#1d2c23;"
    "--green:#6fae88;--now:#1c2a40;--blue:#7fb0f5}}"
)
TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path class="tip" d="M0 0L8 4L0 8Z"/></marker></defs>'
)


def sheet(wide: int, high: int, *, title: str, source: str, parts: list[str]) -> str:
    """The whole picture; `source` says what it was drawn from, for it is no photograph."""
    said = escape(f"{title}. {source}")
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" role="img" aria-label="{said}">',
            f"<style>{STYLE}</style>",
            TIP,
            f'<rect class="paper" width="{wide}" height="{high}"/>',
            text(24, 34, title, "title"),
            text(24, 54, source, "soft"),
            *parts,
            "</svg>\n",
        ]
    )


def text(x: float, y: float, said: str, kind: str = "words") -> str:
    """A line of text."""
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(said)}</text>'


def box(x: float, y: float, wide: float, high: float) -> str:
    """A frame."""
    return f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" rx="8"/>'


def cut(said: str, longest: int) -> str:
    """As much of it as there is room for."""
    return said if len(said) <= longest else said[: longest - 1].rstrip() + "…"
