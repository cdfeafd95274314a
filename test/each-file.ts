import { endWithFile } from "./file-end.js";

// Vitest runs this before each file, also where the files share their modules.
endWithFile();
