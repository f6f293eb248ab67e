"""What a tab may ask for over its websocket."""

import asyncio
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackendOperationRequest, BackMsg

from pages.server.tabs import ASKED, asked_only

OURS = [BackMsg(stop_script=True), BackMsg(app_heartbeat=True)]
OTHERS = [
    BackMsg(clear_cache=True),
    BackMsg(set_run_on_save=True),
    BackMsg(load_git_info=True),
    BackMsg(debug_shutdown_runtime=True),
    BackMsg(debug_disconnect_websocket=True),
    BackMsg(backend_operation_request=BackendOperationRequest(install_skills={})),
    BackMsg(backend_operation_request=BackendOperationRequest(dismiss_skills_nudge={})),
]


def passed_on(*messages: bytes) -> list[bytes]:
    """What an app gets of what a tab sends."""
    coming: list[dict[str, Any]] = [{"type": "websocket.receive", "bytes": message} for message in messages]
    coming.append({"type": "websocket.disconnect"})

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def app() -> list[bytes]:
        take = asked_only(receive)
        found = []
        while (message := await take())["type"] == "websocket.receive":
            found.append(message["bytes"])
        return found

    return asyncio.run(app())


def test_what_pages_ask_for_is_passed_on() -> None:
    sent = [message.SerializeToString() for message in OURS]
    assert passed_on(*sent) == sent


def test_nobody_empties_the_caches_of_all_or_installs_something() -> None:
    sent = [message.SerializeToString() for message in OTHERS]
    assert passed_on(*sent) == []


def test_what_is_no_message_is_left_to_streamlit_which_hangs_up() -> None:
    assert passed_on(b"\xff" * 9, b"") == [b"\xff" * 9, b""]


def test_every_kind_of_message_of_this_streamlit_is_known() -> None:
    kinds = {field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields}
    assert kinds == {*ASKED, *(str(message.WhichOneof("type")) for message in OTHERS)}
