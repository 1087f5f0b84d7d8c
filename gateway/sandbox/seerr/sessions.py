"""Sign-in by cookie, beside the API key."""

from itertools import count

from gateway.sandbox.seerr.entities import User

COOKIE = "connect.sid"


class Sessions:
    """Who is signed in under which cookie; ids are counted, so that runs agree."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}
        self._ids = count(1)

    def open(self, user: User) -> str:
        """Sign a user in and return the cookie's value."""
        session_id = f"s%3Asandbox-{next(self._ids)}"
        self._users[session_id] = user
        return session_id

    def user(self, session_id: str | None) -> User | None:
        """Who is signed in under a cookie."""
        return None if session_id is None else self._users.get(session_id)

    def close(self, session_id: str | None) -> None:
        """Sign out."""
        if session_id is not None:
            self._users.pop(session_id, None)
