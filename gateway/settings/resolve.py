"""Which upstream is real, which the sandbox plays, which is off."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from gateway.errors import ConfigError
from gateway.settings.environment import EnvSettings, present
from gateway.settings.upstream import UpstreamSettings


def resolve_upstreams(
    classes: Mapping[str, type[UpstreamSettings]], environ: Mapping[str, str]
) -> dict[str, UpstreamSettings]:
    """Decide for each upstream whether it is real, played by the sandbox, or off.

    Nothing set for any of them: all are the sandbox's but those that the gateway can do without.
    Otherwise each is what its own variables say, and one without any is off.

    Raises:
        ConfigError: A value is wrong, or a URL lacks its key, or a key its URL.
    """
    given = present(environ)
    touched = any(_touched(cls, given) for cls in classes.values())
    return {
        name: _resolve(cls, given, _untouched(cls, is_demo=not touched))
        for name, cls in classes.items()
    }


def _untouched(cls: type[UpstreamSettings], *, is_demo: bool) -> str:
    return "sandbox" if is_demo and cls.played_unasked else "off"


def _touched(cls: type[UpstreamSettings], given: Mapping[str, str]) -> bool:
    return any(cls.variable(field) in given for field in ("base_url", *cls.required))


def _resolve(
    cls: type[UpstreamSettings], given: Mapping[str, str], untouched: str
) -> UpstreamSettings:
    variable = cls.variable("base_url")
    needed = [cls.variable(field) for field in cls.required]
    keys = [name for name in needed if name in given]
    cause = variable if variable in given or not keys else keys[0]
    if variable not in given:
        url = cls.default_base_url if keys else untouched
        if url is None:
            raise ConfigError(f"{variable}: needed because {cause} is set; give its URL")
        given = {**given, variable: url}
    settings = cls.from_environ(given)
    if settings.enabled and not settings.sandboxed and len(keys) < len(needed):
        missing = next(name for name in needed if name not in keys)
        raise ConfigError(
            f"{missing}: needed because {cause} is set; or set {variable}=sandbox or off"
        )
    return settings


_READ_ELSEWHERE = {"GATEWAY_BUILD_GRAPHIQL"}  # by the build hook


def misspelt(environ: Mapping[str, str], classes: Iterable[type[EnvSettings]]) -> Iterator[str]:
    """Warn of names that nobody reads but that look like one that is read."""
    known = {each.name for cls in classes for each in cls.variables()} | _READ_ELSEWHERE
    prefixes = tuple({name.split("_", 1)[0] + "_" for name in known})
    for name in sorted(environ):
        cutoff = 0.8 if name.startswith(prefixes) else 0.9
        close = difflib.get_close_matches(name, known, n=1, cutoff=cutoff)
        if name not in known and close:
            yield f"{name}: not a setting, ignored; did you mean {close[0]}?"
