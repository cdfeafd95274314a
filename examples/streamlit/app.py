"""A page for each part of Streamlit that asks a browser for something of its own: streamlit run app.py"""

import base64
import io
import math
import struct
import wave
from pathlib import Path

import altair as alt
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import plotly.express as px
import pydeck as pdk
import streamlit as st
import streamlit.components.v1 as components

HERE = Path(__file__).parent

DATA = pd.DataFrame({"month": ["Jan", "Feb", "Mar", "Apr"], "visits": [120, 180, 150, 210], "sales": [12, 25, 17, 31]})
PLACES = pd.DataFrame({"lat": [50.087, 50.075], "lon": [14.421, 14.437]})


def text():
    st.title("Text and widgets")
    st.markdown("Some **bold** text, a :material/castle: icon, :red[colour] and $e^{i\\pi} = -1$.")
    st.code("print('hello')", language="python")
    st.json({"a": [1, 2]})
    st.metric("Visits", 210, 60, chart_data=[120, 180, 150, 210])
    if st.button("Click me"):
        st.session_state.clicks = st.session_state.get("clicks", 0) + 1
    st.write(f"Clicked {st.session_state.get('clicks', 0)} times")
    st.write(f"Slider at {st.slider('Slider', 0, 10, 3)}")
    st.selectbox("Choice", ["one", "two"])
    st.date_input("Day")
    st.color_picker("Colour")
    with st.form("form"):
        name = st.text_input("Name")
        if st.form_submit_button("Send"):
            st.write(f"Form says {name}")
    st.html("<p class='own'>Own HTML</p><style>.own { color: rgb(1, 2, 3); }</style>")


def data():
    st.title("Data")
    st.dataframe(DATA)
    st.data_editor(DATA, key="editor")
    st.table(DATA)


def charts():
    st.title("Charts")
    st.line_chart(DATA, x="month", y="visits")
    st.altair_chart(alt.Chart(DATA).mark_bar().encode(x="month", y="sales", tooltip="sales").interactive())
    st.vega_lite_chart(
        DATA,
        {"mark": "point", "transform": [{"calculate": "datum.visits * 2", "as": "twice"}], "encoding": {
            "x": {"field": "month"}, "y": {"field": "twice", "type": "quantitative"}}},
    )
    st.plotly_chart(px.scatter(DATA, x="visits", y="sales"))
    figure, axes = plt.subplots()
    axes.plot(DATA["visits"])
    st.pyplot(figure)


def diagrams():
    st.title("Diagrams")
    st.graphviz_chart("digraph { gate -> yard -> keep }")
    st.mermaid_chart("graph LR; gate --> yard --> keep")


def echarts():
    st.title("ECharts")
    st.echarts_chart({"xAxis": {"data": ["a", "b"]}, "yAxis": {}, "series": [{"type": "bar", "data": [1, 2]}]})


def maps():
    st.title("Maps")
    st.map(PLACES)
    st.pydeck_chart(pdk.Deck(
        initial_view_state=pdk.ViewState(latitude=50.08, longitude=14.43, zoom=11),
        layers=[pdk.Layer("ScatterplotLayer", PLACES, get_position="[lon, lat]", get_radius=300)],
    ))


def plotly_map():
    st.title("Plotly's map")
    st.plotly_chart(px.scatter_map(PLACES, lat="lat", lon="lon", zoom=10))


def tone():
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(i / 4))) for i in range(8000)))
    return out.getvalue()


def media():
    st.title("Media")
    st.image(np.full((40, 60, 3), (1, 120, 200), dtype=np.uint8))
    st.image("data:image/svg+xml;base64," + base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>").decode())
    st.audio(tone(), format="audio/wav")
    st.video((HERE / "clip.webm").read_bytes(), format="video/webm")


def files():
    st.title("Files")
    file = st.file_uploader("Upload")
    if file is not None:
        st.write(f"Got {file.name}, {len(file.getvalue())} bytes")
    picture = st.file_uploader("Picture")
    if picture is not None:
        st.image(picture)
    st.download_button("Download", "month,visits\nJan,120\n", "visits.csv")


def chat():
    st.title("Chat")
    said = st.chat_input("Say something")
    if said:
        with st.chat_message("user"):
            st.write(said)
        with st.chat_message("assistant"):
            st.write_stream(f"Echo {word} " for word in said.split())


def devices():
    st.title("Devices")
    picture = st.camera_input("Camera")
    if picture is not None:
        st.write(f"Picture of {len(picture.getvalue())} bytes")
    sound = st.audio_input("Microphone")
    if sound is not None:
        st.write(f"Sound of {len(sound.getvalue())} bytes")


declared = components.declare_component("gate", path=str(HERE / "component"))
second = st.components.v2.component(
    "yard",
    html="<button>Second</button>",
    css="button { color: rgb(4, 5, 6); }",
    js="""export default function ({ parentElement, setStateValue }) {
        let count = 0;
        parentElement.querySelector("button").onclick = () => setStateValue("count", ++count);
    }""",
)


def component():
    st.title("Components")
    st.write(f"First says {declared(key='first', default='nothing')}")


def component_v2():
    st.title("Components of version 2")
    st.write(f"Second says {second(key='second', on_count_change=lambda: None).count}")


def framed():
    st.title("Framed HTML")
    # The policy has to name its script, by a hash: see docs/streamlit.md.
    st.iframe("<p id='framed'>waits</p><script>document.getElementById('framed').textContent = 'runs'</script>", height=60)


st.set_page_config(page_title="Portcullis and Streamlit", layout="wide")
PAGES = [text, data, charts, diagrams, echarts, maps, plotly_map, media, files, chat, devices, component, component_v2, framed]
st.navigation([st.Page(page, default=page is text) for page in PAGES]).run()
