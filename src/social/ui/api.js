// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The gateway: requests with the token, and problem documents as exceptions.
// The token comes in the address's fragment, which no browser sends anywhere;
// it is taken out of there at once and kept for this tab alone.

const tokenItem = 'social.token';

// What was refused, and why, in words for people.
export class Problem extends Error {
  constructor(status, code, detail, member) {
    super(detail);
    this.status = status;
    this.code = code;
    this.member = member;
  }

  get isUnreachable() {
    return this.status === 0 || this.status >= 502;
  }
}

const unreachable = () => new Problem(0, 'unreachable',
  'Your gateway does not answer. Start it with “gnunet-arm -i social-web”; '
  + 'this page goes on by itself.');

export const hasToken = () => sessionStorage.getItem(tokenItem) !== null;
export const dropToken = () => sessionStorage.removeItem(tokenItem);

// Takes "#token=…" out of the address. True if there was one.
export function takeToken() {
  const words = new URLSearchParams(location.hash.slice(1));
  const token = words.get('token');
  if (!token)
    return false;
  sessionStorage.setItem(tokenItem, token);
  history.replaceState(null, '', location.pathname);
  return true;
}

export function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function address(path, words = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(words))
    if (value !== undefined && value !== null && value !== '')
      query.set(name, value);
  return `/social/${path}${query.size ? `?${query}` : ''}`;
}

export const tokenHeader = () =>
  ({ 'X-Social-Token': sessionStorage.getItem(tokenItem) ?? '' });

export function problemOf(status, text) {
  try {
    const { code, detail, member } = JSON.parse(text);
    return new Problem(status, code, detail ?? `Status ${status}`, member);
  } catch {
    return new Problem(status, 'failed', `The gateway answered ${status}.`);
  }
}

// The answer as it is; throws what is no success.
export async function fetchRaw(method, path, { words, body, headers, signal } = {}) {
  const options = {
    method,
    signal,
    headers: { ...tokenHeader(), ...headers },
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
  };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers['Content-Type'] = 'application/json';
  }
  let answer;
  try {
    answer = await fetch(address(path, words), options);
  } catch (error) {
    throw error.name === 'AbortError' ? error : unreachable();
  }
  if (!answer.ok)
    throw problemOf(answer.status, await answer.text().catch(() => ''));
  return answer;
}

// The answer's JSON, or undefined where there is none.
export async function call(method, path, options) {
  const answer = await fetchRaw(method, path, options);
  if (answer.status === 204)
    return undefined;
  try {
    return await answer.json();
  } catch (error) {
    throw error.name === 'AbortError' ? error : unreachable();
  }
}

// Paths of one place; of several egos in it, as that of `place`.
export function ofPlace(place, rest = '', words = {}) {
  const path = `places/${place.key}${rest && `/${rest}`}`;
  return { path, words: { ...words, ego: place.ego } };
}

export function callPlace(place, method, rest, { words, ...options } = {}) {
  const to = ofPlace(place, rest, words);
  return call(method, to.path, { ...options, words: to.words });
}

// Topic and objects as they are now.
export const objectsOf = async (place) =>
  (await callPlace(place, 'GET', 'objects')).objects;
