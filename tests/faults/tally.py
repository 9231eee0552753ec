"""How many faults were tried, and how many did harm: each walk notes its own, and the run of tests tells the sum."""

POINTS, VIOLATIONS = "fault points", "violations"
_noted: list[tuple[int, int]] = []


def note(points: int, violations: int) -> None:
    """One walk is over."""
    _noted.append((points, violations))


def taken() -> tuple[int, int]:
    """The sums of what was noted since this was asked."""
    points, violations = (sum(each[place] for each in _noted) for place in (0, 1))
    _noted.clear()
    return points, violations
