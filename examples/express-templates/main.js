// node examples/express-templates/main.js, after npm run build; PORT=0 takes any free port.
import { createApp } from "./app.js";

const server = createApp().listen(Number(process.env.PORT ?? 3000), "localhost", (error) => {
  if (error) throw error;
  console.log(`Listening on http://localhost:${server.address().port} — Ctrl-C to stop`);
});
