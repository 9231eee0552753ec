"""`python -m infra.local.postoffice PORT`: serve until told to stop."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from infra.local.postoffice.http import Server
from infra.local.postoffice.office import PostOffice
from infra.local.postoffice.provider import Provider
from infra.local.postoffice.routes import Routes
from sojourn.clock import SystemClock


def publisher(endpoint: str) -> Callable[[str, dict[str, Any]], None]:
    """Publishes to SNS behind the caller's back, in order; without a topic there is nobody to tell."""
    import boto3

    sns = boto3.client("sns", endpoint_url=endpoint, region_name="us-east-1")
    queue = ThreadPoolExecutor(max_workers=1)

    def publish(topic: str, message: dict[str, Any]) -> None:
        if topic:
            queue.submit(sns.publish, TopicArn=topic, Message=json.dumps(message))

    return publish


def main(port: int) -> None:
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    office = PostOffice(clock=SystemClock.from_env(), publish=publisher(endpoint))
    provider = Provider(office, upstream=endpoint)
    server = Server(port, Routes(office, provider).answer)

    def stop(*_: object) -> None:
        provider.stopping.set()
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve_forever(poll_interval=0.1)
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
