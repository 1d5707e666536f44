"""The cache of the production lane: Redis, and nothing worse than a miss while Redis is away."""

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class Redis(RedisCache):
    """Counts of requests live here. The lock-out of log-ins does not: that one is in the database."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError:
            logger.warning("the cache does not answer; going on without it")
            return default

    def set(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().set(*args, **kwargs)
        except RedisError:
            logger.warning("the cache does not answer; going on without it")
