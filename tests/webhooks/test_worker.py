"""What endpoints are told: everything, in order for each request, again after a failure."""

from __future__ import annotations

from tests.webhooks.receiver import receiving, verify
from tests.webhooks.stage import Stage, secret_of


async def test_it_is_told_what_happens_from_now_on(stage: Stage) -> None:
    await stage.ask()
    stage.clock.advance(seconds=1)
    async with receiving() as receiver:
        endpoint = await stage.endpoint(receiver.url)
        request_id = await stage.ask()
        await stage.decide(request_id)
        await stage.look()
        assert [each.json["type"] for each in receiver.told] == [
            "request.created",
            "request.approved",
        ]
        for each in receiver.told:
            verify(secret_of(endpoint), each, now_s=stage.clock().timestamp())
