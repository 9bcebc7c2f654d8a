"""A real Elasticsearch for developers: `python -m textcx.testing.elastic_node`; Ctrl-C ends it and its data."""

import signal
import sys

from textcx.testing.elastic_server import ElasticServer


def main() -> None:
    """Start a server and wait."""
    with ElasticServer() as server:
        url = server.urls[0]
        sys.stdout.write(f"Elasticsearch answers at {url}. In another terminal:\n\n")
        sys.stdout.write(
            f"  export TEXTCX_STORE=elastic TEXTCX_ELASTIC_URL={url}\n  textcx store setup\n\nCtrl-C ends it.\n"
        )
        sys.stdout.flush()
        try:
            signal.pause()
        except KeyboardInterrupt:
            sys.stdout.write("\n")


if __name__ == "__main__":
    main()
