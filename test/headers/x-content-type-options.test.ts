import { testHeader } from "./tables.js";

testHeader({
  sent: [["xContentTypeOptions", true, "X-Content-Type-Options", "nosniff"]],
  refused: [
    [{ xContentTypeOptions: "nosnif" }, 'xContentTypeOptions: "nosnif" is not one of its values. Did you mean "nosniff"?'],
    [{ xContentTypeOptions: {} }, 'xContentTypeOptions: an object is not one of its values. Write "nosniff".'],
  ],
});
