// node examples/shop/main.js, after npm run build; POLICY=strictDynamic for the other policy; PORT=0 takes any free port.
import { createApp } from "./app.js";
import { strict, strictDynamic } from "./policy.js";

const policies = { strict, strictDynamic };
const name = process.env.POLICY ?? "strict";
if (!Object.hasOwn(policies, name)) {
  console.error(`POLICY is ${JSON.stringify(name)}. Write ${Object.keys(policies).join(" or ")}.`);
  process.exit(1);
}

const server = createApp(policies[name]).listen(Number(process.env.PORT ?? 3000), "localhost", (error) => {
  if (error) throw error;
  console.log(`Listening on http://localhost:${server.address().port} — Ctrl-C to stop`);
});
