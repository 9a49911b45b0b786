// SPDX-License-Identifier: AGPL-3.0-or-later
//
// QR pictures. They are read by zbarimg where that is installed; else they must
// be the pictures that it once could read.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { equal, test } from './harness.mjs';
import { qrPath, qrSquares } from '../../../src/social/ui/qr.js';

// A text as long as the longest of each size, and one byte more.
const lengths = [1, 14, 15, 26, 27, 42, 43, 62, 84, 106, 122, 152, 180, 181, 213, 251, 287,
  331, 362, 412, 450, 504, 560, 624, 666];
const textOf = (length) => String.fromCharCode(
  ...Array.from({ length }, (_, i) => 33 + (i * 7 + length) % 90));

function pbm(squares) {
  const scale = 4;
  const side = (squares.length + 8) * scale;
  const rows = Array.from({ length: side }, (_, y) => Array.from({ length: side }, (_, x) =>
    squares[Math.floor(y / scale) - 4]?.[Math.floor(x / scale) - 4] ? '1' : '0').join(' '));
  return `P1\n${side} ${side}\n${rows.join('\n')}\n`;
}

const hasReader = (() => {
  try {
    execFileSync('zbarimg', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

test('all sizes are the pictures that were read once', () => {
  const hash = createHash('sha256');
  for (const length of lengths)
    hash.update(qrSquares(textOf(length)).map((row) =>
      row.map((dark) => dark ? '1' : '0').join('')).join('\n'));
  equal(hash.digest('hex'), '00f2ec6d9be9633523909489b9f24adb2e3a525b693e9a34c0b652af78877eb2');
});

if (hasReader)
  test('all sizes are read back by zbarimg', () => {
    const folder = mkdtempSync('/tmp/qr-');
    try {
      for (const length of lengths) {
        writeFileSync(`${folder}/qr.pbm`, pbm(qrSquares(textOf(length))));
        const read = execFileSync('zbarimg', ['-q', '--raw', `${folder}/qr.pbm`],
          { stdio: ['ignore', 'pipe', 'ignore'] });
        equal(read.toString().replace(/\n$/, ''), textOf(length));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

test('a picture is as large as it must be', () => {
  equal([1, 14, 15, 666].map((length) => qrSquares(textOf(length)).length), [21, 21, 25, 97]);
  equal(qrSquares('é'.repeat(7)).length, 21);
});

test('too much is refused', () => {
  let error = null;
  try {
    qrSquares(textOf(667));
  } catch (problem) {
    error = problem;
  }
  equal(error instanceof RangeError, true);
});

test('the path draws each dark square', () =>
  equal(qrPath([[true, false], [false, true]], 4), 'M4 4h1v1h-1zM5 5h1v1h-1z'));
