// What a component says to Streamlit: that it is ready, how high it is, and its value.
const tell = (type, more) => parent.postMessage({ isStreamlitMessage: true, type, ...more }, "*");

document
  .querySelector("button")
  .addEventListener("click", () => tell("streamlit:setComponentValue", { value: "clicked", dataType: "json" }));
tell("streamlit:componentReady", { apiVersion: 1 });
tell("streamlit:setFrameHeight", { height: 60 });
