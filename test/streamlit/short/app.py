"""The parts that versions of Streamlit from 1.30 on have, a page for each by ?page=: streamlit run app.py"""

import io
import math
import struct
import wave
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st
import streamlit.components.v1 as components

EXAMPLE = Path(__file__).parents[3] / "examples/streamlit"

DATA = pd.DataFrame({"month": ["Jan", "Feb", "Mar"], "visits": [120, 180, 150]})
PLACES = pd.DataFrame({"lat": [50.087, 50.075], "lon": [14.421, 14.437]})


def text():
    st.title("Text and widgets")
    st.markdown("Some **bold** text, :red[colour] and $e^{i\\pi} = -1$.")
    if st.button("Click me"):
        st.session_state.clicks = st.session_state.get("clicks", 0) + 1
    st.write(f"Clicked {st.session_state.get('clicks', 0)} times")
    st.write(f"Slider at {st.slider('Slider', 0, 10, 3)}")
    with st.form("form"):
        name = st.text_input("Name")
        if st.form_submit_button("Send"):
            st.write(f"Form says {name}")


def data():
    st.title("Data")
    st.dataframe(DATA)
    st.data_editor(DATA, key="editor")


def charts():
    st.title("Charts")
    st.line_chart(DATA, x="month", y="visits")
    st.bar_chart(DATA, x="month", y="visits")
    st.vega_lite_chart(DATA, {"mark": "point", "encoding": {
        "x": {"field": "month", "type": "nominal"}, "y": {"field": "visits", "type": "quantitative"}}})


def maps():
    st.title("Maps")
    st.map(PLACES)


def tone():
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(i / 4))) for i in range(8000)))
    return out.getvalue()


def media():
    st.title("Media")
    st.image(np.full((40, 60, 3), (1, 120, 200), dtype=np.uint8))
    st.audio(tone(), format="audio/wav")
    st.video((EXAMPLE / "clip.webm").read_bytes(), format="video/webm")


def files():
    st.title("Files")
    file = st.file_uploader("Upload")
    if file is not None:
        st.write(f"Got {file.name}, {len(file.getvalue())} bytes")
    st.download_button("Download", "month,visits\nJan,120\n", "visits.csv")


def chat():
    st.title("Chat")
    said = st.chat_input("Say something")
    if said:
        with st.chat_message("assistant"):
            st.write(" ".join(f"Echo {word}" for word in said.split()))


def devices():
    st.title("Devices")
    picture = st.camera_input("Camera")
    if picture is not None:
        st.write(f"Picture of {len(picture.getvalue())} bytes")
    # Since 1.40.
    sound = st.audio_input("Microphone") if hasattr(st, "audio_input") else None
    if sound is not None:
        st.write(f"Sound of {len(sound.getvalue())} bytes")


declared = components.declare_component("gate", path=str(EXAMPLE / "component"))


def component():
    st.title("Components")
    st.write(f"First says {declared(key='first', default='nothing')}")


PAGES = [text, data, charts, maps, media, files, chat, devices, component]
{page.__name__: page for page in PAGES}.get(st.query_params.get("page", ""), text)()
