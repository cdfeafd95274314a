"""A Panel application with a slider, a Bokeh figure and a button."""

import panel
from bokeh.plotting import figure

panel.extension()

button = panel.widgets.Button(name="Click me")
text = panel.widgets.TextInput(name="Text", value="")
plot = figure(height=200, width=300)
plot.line([1, 2, 3], [1, 3, 2])

panel.Column(
    button,
    panel.bind(lambda clicks: f"clicked {clicks}", button.param.clicks),
    text,
    panel.bind(lambda value: f"said {value}", text),
    panel.pane.Bokeh(plot),
).servable()
