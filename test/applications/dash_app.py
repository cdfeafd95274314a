"""A Dash application with a picture, a callback of the server's and one of the browser's."""

import sys

from dash import Dash, Input, Output, clientside_callback, dcc, html

app = Dash(__name__)
app.layout = html.Div(
    [
        dcc.Input(id="text", value="", debounce=False),
        html.Div(id="server"),
        html.Div(id="browser"),
        dcc.Graph(id="graph", figure={"data": [{"y": [1, 3, 2]}], "layout": {"height": 300}}),
    ]
)


@app.callback(Output("server", "children"), Input("text", "value"))
def said(text):
    return f"server: {text}"


clientside_callback("(text) => `browser: ${text}`", Output("browser", "children"), Input("text", "value"))

print("HASHES", " ".join(app.csp_hashes()), flush=True)
app.run(host="127.0.0.1", port=int(sys.argv[1]), debug=False)
