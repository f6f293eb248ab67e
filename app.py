"""The server: the pages behind their guard. Start it with `streamlit run app.py`."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from pages.server import connections, health, live, settings, wakes, warmup
from pages.server.errors import explain_bug
from pages.server.guard import Guard

connections.install()
wakes.install()
app = st.App(
    Path(__file__).parent / "pages" / "frame" / "shell.py",
    lifespan=warmup.lifespan,
    routes=[*live.ROUTES, *health.ROUTES],
    middleware=[Middleware(Guard, settings=settings.current())],
    on_script_error=explain_bug,
)
