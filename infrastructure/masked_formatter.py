import logging

from application.access.secrets import mask_secrets


class MaskedFormatter(logging.Formatter):
    """Another formatter's lines without any API key, whatever message, path or traceback it stands in."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self._formatter = formatter

    def format(self, record: logging.LogRecord) -> str:
        """As the other one does."""
        return mask_secrets(self._formatter.format(record))
