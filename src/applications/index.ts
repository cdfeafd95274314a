import { dash, dashStrict } from "./dash.js";
import { gradio, gradioStrict } from "./gradio.js";
import { jupyter, jupyterStrict } from "./jupyter.js";
import { nodeRed, nodeRedStrict } from "./node-red.js";
import { swaggerUi, swaggerUiStrict } from "./swagger-ui.js";

export { dash, dashStrict, gradio, gradioStrict, jupyter, jupyterStrict, nodeRed, nodeRedStrict, swaggerUi, swaggerUiStrict };

/** Every preset of an application, by the name that the command line takes; frozen, since a name is looked up here. */
export const applications = /* @__PURE__ */ Object.freeze({
  /** JupyterLab behind a proxy. */
  jupyter,
  /** The same without inline scripts. */
  jupyterStrict,
  /** A Gradio application behind a proxy. */
  gradio,
  /** The same without inline scripts. */
  gradioStrict,
  /** A Dash application behind a proxy. */
  dash,
  /** The same without `eval`, and without inline scripts but its own. */
  dashStrict,
  /** Swagger UI, also with OAuth2. */
  swaggerUi,
  /** The same, limited to its own origin. */
  swaggerUiStrict,
  /** The editor of Node-RED behind a proxy. */
  nodeRed,
  /** The same without hosts of others and without frames around it. */
  nodeRedStrict,
});

/** The name of a preset of an application, as the command line and policy files take it. */
export type ApplicationName = keyof typeof applications;
