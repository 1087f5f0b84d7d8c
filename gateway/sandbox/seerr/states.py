"""Seerr's numbers: states of media and requests, and permission bits."""

from enum import IntEnum, IntFlag


class RequestStatus(IntEnum):
    """The state of one request."""

    PENDING = 1
    APPROVED = 2
    DECLINED = 3
    FAILED = 4
    COMPLETED = 5


class MediaStatus(IntEnum):
    """The state of one movie or series in the library, for one track (normal or 4K)."""

    UNKNOWN = 1
    PENDING = 2
    PROCESSING = 3
    PARTIALLY_AVAILABLE = 4
    AVAILABLE = 5
    BLOCKLISTED = 6
    DELETED = 7


class Permission(IntFlag):
    """What a user may do; a user holds the sum of the bits."""

    NONE = 0
    ADMIN = 2
    MANAGE_SETTINGS = 4
    MANAGE_USERS = 8
    MANAGE_REQUESTS = 16
    REQUEST = 32
    AUTO_APPROVE = 128
    AUTO_APPROVE_MOVIE = 256
    AUTO_APPROVE_TV = 512
    REQUEST_4K = 1024
    REQUEST_4K_MOVIE = 2048
    REQUEST_4K_TV = 4096
    REQUEST_ADVANCED = 8192
    REQUEST_VIEW = 16384
    AUTO_APPROVE_4K = 32768
    AUTO_APPROVE_4K_MOVIE = 65536
    AUTO_APPROVE_4K_TV = 131072
    REQUEST_MOVIE = 262144
    REQUEST_TV = 524288
    MANAGE_BLOCKLIST = 268435456


def holds_all(held: int, *wanted: Permission) -> bool:
    """Whether every wanted bit is held; the administrator holds everything."""
    return bool(held & Permission.ADMIN) or all(held & bit == bit for bit in wanted)


def holds_any(held: int, *wanted: Permission) -> bool:
    """Whether one of the wanted bits is held; the administrator holds everything."""
    return bool(held & Permission.ADMIN) or any(held & bit for bit in wanted)
