// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What others wrote, made fit to be shown: characters that control a display
// or turn the direction of text become visible, as gnunet-social does it on a
// terminal. Also sizes, times and keys for people. Pure.

const isHarmful = (code) =>
  code <= 0x1f || (code >= 0x7f && code <= 0x9f)          // controls
  || code === 0x61c || code === 0x200e || code === 0x200f
  || (code >= 0x202a && code <= 0x202e)
  || (code >= 0x2066 && code <= 0x2069)                   // direction
  || code === 0x2028 || code === 0x2029                   // separators
  || code === 0xfeff || (code >= 0xfff9 && code <= 0xfffb)
  || (code >= 0xe0000 && code <= 0xe007f)                 // tags
  || (code >= 0xd800 && code <= 0xdfff);                  // half a character

const codeName = (code) =>
  `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;

// The text in pieces: {text} as it is, {control} the name of a character that
// would do something. Line ends and tabs stay where `kept` has them.
export function pieces(text, kept = '\n\t') {
  const out = [];
  let plain = '';
  for (const character of text) {
    const code = character.codePointAt(0);
    if (!isHarmful(code) || kept.includes(character)) {
      plain += character;
      continue;
    }
    if (plain)
      out.push({ text: plain });
    plain = '';
    out.push({ control: codeName(code) });
  }
  if (plain)
    out.push({ text: plain });
  return out;
}

// The same in one line of plain text, for labels and titles.
export function visibleLine(text) {
  return pieces(text, '').map((piece) => piece.text ?? `<${piece.control}>`)
    .join('');
}

// A value of the gateway's JSON: a string, {base64}, or {text, size}.
export function valueText(value) {
  if (value === null || value === undefined)
    return '';
  if (typeof value === 'string')
    return value;
  if (typeof value.text === 'string')
    return `${value.text}…`;
  return 'base64' in value ? `(bytes) ${value.base64.slice(0, 60)}` : '';
}

export function sizeText(bytes) {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let size = bytes;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return unit === 0 ? `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
    : `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}

// Enough of a key to tell people apart; gnunet-social takes it, too.
export const shortKey = (key) =>
  key && key.length > 14 ? `${key.slice(0, 12)}…` : key ?? '';

export function nameText(name, key) {
  const given = valueText(name);
  return given ? visibleLine(given) : shortKey(key) || 'somebody';
}

export const clock = (time) =>
  new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
export const day = (time) =>
  new Date(time).toLocaleDateString([], {
    weekday: 'long', day: 'numeric', month: 'long', year: 'numeric',
  });
export const moment = (time) => `${day(time)}, ${clock(time)}`;

// One letter for a face: of the name, or of what tells keys apart.
export function initial(name, key) {
  const given = visibleLine(valueText(name));
  return given ? [...given][0].toUpperCase() : key?.[8] ?? '?';
}

// One of eight, always the same for a key: its colour.
export function hueOf(key) {
  let sum = 0;
  for (const character of key ?? '')
    sum = (sum * 31 + character.codePointAt(0)) % 8191;
  return sum % 8;
}

// What a message is.
export const isTalk = (message) =>
  /^_(converse|message)(_|$)/.test(message.method);
// A file that is sent when somebody asks for it.
export const isOffer = (message) => /^_notice_place_file(_|$)/.test(message.method);

export const isFile = (message) => /^_file(_|$)/.test(message.method)
  || isOffer(message);

export const plural = (count, one, many) =>
  `${count} ${count === 1 ? one : many}`;
