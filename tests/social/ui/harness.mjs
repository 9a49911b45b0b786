// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a browser would lend the modules, a server on 127.0.0.1 in place of the
// gateway, and tests that print "ok NAME" or "FAILED NAME".
import { createServer } from 'node:http';
import { isDeepStrictEqual } from 'node:util';

class Shelf {
  #items = new Map();
  getItem(name) { return this.#items.get(name) ?? null; }
  setItem(name, value) { this.#items.set(name, String(value)); }
  removeItem(name) { this.#items.delete(name); }
}

globalThis.sessionStorage = new Shelf();
globalThis.localStorage = new Shelf();
globalThis.location = { hash: '', pathname: '/social/ui/' };
globalThis.history = { replaceState: () => { location.hash = ''; } };
sessionStorage.setItem('social.token', 'secret');

const plainFetch = globalThis.fetch;

// Answers while `work` runs; `answer (request, url, response)`.
export async function withServer(answer, work) {
  const server = createServer((request, response) =>
    answer(request, new URL(request.url, 'http://127.0.0.1'), response));
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${server.address().port}`;
  globalThis.fetch = (path, options) => plainFetch(origin + path, options);
  try {
    return await work();
  } finally {
    server.closeAllConnections?.();
    server.close();
  }
}

export const json = (response, value, status = 200) => {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value));
};

export function equal(got, wanted) {
  if (!isDeepStrictEqual(got, wanted))
    throw new Error(`${JSON.stringify(got)?.slice(0, 300)}, not `
      + `${JSON.stringify(wanted)?.slice(0, 300)}`);
}

// The same numbers for the same seed.
export const seed = Number(process.env.SEED ?? Date.now() % 1e9);
let state = seed;
export function random(most) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor(state / 2 ** 32 * most);
}

const tests = [];
export const test = (name, work) => tests.push({ name, work });

export async function run() {
  console.log(`seed ${seed}`);
  for (const { name, work } of tests)
    try {
      await work();
      console.log(`ok ${name}`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`FAILED ${name}: ${error.stack}`);
    }
}
