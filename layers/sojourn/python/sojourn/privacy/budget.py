"""How long a step may go on: a Lambda function that is cut off midway is no harm, but says nothing."""

from collections.abc import Callable
from dataclasses import dataclass

RESERVE = 20.0  # seconds that the end of a step needs


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of this invocation; the rest of the work is the next one's."""

    seconds_left: Callable[[], float]

    @property
    def is_spent(self) -> bool:
        """Whether it is time to stop."""
        return self.seconds_left() < RESERVE
