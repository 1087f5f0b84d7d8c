"""What the settings of every upstream share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from gateway.settings.environment import EnvSettings, Variable
from gateway.settings.values import check_upstream_url

UpstreamUrl = Annotated[str, AfterValidator(check_upstream_url)]


class UpstreamSettings(EnvSettings):
    """What every upstream has; a subclass adds its ``env_prefix``, its keys and its headers."""

    default_base_url: ClassVar[str | None] = None
    """Used when only the key is set."""
    required: ClassVar[tuple[str, ...]] = ()
    """Key fields without which the real upstream cannot be asked."""
    played_unasked: ClassVar[bool] = True
    """Whether the sandbox plays it where nothing is set; else it must be told to."""
    sandbox_path: ClassVar[str] = ""
    """Where the sandbox mounts this upstream, such as ``/tmdb/3``."""
    sandbox_values: ClassVar[Mapping[str, str]] = {}
    """Fields, keys above all, that the sandbox wants instead of the operator's own."""

    base_url: UpstreamUrl = Field(
        default="off", description="A URL, `sandbox`, or `off` (its fields are null)."
    )
    timeout_s: float = Field(
        default=4.0, gt=0, le=60, description="Seconds for one call.", examples=["4"]
    )
    max_concurrency: int = Field(
        default=32, ge=1, le=1000, description="Calls in flight per worker.", examples=["32"]
    )

    @classmethod
    def variables(cls) -> Iterator[Variable]:
        """Every variable, the address with the default that it has once there is a key."""
        for each in super().variables():
            is_url = each.field == "base_url"
            yield replace(each, default=cls.default_base_url or "") if is_url else each

    @property
    def enabled(self) -> bool:
        """Whether this upstream is asked at all."""
        return self.base_url != "off"

    @property
    def is_official(self) -> bool:
        """Whether it is the provider's own server, whose limits are known and must be kept."""
        own = urlsplit(self.default_base_url or "").hostname
        return own is not None and urlsplit(self.base_url).hostname == own

    @property
    def sandboxed(self) -> bool:
        """Whether the sandbox plays it and has no address yet."""
        return self.base_url == "sandbox"

    @abstractmethod
    def headers(self) -> dict[str, str]:
        """Headers that every call carries: the key belongs here, never in the URL."""

    def in_sandbox(self, origin: str) -> dict[str, str]:
        """Variables that point this upstream at a running sandbox, such as ``http://host:port``."""
        names = {self.variable(field): value for field, value in self.sandbox_values.items()}
        return {self.variable("base_url"): f"{origin}{self.sandbox_path}", **names}
