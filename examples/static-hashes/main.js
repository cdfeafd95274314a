// node examples/static-hashes/main.js, after npm run build; PORT=0 takes any free port.
import { createApp } from "./app.js";

const app = await createApp();
const server = app.listen(Number(process.env.PORT ?? 3000), "localhost", (error) => {
  if (error) throw error;
  console.log(`Listening on http://localhost:${server.address().port} — Ctrl-C to stop`);
});
