"""Charts as inline SVG, the table of their numbers behind them: no script, no style attribute, good on paper.

bars(_("Messages by day"), days, {"Sent": [3, 5], "Bounced": [0, 1]})     stacked, a bar for each day
line(_("People in the segment"), days, [120, 124])                         one series over time
spark([120, 124, 131], _("Growing"))                                       the same, of the height of a line of text
flow(_("Where they left"), [("Entered", 1204), ("Greeting sent", 1180)])   a funnel from top to bottom

Pure functions of their numbers; what they return goes into a page as it is.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate

from markupsafe import Markup

from functions.api.console.formats import number
from functions.api.console.words import _

WIDTH, HEIGHT = 640, 180
LEFT, BOTTOM, TOP = 44, 22, 8  # room for the words
MOST_SERIES = 5  # colours that can be told apart
MOST_WORDS = 7  # along the foot
STEPS = (1, 2, 5)

Series = Mapping[str, Sequence[float]]


def bars(title: str, days: Sequence[str], series: Series) -> Markup:
    """A bar for each day, its series on top of each other."""
    _look(days, series)
    top = nice(max((sum(each) for each in zip(*series.values(), strict=True)), default=0))
    wide = (WIDTH - LEFT) / max(len(days), 1)
    drawn = Markup("").join(
        _bar(day, index, wide, {name: values[index] for name, values in series.items()}, top)
        for index, day in enumerate(days)
    )
    picture = _picture(title, _scale(top) + drawn + _foot(days, wide))
    return _figure(picture, _legend(list(series)), _table(title, days, series))


def line(title: str, days: Sequence[str], values: Sequence[float]) -> Markup:
    """How one number went."""
    _look(days, {title: values})
    top = nice(max(values, default=0))
    wide = (WIDTH - LEFT) / max(len(days), 1)
    points = [(LEFT + wide * (index + 0.5), _height(value, top)) for index, value in enumerate(values)]
    drawn = _curve(points, HEIGHT - BOTTOM)
    picture = _picture(title, _scale(top) + drawn + _foot(days, wide))
    return _figure(picture, Markup(""), _table(title, days, {title: values}))


def spark(values: Sequence[float], label: str) -> Markup:
    """The same without words, beside a number; the label is for ears."""
    low, high = min(values, default=0), max(values, default=0)
    span, wide = (high - low) or 1, 112 / max(len(values) - 1, 1)
    points = [(wide * index, 25 - 22 * (value - low) / span) for index, value in enumerate(values)]
    return Markup(
        '<span class="chart"><svg class="spark" viewBox="0 0 112 28" width="112" height="28" role="img"'
        ' aria-label="{}">{}</svg></span>'
    ).format(label, _curve(points, 28))


def flow(title: str, steps: Sequence[tuple[str, int]]) -> Markup:
    """How many came to each step, and what part of those who began: words over bars, so it reads on a phone too."""
    most = max((count for _name, count in steps), default=0) or 1
    first = (steps[0][1] if steps else 0) or 1
    rows = Markup("").join(_step(name, count, most, first) for name, count in steps)
    return Markup('<figure class="chart"><ol class="flow" aria-label="{}">{}</ol></figure>').format(
        title, rows
    )


def nice(value: float) -> float:
    """The next round number: what a scale ends on."""
    if value <= 0:
        return 1
    size = 1.0
    while size * 10 < value:
        size *= 10
    return next((size * step for step in STEPS if size * step >= value), size * 10)


def _bar(day: str, index: int, wide: float, parts: Mapping[str, float], top: float) -> Markup:
    ends = list(accumulate(parts.values()))
    pieces = Markup("").join(
        Markup('<rect class="s{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
            place + 1,
            LEFT + wide * (index + 0.14),
            _height(end, top),
            wide * 0.72,
            max(_height(end - value, top) - _height(end, top), 0),
        )
        for place, (end, value) in enumerate(zip(ends, parts.values(), strict=True))
        if value
    )
    told = ", ".join(f"{name} {number(value)}" for name, value in parts.items())
    return Markup('<g class="bar"><title>{}: {}</title>{}</g>').format(day, told, pieces)


def _step(name: str, count: int, most: int, first: int) -> Markup:
    return Markup(
        '<li><span>{}</span><span class="num">{} · {}</span>'
        '<svg viewBox="0 0 100 4" width="100" height="4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="4"/><rect class="s1" width="{:.2f}" height="4"/></svg></li>'
    ).format(name, number(count), f"{count / first:.0%}", 100 * count / most)


def _curve(points: Sequence[tuple[float, float]], floor: float) -> Markup:
    if not points:
        return Markup("")
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    area = f"{points[0][0]:.1f},{floor} {path} {points[-1][0]:.1f},{floor}"
    return Markup('<polygon class="area" points="{}"/><polyline class="line" points="{}"/>').format(
        area, path
    )


def _height(value: float, top: float) -> float:
    return TOP + (HEIGHT - BOTTOM - TOP) * (1 - value / top)


def _scale(top: float) -> Markup:
    return Markup("").join(
        Markup(
            '<line class="rule" x1="{}" x2="{}" y1="{y:.1f}" y2="{y:.1f}"/>'
            '<text class="end" x="{}" y="{:.1f}">{}</text>'
        ).format(LEFT, WIDTH, LEFT - 8, _height(value, top) + 4, _brief(value), y=_height(value, top))
        for value in (0, top / 2, top)
    )


def _foot(days: Sequence[str], wide: float) -> Markup:
    every = -(-len(days) // MOST_WORDS) or 1
    return Markup("").join(
        Markup('<text class="mid" x="{:.1f}" y="{}">{}</text>').format(
            LEFT + wide * (index + 0.5), HEIGHT - 5, day
        )
        for index, day in enumerate(days)
        if index % every == 0
    )


def _brief(value: float) -> str:
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def _picture(title: str, inner: Markup) -> Markup:
    # Its size stands in the attributes, so nothing moves when the styles come.
    return Markup(
        '<svg viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{}">{}</svg>'
    ).format(title, inner, w=WIDTH, h=HEIGHT)


def _legend(names: Sequence[str]) -> Markup:
    if len(names) < 2:
        return Markup("")
    return Markup('<ul class="legend">{}</ul>').format(
        Markup("").join(
            Markup(
                '<li><svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">'
                '<rect class="s{}" width="10" height="10" rx="2"/></svg>{}</li>'
            ).format(place + 1, name)
            for place, name in enumerate(names)
        )
    )


def _table(title: str, rows: Sequence[str], series: Series) -> Markup:
    head = Markup("").join(Markup('<th scope="col" class="num">{}</th>').format(name) for name in series)
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            row,
            Markup("").join(
                Markup('<td class="num">{}</td>').format(number(values[index])) for values in series.values()
            ),
        )
        for index, row in enumerate(rows)
    )
    return Markup(
        '<details class="more"><summary>{}</summary>'
        '<div class="table-wrap" tabindex="0" role="region" aria-label="{}"><table>'
        '<caption class="visually-hidden">{}</caption>'
        "<thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table></div></details>"
    ).format(_("As a table"), title, title, head, body)


def _figure(picture: Markup, legend: Markup, table: Markup) -> Markup:
    return Markup('<figure class="chart">{}{}{}</figure>').format(picture, legend, table)


def _look(days: Sequence[str], series: Series) -> None:
    if len(series) > MOST_SERIES:
        raise ValueError(f"{len(series)} series: colours can be told apart for {MOST_SERIES}")
    for name, values in series.items():
        if len(values) != len(days):
            raise ValueError(f"{name}: {len(values)} values for {len(days)} days")
