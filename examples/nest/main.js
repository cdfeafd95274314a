// node examples/nest/main.js, after npm run build; PORT=0 takes any free port.
import { register } from "node:module";

// A project has its own build step; here app.ts is read as it is.
register("./typescript.js", import.meta.url);
const { createApp } = await import("./app.ts");

const app = await createApp();
const server = await app.listen(Number(process.env.PORT ?? 3000), "localhost");
console.log(`Listening on http://localhost:${server.address().port} — Ctrl-C to stop`);
