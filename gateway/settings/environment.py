"""How an environment becomes settings, and how a wrong value is told in one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from pydantic import SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from gateway.errors import ConfigError
from gateway.settings.values import check_secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One environment variable, as the README's table and ``gateway doctor`` show it."""

    name: str
    field: str
    default: str
    description: str
    secret: bool


class EnvSettings(BaseSettings):
    """Settings read from a mapping that the caller hands over, so a test sees only its own."""

    model_config = SettingsConfigDict(frozen=True, hide_input_in_errors=True)

    @field_validator("*")
    @classmethod
    def _check_secrets(cls, value: object) -> object:
        return check_secret(value) if isinstance(value, SecretStr) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 -- pydantic-settings names the arguments
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- ditto
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- ditto
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- ditto
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leave only keyword arguments: ``from_environ`` makes them out of an environment."""
        return (init_settings,)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read the variables; a blank one counts as not set.

        Raises:
            ConfigError: A value is wrong; one line that names the variable, never its value.
        """
        source = EnvSettingsSource(cls)
        source.env_vars = {name.lower(): value for name, value in present(environ).items()}
        try:
            return cls(**source())
        except ValidationError as exc:
            raise ConfigError(cls._explain(exc)) from exc

    @classmethod
    def variable(cls, field: str) -> str:
        """Name the environment variable of a field."""
        return f"{cls.model_config.get('env_prefix', '')}{field}".upper()

    @classmethod
    def variables(cls) -> Iterator[Variable]:
        """Every variable that is read, in the order of the fields."""
        for field, info in cls.model_fields.items():
            default = "" if info.default in (None, ()) else str(info.default)
            yield Variable(
                name=cls.variable(field),
                field=field,
                default=default.lower() if isinstance(info.default, bool) else default,
                description=info.description or "",
                secret="SecretStr" in str(info.annotation) or not info.repr,
            )

    @classmethod
    def _explain(cls, exc: ValidationError) -> str:
        first = exc.errors(include_url=False, include_input=False, include_context=False)[0]
        field = str(first["loc"][0])
        name = cls.variable(field)
        text = first["msg"].removeprefix("Value error, ").replace("Input should", "should")
        text = text.partition(", unable to")[0]  # what a parser thinks adds nothing
        examples = cls.model_fields[field].examples if field in cls.model_fields else None
        return f"{name}: {text}" + (f"; such as {name}={examples[0]}" if examples else "")


def present(environ: Mapping[str, str]) -> dict[str, str]:
    """Variables that hold something; a blank one counts as not set, as compose passes it."""
    return {name.upper(): text for name, value in environ.items() if (text := value.strip())}
