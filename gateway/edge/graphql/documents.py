"""Which document an operation means: its text, the hash that Apollo's clients send, or an id."""

from __future__ import annotations

from typing import Final

from gateway.cache.persisted import PersistedDocuments, hash_of
from gateway.edge.graphql.manifest import Manifest
from gateway.edge.graphql.parameters import GraphQLParams
from gateway.edge.graphql.refusal import RefusalCode, RefusedError

_UNCACHED: Final = "private, no-cache, must-revalidate"
_PREFIX: Final = "sha256:"


class Documents:
    """Finds documents.

    Args:
        persisted: What clients registered (Apollo's protocol); ``None``: they cannot.
        trusted: What the operators trust, by id.
        only: Whether nothing else is run.
    """

    def __init__(
        self,
        persisted: PersistedDocuments | None = None,
        trusted: Manifest | None = None,
        *,
        only: bool = False,
    ) -> None:
        self._persisted = persisted
        self._trusted: Manifest = {} if trusted is None else trusted
        self._only = only

    def at_hand(self, params: GraphQLParams) -> str | None:
        """The text, if it need not be asked for elsewhere.

        Raises:
            RefusedError: There is none, or it may not be run.
        """
        if self._only:
            return self._of_the_trusted(params)
        name = params.persisted_hash
        if name is None:
            return params.query if params.query is not None else self._by_id(params.document_id)
        trusted = self._look_up(name) if self._trusted else None
        if trusted is not None and params.query in {None, trusted}:
            return trusted
        registered = self._registered()
        if params.query is None:
            return registered.at_hand(name)
        if hash_of(params.query) != name:
            raise RefusedError(RefusalCode.BAD_REQUEST, "provided sha does not match query")
        return params.query

    async def find(self, params: GraphQLParams) -> str:
        """The text, wherever it is, after ``at_hand`` had none.

        Raises:
            RefusedError: Nobody registered it.
        """
        name = params.persisted_hash
        text = await self._registered().find(name) if name is not None else None
        if text is None:
            raise RefusedError(
                RefusalCode.PERSISTED_QUERY_NOT_FOUND,
                "PersistedQueryNotFound",
                Cache_Control=_UNCACHED,
            )
        return text

    def keep(self, params: GraphQLParams) -> None:
        """Remember a document that has turned out good, if its client asks for that."""
        name, text = params.persisted_hash, params.query
        if name is None or text is None or self._only or self._look_up(name) is not None:
            return
        self._registered().keep(name, text)

    def _registered(self) -> PersistedDocuments:
        if self._persisted is None:
            raise RefusedError(
                RefusalCode.PERSISTED_QUERY_NOT_SUPPORTED,
                "PersistedQueryNotSupported",
                Cache_Control=_UNCACHED,
            )
        return self._persisted

    def _by_id(self, name: str | None) -> str:
        found = None if name is None else self._look_up(name)
        if found is not None:
            return found
        if name is None or not self._trusted:
            raise RefusedError(RefusalCode.BAD_REQUEST, "`query` must be a string.")
        raise _unknown()

    def _of_the_trusted(self, params: GraphQLParams) -> str:
        name = params.document_id or params.persisted_hash
        if name is None:
            raise RefusedError(
                RefusalCode.TRUSTED_DOCUMENT_REQUIRED,
                "Only documents that are known here are run: send a `documentId`.",
            )
        found = self._look_up(name)
        if found is None:
            raise _unknown()
        if params.query is not None and params.query != found:
            raise RefusedError(
                RefusalCode.TRUSTED_DOCUMENT_REQUIRED,
                "`query` is not the document of that id: leave it out.",
            )
        return found

    def _look_up(self, name: str) -> str | None:
        """Codegen writes ``sha256:`` before a hash, Apollo's clients never send that."""
        trusted = self._trusted
        bare = name.removeprefix(_PREFIX)
        return trusted.get(name) or trusted.get(bare) or trusted.get(_PREFIX + bare)


def _unknown() -> RefusedError:
    return RefusedError(
        RefusalCode.TRUSTED_DOCUMENT_NOT_FOUND, "No document of that id is known here."
    )
