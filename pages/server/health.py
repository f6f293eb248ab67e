"""Whether the server lives (/healthz), whether it is ready for visitors (/readyz), and which one it is.

Every start of a server has an identity of its own, the boot. A page that has been open since another one
finds out and loads itself again by its link (boot.js): what it shows belongs to a visit that is gone.
"""

import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from pages.server import warmup
from pages.server.addresses import below

HEALTH = "healthz"
BOOT = secrets.token_hex(8)
FRESH = {"Cache-Control": "no-store"}


async def alive(_request: Request) -> JSONResponse:
    return JSONResponse({"boot": BOOT}, headers=FRESH)


async def ready(_request: Request) -> JSONResponse:
    """200 once PyTorch is imported and a run would begin at once, 503 before."""
    parts = {"pytorch": warmup.ready(), "runs": warmup.runs_ready()}
    return JSONResponse(parts, 200 if all(parts.values()) else 503, FRESH)


ROUTES = [Route(below(HEALTH), alive), Route(below("readyz"), ready)]
