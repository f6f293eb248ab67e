"""What a tab may ask for over its websocket: what our own pages send, and nothing else.

Streamlit would also empty the caches of all visitors for anybody who says so, tell where the program comes
from, and install things on the server.
"""

from google.protobuf.message import DecodeError
from starlette.types import Message, Receive
from streamlit.proto.BackMsg_pb2 import BackMsg

from pages.server import events

ASKED = ("rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "backend_operation_request")
OPERATIONS = ("deferred_file",)  # a download; of the backend operations


def asked_only(receive: Receive) -> Receive:
    """What comes in, without what no page of ours asks for."""

    async def receive_asked() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive" or asked(message.get("bytes") or b""):
                return message
            events.log("message dropped")

    return receive_asked


def asked(data: bytes) -> bool:
    """Whether a page asks for this. What is no message at all is left to Streamlit, which hangs up."""
    try:
        message = BackMsg.FromString(data)
    except DecodeError:
        return True
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        return message.backend_operation_request.WhichOneof("payload") in OPERATIONS
    return kind in (None, *ASKED)
