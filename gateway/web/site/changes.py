"""The subscription that live pages hold, by an id: it runs where only trusted documents do."""

from __future__ import annotations

import hashlib
from typing import Final

TEXT: Final = """\
subscription Changes($after: String) {
  requestChanged(after: $after) { cursor request { tmdbId } }
}
"""
DOCUMENT_ID: Final = hashlib.sha256(TEXT.encode()).hexdigest()
