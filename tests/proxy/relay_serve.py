"""The relay in a process of its own, so that its memory can be measured: python -m tests.proxy.relay_serve URL [spool]

Prints its port; then, for every line that it reads, the most memory that it ever held, in bytes.
"""

import asyncio
import resource
import sys

from aiohttp import web

from proxy.body import read_body
from proxy.config import Site
from proxy.listener import Listener
from proxy.relay import relay
from proxy.upstream import Upstream
from tests.proxy.relay_stage import TRUSTED


async def _serve(upstream_url: str, *, spools: bool) -> None:
    site = Site(public_url="http://blog.example", upstream=upstream_url)
    async with Upstream(30) as upstream:

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            body = await read_body(request, 2**30) if spools else None
            try:
                return await relay(request, site, upstream, TRUSTED, body)
            finally:
                if body is not None:
                    body.close()

        runner = web.ServerRunner(Listener(handle))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(runner.addresses[0][1], flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, flush=True)
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], spools="spool" in sys.argv[2:]))
