"""The book does what every store of requests must do, in a file and on a server."""

import pytest

from tests.requests.conformance import Conformance, Races


class TestBook(Conformance):
    """On both databases; see ``conftest``."""


@pytest.mark.slow
@pytest.mark.parametrize("location", ["postgres"], indirect=True)
class TestRacesOnAServer(Races):
    """A server's writers run side by side, so the everyday suite looks at that too."""
