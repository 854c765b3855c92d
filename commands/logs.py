"""What the long-running commands log: plain lines on standard error."""

import logging


def log_to_terminal() -> None:
    """Everything from INFO on, one line each; the libraries only from WARNING on."""
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    for ours in ("desk", "activities", "api", "workflows"):
        logging.getLogger(ours).setLevel(logging.INFO)
