import asyncio
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from domain.access.rates import Period, Rate
from infrastructure.queue.local_rate_limiter import LocalRateLimiter
from infrastructure.queue.redis_rate_limiter import PREFIX, RedisRateLimiter

RATE = Rate(10, Period.SECOND, 3)


async def test_a_bucket_with_and_without_redis(redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    buckets = bucket, other = uuid4().hex, uuid4().hex
    for limiter in (RedisRateLimiter(redis), LocalRateLimiter()):
        assert await limiter.take(bucket, RATE, 2) == 0
        assert await limiter.take(bucket, RATE, 1) == 0
        wait = await limiter.take(bucket, RATE, 2)
        assert 0.1 < wait <= 0.2
        assert await limiter.take(other, RATE, 3) == 0
        await asyncio.sleep(wait)
        assert await limiter.take(bucket, RATE, 2) == 0
        assert await limiter.take(bucket, RATE, 1) > 0
        await asyncio.sleep(0.4)  # full again, and not fuller
        assert await limiter.take(bucket, RATE, 3) == 0
        assert await limiter.take(bucket, RATE, 1) > 0
    await asyncio.sleep(0.4)
    assert await redis.exists(*(PREFIX + bucket for bucket in buckets)) == 0  # nothing stays behind
    await redis.aclose()


async def test_two_servers_share_a_bucket(redis_url: str) -> None:
    clients = [Redis.from_url(redis_url) for _ in range(2)]
    limiters, bucket = [RedisRateLimiter(client) for client in clients], uuid4().hex
    slow = Rate(1, Period.MINUTE, 10)
    waits = []
    for _ in range(4):
        waits += await asyncio.gather(*(limiter.take(bucket, slow, 1) for limiter in limiters * 2))
    assert [wait > 0 for wait in waits].count(False) == 10
    for client in clients:
        await client.aclose()


async def test_without_redis_each_process_counts(caplog: pytest.LogCaptureFixture) -> None:
    redis = Redis.from_url("redis://127.0.0.1:1/0")
    limiter, bucket = RedisRateLimiter(redis), uuid4().hex
    waits = [await limiter.take(bucket, RATE, 1) for _ in range(5)]
    assert [wait > 0 for wait in waits] == [False] * 3 + [True] * 2
    assert sum("Redis cannot be reached" in record.message for record in caplog.records) == 1
    await redis.aclose()
