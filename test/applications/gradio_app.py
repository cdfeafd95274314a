"""A Gradio application that streams, uploads and shows pictures."""

import sys
import time

import gradio as gr
import numpy


def counted(text):
    said = ""
    for number in (1, 2, 3):
        said += f"{text} {number}. "
        yield said
        time.sleep(0.5)


with gr.Blocks(analytics_enabled=False) as app:
    text = gr.Textbox(label="Text", elem_id="text")
    count = gr.Button("Count", elem_id="count")
    streamed = gr.Textbox(label="Streamed", elem_id="streamed")
    count.click(counted, text, streamed)
    upload = gr.File(label="File", elem_id="upload")
    size = gr.Textbox(label="Size", elem_id="size")
    upload.change(lambda file: str(len(open(file, "rb").read())) if file else "", upload, size)
    draw = gr.Button("Draw", elem_id="draw")
    picture = gr.Image(elem_id="picture")
    draw.click(lambda: numpy.full((40, 60, 3), 128, dtype="uint8"), None, picture)

app.queue().launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True)
