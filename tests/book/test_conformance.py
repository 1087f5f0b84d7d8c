"""The book does what every store of requests must do, on a file and on a server."""

from tests.book.conformance import Conformance


class TestBook(Conformance):
    """On both databases; see ``conftest``."""
