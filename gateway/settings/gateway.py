"""``GATEWAY_*`` variables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode, SettingsConfigDict

from gateway.settings.identity import IdentitySettings
from gateway.settings.live import LiveSettings
from gateway.settings.values import (
    check_country,
    check_database_url,
    check_hosts,
    check_language,
    check_networks,
    check_origins,
    check_redis_url,
    check_role_names,
    check_token,
    split_commas,
)

Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(split_commas)]


class GatewaySettings(IdentitySettings, LiveSettings):
    """``GATEWAY_*``: what is not the matter of one upstream."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")

    redis_url: Annotated[str, AfterValidator(check_redis_url)] | None = Field(
        default=None,
        repr=False,  # may hold a password
        description="Redis or Valkey; `off` is memory only; not set: the embedded Valkey.",
        examples=["redis://localhost:6379/0"],
    )
    data_dir: Path = Field(
        default=Path("~/.local/share/marquee"),
        description="Folder of the gateway's own database, where `GATEWAY_DATABASE_URL` is not "
        "set: requests, or the log of what happens to them at Seerr.",
        examples=["/data"],
    )
    book: Literal["on", "off", "demo"] = Field(
        default="on",
        description="Keep requests in the gateway's own database where Seerr is off, else the log "
        "of what happens at Seerr. `off`: nobody can ask for films, or follow requests. `demo`: in "
        "a file of its own, as `gateway serve` does on the sandbox.",
        examples=["off"],
    )
    auto_approve: Annotated[Words, AfterValidator(check_role_names)] = Field(
        default=("manager", "admin"),
        description="Roles whose requests in that database nobody needs to approve, or `nobody`.",
        examples=["manager,admin"],
    )
    database_url: Annotated[SecretStr, AfterValidator(check_database_url)] | None = Field(
        default=None,
        description="PostgreSQL in the file's place, when several replicas share it; see "
        "`gateway db upgrade`.",
        examples=["postgresql://marquee:...@db/marquee"],
    )
    language: Annotated[str, AfterValidator(check_language)] = Field(
        default="en-US", description="Language when a request names none.", examples=["en-US"]
    )
    region: Annotated[str, AfterValidator(check_country)] = Field(
        default="US", description="Country when a request names none.", examples=["US"]
    )
    deadline_s: float = Field(
        default=5.0, ge=0.1, le=60, description="Seconds for one operation.", examples=["5"]
    )
    max_body_bytes: int = Field(
        default=262_144, ge=1024, le=16_777_216, description="Largest body.", examples=["262144"]
    )
    max_document_chars: int = Field(
        default=50_000,
        ge=100,
        le=1_000_000,
        description="Longest operation, in characters, comments and spaces included.",
        examples=["50000"],
    )
    max_tokens: int = Field(
        default=2000, ge=10, le=100_000, description="Longest operation.", examples=["2000"]
    )
    max_definitions: int = Field(
        default=100,
        ge=1,
        le=10_000,
        description="Most operations and fragments in one document.",
        examples=["100"],
    )
    max_depth: int = Field(
        default=12, ge=1, le=100, description="Deepest operation.", examples=["12"]
    )
    max_nesting: int = Field(
        default=60,
        ge=1,
        le=100,
        description="Most braces and fragments inside each other.",
        examples=["60"],
    )
    max_fields: int = Field(
        default=5000,
        ge=1,
        le=100_000,
        description="Most fields in an operation, its fragments written out.",
        examples=["5000"],
    )
    max_aliases: int = Field(
        default=30, ge=0, le=1000, description="Most aliases in an operation.", examples=["30"]
    )
    max_directives: int = Field(
        default=50, ge=0, le=10_000, description="Most directives in an operation.", examples=["50"]
    )
    max_repeats: int = Field(
        default=20,
        ge=1,
        le=1000,
        description="Most times that one field may stand in one place.",
        examples=["20"],
    )
    max_overlaps: int = Field(
        default=10_000,
        ge=100,
        le=500_000,
        description="Most steps, of about 1 us, of the search for fields that contradict.",
        examples=["10000"],
    )
    max_value_depth: int = Field(
        default=10,
        ge=1,
        le=60,
        description="Most lists and objects inside each other in a value.",
        examples=["10"],
    )
    max_value_items: int = Field(
        default=500,
        ge=1,
        le=100_000,
        description="Most items of one list or object in a value.",
        examples=["500"],
    )
    max_variable_values: int = Field(
        default=2000,
        ge=1,
        le=100_000,
        description="Most values in all variables together.",
        examples=["2000"],
    )
    max_representations: int = Field(
        default=100,
        ge=1,
        le=10_000,
        description="Most entities that a federation router may ask for at once.",
        examples=["100"],
    )
    max_objects: int = Field(
        default=10_000,
        ge=1,
        le=1_000_000,
        description="Most objects that an operation can answer with, `first` multiplied.",
        examples=["10000"],
    )
    max_cost: int = Field(
        default=20_000,
        ge=1,
        le=10_000_000,
        description="Dearest operation, by `@cost` and `@listSize` of the schema.",
        examples=["20000"],
    )
    client_cost_per_minute: int = Field(
        default=0,
        ge=0,
        le=100_000_000,
        description="What one client's operations may cost in a minute; 0: no limit. Behind a "
        "proxy, name it in `GATEWAY_TRUSTED_PROXIES`, or all its clients are one.",
        examples=["6000"],
    )
    trusted_proxies: Annotated[Words, AfterValidator(check_networks)] = Field(
        default=(),
        description="Addresses or networks of proxies, with commas between, whose "
        "`X-Forwarded-For` tells the client.",
        examples=["10.0.0.0/8"],
    )
    max_operations: int = Field(
        default=256,
        ge=1,
        le=10_000,
        description="Most operations at once in a worker, and as many in line; others get 503.",
        examples=["256"],
    )
    max_batch: int = Field(
        default=1,
        ge=1,
        le=50,
        description="Most operations in one POST; 1: batches are refused.",
        examples=["10"],
    )
    persisted_queries: bool = Field(
        default=True,
        description="Let clients register documents by hash (Apollo's protocol).",
        examples=["true"],
    )
    trusted_documents: Path | None = Field(
        default=None,
        description="Manifest of documents that clients may name by id, as graphql-codegen, "
        "Relay's compiler or Apollo write it.",
        examples=["/etc/marquee/documents.json"],
    )
    trusted_only: bool = Field(
        default=False, description="Run trusted documents and nothing else.", examples=["true"]
    )
    drain_s: float = Field(
        default=1.0,
        ge=0,
        le=5,
        description="Seconds of service after SIGTERM, unready, for balancers to notice.",
        examples=["1"],
    )
    graphiql: bool = Field(
        default=True, description="Serve GraphiQL to browsers.", examples=["true"]
    )
    http_client: Literal["sockets", "httpx"] = Field(
        default="sockets",
        description="What carries the calls to upstreams; `httpx` is many times slower.",
        examples=["httpx"],
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least grave event to log.", examples=["info"]
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="For people or for machines.", examples=["json"]
    )
    cors_origins: Annotated[Words, AfterValidator(check_origins)] = Field(
        default=(),
        description="Web origins that may call from a browser, with commas between.",
        examples=["https://movies.example"],
    )
    cache: bool = Field(
        default=True,
        description="Keep what upstreams answer; `off`, to look for a fault in one, keeps nothing "
        "between operations but Seerr's lists for half a minute.",
        examples=["true"],
    )
    cache_mb: int = Field(
        default=8,
        ge=1,
        le=4096,
        description="Megabytes of a worker's memory for what upstreams answer; Redis keeps all.",
        examples=["12"],
    )
    answer_cache: bool = Field(
        default=True,
        description="Keep whole answers as long as the schema's `@cacheControl` allows; identical "
        "operations in flight are shared all the same.",
        examples=["true"],
    )
    answer_cache_mb: int = Field(
        default=8,
        ge=1,
        le=4096,
        description="Megabytes of a worker's memory for whole answers, beside what payloads take.",
        examples=["8"],
    )
    trusted_hosts: Annotated[Words, AfterValidator(check_hosts)] = Field(
        default=(),
        description="Host headers that are answered, `*.movies.example` with all names below it; "
        "not set: all. `/health/*` is answered under any.",
        examples=["movies.example,localhost"],
    )
    admin_token: Annotated[SecretStr, AfterValidator(check_token)] | None = Field(
        default=None,
        description="Bearer token for `/admin/cache/*`, 16 characters or more; not set: only API "
        "keys of the role admin open it.",
    )
    replicas: int = Field(
        default=1,
        ge=1,
        le=1000,
        description="Gateway processes, workers included: each takes its share of an upstream's "
        "quota while Redis is away.",
        examples=["4"],
    )
    webhook_private: bool = Field(
        default=False,
        description="Let webhooks (`gateway webhooks add`) call addresses of this machine and its "
        "networks: loopback, private, link-local.",
        examples=["on"],
    )
    sandbox_port: int = Field(
        default=0, ge=0, le=65535, description="Port of the sandbox inside; 0: any free one."
    )
