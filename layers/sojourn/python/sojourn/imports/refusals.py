"""Why a file is not imported at all; what is wrong with single rows is a Fault."""

from typing import Any

from sojourn.errors import Hopeless


class ImportRefusedError(Hopeless):
    """A file, mapping or statement that cannot be imported; `status` is HTTP's word for it."""

    def __init__(self, code: str, message: str, *, status: int = 400, **extra: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.extra = {name: value for name, value in extra.items() if value != ""}
