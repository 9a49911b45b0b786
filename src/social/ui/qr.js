// SPDX-License-Identifier: AGPL-3.0-or-later
//
// QR pictures (ISO/IEC 18004) of short texts: bytes, error correction level M,
// sizes 1 to 20, which is up to 666 bytes. Pure.

// By size, for level M: correction bytes of a block, and blocks.
const correctionBytes = [0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26,
  30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const blockCounts = [0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5,
  5, 8, 9, 9, 10, 10, 11, 13, 14, 16];
const versionMost = 20;

// ------------------------------------------- bytes, by GF(256) modulo 0x11d

const multiply = (a, b) => {
  let out = 0;
  for (let bit = 7; bit >= 0; bit--) {
    out = (out << 1) ^ ((out >> 7) * 0x11d);
    out ^= ((b >> bit) & 1) * a;
  }
  return out;
};

// The generator's coefficients but the first, which is 1.
function generator(degree) {
  const out = new Array(degree).fill(0);
  out[degree - 1] = 1;
  let root = 1;
  for (let i = 0; i < degree; i++) {
    for (let j = 0; j < degree; j++)
      out[j] = multiply(out[j], root) ^ (out[j + 1] ?? 0);
    root = multiply(root, 2);
  }
  return out;
}

function correction(data, divisor) {
  const out = new Array(divisor.length).fill(0);
  for (const byte of data) {
    const factor = byte ^ out.shift();
    out.push(0);
    divisor.forEach((coefficient, i) => { out[i] ^= multiply(coefficient, factor); });
  }
  return out;
}

// ------------------------------------------------------------------- sizes

const sideOf = (version) => 17 + 4 * version;

// Where the centres of the small squares stand, in both directions.
function alignments(version) {
  if (version === 1)
    return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const out = [6];
  for (let at = sideOf(version) - 7; out.length < count; at -= step)
    out.splice(1, 0, at);
  return out;
}

// Squares that carry bits, whole bytes of them.
function bytesOf(version) {
  const side = sideOf(version);
  const count = alignments(version).length;
  let squares = side * side - 3 * 64 - 31 - 2 * (side - 16);
  if (count > 0)
    squares -= 25 * (count * count - 3) - 10 * (count - 2);
  if (version >= 7)
    squares -= 36;
  return Math.floor(squares / 8);
}

const dataBytesOf = (version) =>
  bytesOf(version) - correctionBytes[version] * blockCounts[version];

// ------------------------------------------------------------------- bytes

function dataBytes(text, version) {
  const bits = [];
  const put = (value, count) => {
    for (let bit = count - 1; bit >= 0; bit--)
      bits.push((value >> bit) & 1);
  };
  put(4, 4); // bytes
  put(text.length, version < 10 ? 8 : 16);
  text.forEach((byte) => put(byte, 8));
  const room = dataBytesOf(version) * 8;
  put(0, Math.min(4, room - bits.length));
  put(0, (8 - bits.length % 8) % 8);
  for (let filler = 0xec; bits.length < room; filler ^= 0xec ^ 0x11)
    put(filler, 8);
  const out = [];
  for (let i = 0; i < bits.length; i += 8)
    out.push(bits.slice(i, i + 8).reduce((byte, bit) => byte * 2 + bit, 0));
  return out;
}

// Blocks, each with its correction, dealt out in turns.
function allBytes(text, version) {
  const data = dataBytes(text, version);
  const count = blockCounts[version];
  const divisor = generator(correctionBytes[version]);
  const short = Math.floor(data.length / count);
  const longs = data.length % count; // the last ones have a byte more
  const blocks = [];
  for (let i = 0, at = 0; i < count; i++) {
    const size = short + (i >= count - longs ? 1 : 0);
    const bytes = data.slice(at, at + size);
    blocks.push({ bytes, check: correction(bytes, divisor) });
    at += size;
  }
  const out = [];
  for (let i = 0; i <= short; i++)
    for (const { bytes } of blocks)
      if (i < bytes.length)
        out.push(bytes[i]);
  for (let i = 0; i < divisor.length; i++)
    blocks.forEach(({ check }) => out.push(check[i]));
  return out;
}

// ------------------------------------------------------------------ squares

class Picture {
  constructor(version) {
    this.version = version;
    this.side = sideOf(version);
    const rows = (value) => Array.from({ length: this.side },
      () => new Array(this.side).fill(value));
    this.squares = rows(false);
    this.isFixed = rows(false);
    this.#drawFixed();
  }

  #fix(x, y, isDark) {
    this.squares[y][x] = isDark;
    this.isFixed[y][x] = true;
  }

  #drawFixed() {
    for (let i = 0; i < this.side; i++) {
      this.#fix(6, i, i % 2 === 0);
      this.#fix(i, 6, i % 2 === 0);
    }
    const last = this.side - 4;
    for (const [x, y] of [[3, 3], [last, 3], [3, last]])
      this.#drawFinder(x, y);
    const at = alignments(this.version);
    const end = at.length - 1;
    at.forEach((x, i) => at.forEach((y, j) => {
      const isFinder = (i === 0 && (j === 0 || j === end)) || (i === end && j === 0);
      if (!isFinder)
        this.#drawAlignment(x, y);
    }));
    this.drawFormat(0); // keeps its room
    this.#drawVersion();
  }

  #drawFinder(x, y) {
    for (let dy = -4; dy <= 4; dy++)
      for (let dx = -4; dx <= 4; dx++) {
        const far = Math.max(Math.abs(dx), Math.abs(dy));
        if (this.squares[y + dy]?.[x + dx] !== undefined)
          this.#fix(x + dx, y + dy, far !== 2 && far !== 4);
      }
  }

  #drawAlignment(x, y) {
    for (let dy = -2; dy <= 2; dy++)
      for (let dx = -2; dx <= 2; dx++)
        this.#fix(x + dx, y + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
  }

  // Level M and the mask, with BCH (15, 5), twice.
  drawFormat(mask) {
    const data = mask; // level M is 00
    let rest = data;
    for (let i = 0; i < 10; i++)
      rest = (rest << 1) ^ ((rest >> 9) * 0x537);
    const bits = ((data << 10) | rest) ^ 0x5412;
    const bit = (i) => ((bits >> i) & 1) === 1;
    for (let i = 0; i < 15; i++) {
      const y = i < 6 ? i : i < 8 ? i + 1 : this.side - 15 + i;
      this.#fix(8, y, bit(i));
      const x = i < 8 ? this.side - 1 - i : i === 8 ? 7 : 14 - i;
      this.#fix(x, 8, bit(i));
    }
    this.#fix(8, this.side - 8, true);
  }

  // The size, with BCH (18, 6), twice.
  #drawVersion() {
    if (this.version < 7)
      return;
    let rest = this.version;
    for (let i = 0; i < 12; i++)
      rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
    const bits = (this.version << 12) | rest;
    for (let i = 0; i < 18; i++) {
      const isDark = ((bits >> i) & 1) === 1;
      const far = this.side - 11 + i % 3;
      const near = Math.floor(i / 3);
      this.#fix(far, near, isDark);
      this.#fix(near, far, isDark);
    }
  }

  // In columns of two from the right, up and down in turns.
  drawBytes(bytes) {
    let i = 0;
    let isUp = true;
    for (let right = this.side - 1; right > 0; right -= 2) {
      if (right === 6)
        right = 5;
      for (let step = 0; step < this.side; step++) {
        const y = isUp ? this.side - 1 - step : step;
        for (const x of [right, right - 1]) {
          if (this.isFixed[y][x] || i >= bytes.length * 8)
            continue;
          this.squares[y][x] = ((bytes[i >> 3] >> (7 - (i & 7))) & 1) === 1;
          i++;
        }
      }
      isUp = !isUp;
    }
  }

  mask(number) {
    const isTurned = masks[number];
    for (let y = 0; y < this.side; y++)
      for (let x = 0; x < this.side; x++)
        if (!this.isFixed[y][x] && isTurned(x, y))
          this.squares[y][x] = !this.squares[y][x];
  }
}

const masks = [
  (x, y) => (x + y) % 2 === 0,
  (x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => (x * y) % 2 + (x * y) % 3 === 0,
  (x, y) => ((x * y) % 2 + (x * y) % 3) % 2 === 0,
  (x, y) => ((x + y) % 2 + (x * y) % 3) % 2 === 0,
];

// How hard it is to read: long runs, blocks, what looks like a corner, and too
// much of one colour.
function penalty(squares) {
  const side = squares.length;
  const lines = squares.map((row) => row.map((dark) => dark ? '1' : '0').join(''));
  const columns = squares.map((_, x) =>
    squares.map((row) => row[x] ? '1' : '0').join(''));
  let out = 0;
  for (const line of [...lines, ...columns]) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g))
      out += run.length - 2;
    for (let i = 0; i + 11 <= side; i++)
      if (['10111010000', '00001011101'].includes(line.slice(i, i + 11)))
        out += 40;
  }
  for (let y = 1; y < side; y++)
    for (let x = 1; x < side; x++)
      if (squares[y][x] === squares[y - 1][x] && squares[y][x] === squares[y][x - 1]
          && squares[y][x] === squares[y - 1][x - 1])
        out += 3;
  const dark = squares.flat().filter(Boolean).length;
  return out + 10 * Math.floor(Math.abs(dark * 20 - side * side * 10) / (side * side));
}

// Rows of squares, true for dark. Throws when the text is too long.
export function qrSquares(text) {
  const bytes = [...new TextEncoder().encode(text)];
  let version = 1;
  while (version <= versionMost
         && dataBytesOf(version) < bytes.length + (version < 10 ? 2 : 3))
    version++;
  if (version > versionMost)
    throw new RangeError('too long for a QR picture');
  const all = allBytes(bytes, version);
  let best = null;
  for (let mask = 0; mask < masks.length; mask++) {
    const picture = new Picture(version);
    picture.drawBytes(all);
    picture.mask(mask);
    picture.drawFormat(mask);
    const cost = penalty(picture.squares);
    if (!best || cost < best.cost)
      best = { cost, squares: picture.squares };
  }
  return best.squares;
}

// The dark squares as an SVG path, `border` squares from the edge.
export function qrPath(squares, border) {
  const out = [];
  squares.forEach((row, y) => row.forEach((dark, x) => {
    if (dark)
      out.push(`M${x + border} ${y + border}h1v1h-1z`);
  }));
  return out.join('');
}
