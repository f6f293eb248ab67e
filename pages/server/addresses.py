"""Addresses that this server answers itself."""

import streamlit as st


def below(name: str) -> str:
    """The address of `name` below the path that a proxy gives this server."""
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"/{base}/{name}" if base else f"/{name}"
