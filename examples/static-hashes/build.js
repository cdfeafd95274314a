// node examples/static-hashes/build.js > headers.json: the last step of a build, for a site that something else than Node serves.
import { renderHeaders } from "portcullis";
import { policyOfSite } from "./app.js";

console.log(JSON.stringify(renderHeaders(await policyOfSite()), null, 2));
