"""Step Functions of a rehearsal: there are none."""

from sojourn.journeys.enrolment import Enrolment


class NoMachines:
    """Step Functions of a rehearsal: there are none, and nothing that is decided here asks for them."""

    def start(self, enrolment: Enrolment) -> None:
        """Nothing."""

    def stop(self, enrolment: Enrolment) -> None:
        """Nothing."""

    def complete(self, token: str) -> bool:
        """Nobody waits."""
        return False

    def fail(self, token: str, error: str) -> bool:
        """Nobody waits."""
        return False

    def status(self, enrolment: Enrolment) -> str | None:
        """None runs."""
        return None
