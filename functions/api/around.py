"""What stands round the stack and few requests ask for: the user pool, the queues, SES. Made on first use."""

import functools
from typing import TYPE_CHECKING, Any

from sojourn import bootstrap
from sojourn.settings import ApiSettings

if TYPE_CHECKING:
    from sojourn.account.people import People
    from sojourn.account.queues import Queues


@functools.cache
def team() -> "People":
    """Who may sign in."""
    from sojourn.account.people import People

    return People(bootstrap.client("cognito-idp"), ApiSettings.from_env().user_pool_id)


@functools.cache
def queues() -> "Queues":
    """The stack's queues, as the template names them."""
    from sojourn.account.queues import Queues

    return Queues.named(bootstrap.client("sqs"), ApiSettings.from_env().queues)


@functools.cache
def mail() -> Any:
    """SES, to look at; a page does not wait for it long."""
    from botocore.config import Config

    quick = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2})
    return bootstrap.client("sesv2", quick)
