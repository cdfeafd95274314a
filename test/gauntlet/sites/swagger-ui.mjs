// An API with its documentation: node swagger-ui.mjs PORT FOLDER, with the packages in the folder.
import { createRequire } from "node:module";
import { join } from "node:path";

const [, , port, folder] = process.argv;
const require = createRequire(join(folder, "package.json"));
const express = require("express");
const swaggerUi = require("swagger-ui-express");

const document = {
  openapi: "3.0.3",
  info: { title: "Castles", version: "1.0.0" },
  paths: {
    "/castles": { get: { summary: "All castles", responses: { 200: { description: "Names", content: { "application/json": {} } } } } },
  },
};

const app = express();
app.get("/castles", (_req, res) => res.json(["Karlstein", "Loket"]));
app.use("/docs", swaggerUi.serve, swaggerUi.setup(document));
app.listen(Number(port), "127.0.0.1");
