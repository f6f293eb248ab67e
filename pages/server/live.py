"""Answers while something is dragged: a component asks the server directly, without a run of the page.

A page offers a function and puts the address it gets into the message for the component, which sends
JSON there and receives bytes (live.js). The address is a secret of the session, and ends with it.
"""

import asyncio
import json
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakValueDictionary

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pages.server.addresses import below
from pages.server.errors import logged
from pages.server.guard import same_origin
from vizcore.toolkit.errors import InputError

Answer = Callable[[dict[str, Any]], bytes]

LONGEST = 64 * 1024  # bytes of a question
# Streamlit compresses what has no encoding yet, which takes longer than the convolution behind it.
HEADERS = {"Cache-Control": "no-store", "Content-Encoding": "identity"}


class Offer:
    """What answers at one address. The session holds it; once the session is gone, so is the address."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(24)
        self.answer: Answer


_offers: WeakValueDictionary[str, Offer] = WeakValueDictionary()  # by token
_threads = ThreadPoolExecutor(os.cpu_count(), "live")


def offer(key: str, answer: Answer) -> str:
    """The address where this session's browser gets `answer(question)`; call it in a run of the page.

    Args:
        key: names the offer within the session: the same key keeps its address and takes the new answer.
        answer: pure function of the question, which is a dict that anybody may have written. Runs in a
            thread of its own, without Streamlit; its InputError reaches the person who asked.
    """
    offers: dict[str, Offer] = st.session_state.setdefault("live.offers", {})
    entry = offers.setdefault(key, Offer())
    entry.answer = answer
    _offers[entry.token] = entry
    return below(f"live/{entry.token}")


async def reply(request: Request) -> Response:
    """One answer: 422 with the sentence of an InputError, 500 with that of a bug, 404 after the session."""
    if not same_origin(request.headers):
        return _refusal(403, "Only the pages of this server may ask here.")
    entry = _offers.get(request.path_params["token"])
    if entry is None:
        return _refusal(404, "This page is no longer connected. Reload it to go on.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            return _refusal(413, f"A question may have {LONGEST // 1024} kB.")
    try:
        question = json.loads(body)
    except (ValueError, RecursionError):
        question = None
    if not isinstance(question, dict):
        return _refusal(400, "A question is a JSON object.")
    try:
        content = await asyncio.get_running_loop().run_in_executor(_threads, entry.answer, question)
    except InputError as error:
        return _refusal(422, str(error))
    except Exception as error:
        return _refusal(500, logged(error))
    return Response(content, media_type="application/x-convoscope", headers=HEADERS)


def _refusal(status: int, sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status, HEADERS)


ROUTES = [Route(below("live/{token}"), reply, methods=["POST"])]
