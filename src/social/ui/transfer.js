// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Files up and down, with progress. What is interrupted goes on where it was:
// a download by a range, an upload by being sent again under the same key.
import { Problem, address, fetchRaw, ofPlace, problemOf, tokenHeader } from './api.js';

const pieceBytes = 4 * 1024 * 1024;
const triesMax = 6;
const pause = (ms, signal) => new Promise((done) => {
  const timer = setTimeout(done, ms);
  signal?.addEventListener('abort', () => {
    clearTimeout(timer);
    done();
  }, { once: true });
});

// One try; `onProgress` hears the share of it, 0 to 1.
export function upload(place, file, { key, onProgress, signal }) {
  const to = ofPlace(place, 'files');
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open('POST', address(to.path, to.words));
    const headers = {
      ...tokenHeader(),
      'Content-Type': file.type || 'application/octet-stream',
      'X-File-Name': encodeURIComponent(file.name),
      'Idempotency-Key': key,
    };
    for (const [name, value] of Object.entries(headers))
      request.setRequestHeader(name, value);
    request.upload.onprogress = (event) =>
      event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => request.status < 300
      ? done(JSON.parse(request.responseText))
      : fail(problemOf(request.status, request.responseText));
    request.onerror = () => fail(new Problem(0, 'unreachable',
      'The connection to your gateway broke. Try again: what arrived twice '
      + 'counts once.'));
    request.onabort = () => fail(new DOMException('', 'AbortError'));
    signal?.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

// Pieces of it as blobs: the browser puts these on disk when they are many.
class Pieces {
  #whole = [];
  #open = [];
  #openBytes = 0;
  size = 0;

  add(bytes) {
    this.#open.push(bytes);
    this.#openBytes += bytes.length;
    this.size += bytes.length;
    if (this.#openBytes >= pieceBytes)
      this.#close();
  }

  #close() {
    this.#whole.push(new Blob(this.#open));
    this.#open = [];
    this.#openBytes = 0;
  }

  blob(type) {
    this.#close();
    return new Blob(this.#whole, { type });
  }
}

async function readOn(to, pieces, { onProgress, size, signal }) {
  const headers = pieces.size ? { Range: `bytes=${pieces.size}-` } : {};
  const answer = await fetchRaw('GET', to.path, {
    words: to.words, headers, signal,
  });
  if (pieces.size && answer.status !== 206)
    throw new Problem(409, 'changed', 'The file cannot be resumed. Try again.');
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done)
      return answer.headers.get('Content-Type') ?? '';
    pieces.add(value);
    if (size)
      onProgress?.(Math.min(1, pieces.size / size));
  }
}

// All of a file as a blob. `size` is what its sender said, or 0.
export async function download(place, id, { onProgress, size, signal } = {}) {
  const to = ofPlace(place, `files/${id}`,
    place.role === 'guest' ? { remote: true } : {});
  const pieces = new Pieces();
  for (let tries = 1; ; tries++) {
    const before = pieces.size;
    try {
      return pieces.blob(await readOn(to, pieces, { onProgress, size, signal }));
    } catch (error) {
      const isFinal = error.name === 'AbortError' || signal?.aborted
        || (error instanceof Problem && !error.isUnreachable
            && error.status !== 429);
      if (isFinal)
        throw error;
      if (size && pieces.size >= size)
        return pieces.blob('');
      if (pieces.size > before)
        tries = 0;
      if (tries >= triesMax)
        throw new Problem(0, 'unreachable',
          'The download broke off and does not go on. Try again later.');
      await pause(500 * 2 ** tries, signal);
    }
  }
}

// Hands a blob to the browser, to be saved under a name.
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}
