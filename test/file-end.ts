import { afterAll } from "vitest";

/** What has to end with the test file: the files of a worker may share their modules, so that a module's own `afterAll` is known to the first file only. */
const endings = new Set<() => unknown>();

/** Ends something once all tests of the file are over, in any file that uses it. */
export function whenFileEnds(end: () => unknown): void {
  endings.add(end);
}

/** Once in each file, by test/each-file.ts. */
export function endWithFile(): void {
  afterAll(async () => {
    const ends = [...endings];
    endings.clear();
    for (const end of ends) await end();
  });
}
