// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Downloads that break off.
import { randomBytes, webcrypto } from 'node:crypto';
import { equal, json, random, test, withServer } from './harness.mjs';
import { download, hashOf } from '../../../src/social/ui/transfer.js';

globalThis.crypto ??= webcrypto; // not there in Node.js 18

const place = { key: 'K', ego: 'bob', role: 'guest', state: 'entered' };

// Sends a range, and cuts the first `cuts` answers off somewhere.
function library(file, cuts) {
  const asked = [];
  let left = cuts;
  return {
    asked,
    answer(request, url, response) {
      asked.push([request.headers.range, url.searchParams.get('remote')]);
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const rest = file.subarray(from);
      response.writeHead(from ? 206 : 200, {
        'Content-Type': 'application/x-thing', 'Content-Length': rest.length,
      });
      if (left-- <= 0)
        return response.end(rest);
      response.write(rest.subarray(0, 1 + random(rest.length - 1)));
      return setTimeout(() => response.destroy(), 30);
    },
  };
}

test('a download that breaks off goes on where it was', async () => {
  const file = randomBytes(3_000_000);
  const { asked, answer } = library(file, 2);
  await withServer(answer, async () => {
    const shares = [];
    const blob = await download(place, 7, {
      size: file.length, onProgress: (share) => shares.push(share),
    });
    equal(Buffer.from(await blob.arrayBuffer()).equals(file), true);
    equal(blob.type, 'application/x-thing');
    equal(asked.length, 3);
    equal(asked.every(([, remote]) => remote === 'true'), true);
    equal(shares.at(-1), 1);
    equal(shares.every((share, i) => i === 0 || share >= shares[i - 1]), true);
  });
});

test('a hash is what GNUnet says', async () => {
  equal(await hashOf(new Blob(['abc'])), 'VPQKB8CKC5XBNK21ED4TW821649EDYJEH6MQX8GAKVQECJTNTED234MS58KMZGD86TX3R8X3ZVNVTHAD8GHP8F781RN9NJAFMN6A97R');
});

test('a file that is not what its sender says is refused', async () => {
  await withServer((request, url, response) => response.end('abd'), async () => {
    const hash = await hashOf(new Blob(['abc']));
    const error = await download(place, 7, { size: 3, hash }).catch((problem) => problem);
    equal(error.code, 'changed');
  });
});

test('a refused download is refused at once', async () => {
  let count = 0;
  await withServer((request, url, response) => {
    count++;
    json(response, { code: 'no_such_message', detail: 'not here' }, 404);
  }, async () => {
    const error = await download(place, 7, { size: 9 }).catch((problem) => problem);
    equal([error.message, error.status, count], ['not here', 404, 1]);
  });
});

test('a download can be stopped', async () => {
  await withServer((request, url, response) => {
    response.writeHead(200);
    response.write('x');
  }, async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    const error = await download(place, 7, { size: 9, signal: abort.signal })
      .catch((problem) => problem);
    equal(error.name, 'AbortError');
  });
});
