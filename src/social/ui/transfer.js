// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Files up and down, with progress. What is interrupted goes on where it was:
// a download by a range, an upload by being sent again under the same key.
import { Problem, address, fetchRaw, ofPlace, problemOf, tokenHeader } from './api.js';

const pieceBytes = 4 * 1024 * 1024;
// Hashed in memory: above it only the size is checked.
const hashedBytesMax = 256 * 1024 * 1024;
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const triesMax = 6;
const pause = (ms, signal) => new Promise((done) => {
  const timer = setTimeout(done, ms);
  signal?.addEventListener('abort', () => {
    clearTimeout(timer);
    done();
  }, { once: true });
});

// As GNUnet writes it: five bits a character, the highest first.
export function hashText(bytes) {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8 | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5)
      text += alphabet[value >> bits - 5 & 31];
  }
  return bits ? text + alphabet[value << 5 - bits & 31] : text;
}

// Of a file or blob, or null when it is too large.
export async function hashOf(blob) {
  if (blob.size > hashedBytesMax)
    return null;
  const hash = await crypto.subtle.digest('SHA-512', await blob.arrayBuffer());
  return hashText(new Uint8Array(hash));
}

// One try; `onProgress` hears the share of it, 0 to 1.
export async function upload(place, file, { key, onProgress, signal }) {
  const to = ofPlace(place, 'files');
  const hash = await hashOf(file);
  if (signal?.aborted)
    throw new DOMException('', 'AbortError');
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open('POST', address(to.path, to.words));
    const headers = {
      ...tokenHeader(),
      'Content-Type': file.type || 'application/octet-stream',
      'X-File-Name': encodeURIComponent(file.name),
      'Idempotency-Key': key,
      ...hash ? { 'X-File-Hash': hash } : {},
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

// Fails when `signal` says stop: fetch itself does not always hear of it.
function stopOf(signal) {
  const stop = new Promise((_, fail) => {
    const onAbort = () => fail(new DOMException('', 'AbortError'));
    if (signal?.aborted)
      onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
  });
  stop.catch(() => {}); // nobody may be waiting
  return stop;
}

async function readOn(to, pieces, { onProgress, size, signal, stop }) {
  const headers = pieces.size ? { Range: `bytes=${pieces.size}-` } : {};
  const answer = await Promise.race([stop, fetchRaw('GET', to.path, {
    words: to.words, headers, signal,
  })]);
  if (pieces.size && answer.status !== 206)
    throw new Problem(409, 'changed', 'The file cannot be resumed. Try again.');
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await Promise.race([stop, reader.read()]);
    if (done)
      return answer.headers.get('Content-Type') ?? '';
    pieces.add(value);
    if (size)
      onProgress?.(Math.min(1, pieces.size / size));
  }
}

// A file that is another than its sender said is none.
export async function download(place, id, { hash, ...options } = {}) {
  const blob = await fetchAll(place, id, options);
  const found = hash ? await hashOf(blob) : null;
  if (found && found !== hash)
    throw new Problem(409, 'changed',
      'The file is not what its sender says: it has another hash. It was not saved.');
  return blob;
}

// All of it as a blob. `size` is what its sender said, or 0.
async function fetchAll(place, id, { onProgress, size, signal } = {}) {
  const to = ofPlace(place, `files/${id}`,
    place.role === 'guest' ? { remote: true } : {});
  const pieces = new Pieces();
  const stop = stopOf(signal);
  for (let tries = 1; ; tries++) {
    const before = pieces.size;
    try {
      return pieces.blob(await readOn(to, pieces, { onProgress, size, signal, stop }));
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
