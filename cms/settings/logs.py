"""Logs go to standard error, one line an event; the process manager keeps them."""

from cms.settings.env import IS_TEST, env

__all__ = ["DEFAULT_EXCEPTION_REPORTER_FILTER", "LOGGING"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "core.masking.MaskingFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING" if IS_TEST else env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
    },
}
#: Error reports hide secrets, PINs, phone and card numbers, as the log does.
DEFAULT_EXCEPTION_REPORTER_FILTER = "core.masking.ReportFilter"
