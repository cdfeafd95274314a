import { testHeader } from "./tables.js";

testHeader({
  sent: [["xDownloadOptions", true, "X-Download-Options", "noopen"]],
});
