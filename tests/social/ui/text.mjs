// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What others wrote, names and invitations.
import { equal, test } from './harness.mjs';
import { initial, isFile, isOffer, nameText, pieces, shortKey, sizeText, valueText, visibleLine }
  from '../../../src/social/ui/text.js';
import { invitationLink, invitations, parseInvitation, placeName }
  from '../../../src/social/ui/places.js';
import { hasToken, takeToken } from '../../../src/social/ui/api.js';

const key = '000G006RXC4S737BA2W0EXXRC8VQZSYKCWE88QEY42JHXAQ21PBCHTGKYW';

test('text stays what it is', () => {
  equal(pieces('Grüße, 你好 👩‍👩‍👧\n\tx'), [{ text: 'Grüße, 你好 👩‍👩‍👧\n\tx' }]);
  equal(pieces(''), []);
});

test('what would do something is named instead', () => {
  equal(pieces('a\u202eb'), [{ text: 'a' }, { control: 'U+202E' }, { text: 'b' }]);
  for (const code of [0, 7, 0x1b, 0x7f, 0x9b, 0x61c, 0x200e, 0x200f, 0x202a, 0x2066,
    0x2069, 0x2028, 0x2029, 0xfeff, 0xfff9, 0xe0041, 0xd800])
    equal(pieces(String.fromCodePoint(code), '').map((piece) => Object.keys(piece)),
      [['control']]);
  equal(visibleLine('two\nlines'), 'two<U+000A>lines');
});

test('values of all shapes become text', () => {
  equal(valueText('x'), 'x');
  equal(valueText(null), '');
  equal(valueText({ base64: '/w==' }), '(bytes) /w==');
  equal(valueText({ text: 'be', size: 9, truncated: true }), 'be…');
  equal(valueText({ size: 9, truncated: true }), '');
});

test('sizes are said in units that fit', () => {
  equal([0, 1, 1023, 1024, 1536, 12_000_000, 5 * 2 ** 40].map(sizeText),
    ['0 bytes', '1 byte', '1023 bytes', '1.0 KiB', '1.5 KiB', '11 MiB', '5.0 TiB']);
});

test('people without a name go by the start of their key', () => {
  equal(nameText(null, key), '000G006RXC4S…');
  equal(nameText('bob', key), 'bob');
  equal(nameText({ base64: '/w==' }, key), '(bytes) /w==');
  equal(nameText(null, null), 'somebody');
  equal(shortKey('short'), 'short');
  equal([initial('bob', key), initial(null, key), initial(null, null)], ['B', 'X', '?']);
});

test('a place is called by its label', () => {
  equal(placeName({ key, name: `lounge.${key}` }), { label: 'lounge', zone: '000G006RXC4S…' });
  equal(placeName({ key, name: 'lounge.alice' }), { label: 'lounge', zone: 'alice' });
  equal(placeName({ key, name: null }).label, '000G006RXC4S…');
  equal(placeName({ key, name: '.x' }).label, '000G006RXC4S…');
});

test('an invitation comes through its link', () => {
  const place = { key: 'W'.repeat(52), name: 'lounge.alice', role: 'host', ego: 'alice' };
  const all = invitations(place, [{ name: 'alice', key }], 'PEER');
  equal(all, [{ place: `lounge.${key}` }, { place: place.key, origin: 'PEER' }]);
  for (const invitation of all)
    equal(parseInvitation(invitationLink(invitation, 'http://127.0.0.1:7778/social/ui/')),
      { origin: '', ...invitation });
  equal(parseInvitation('  lounge.alice '), { place: 'lounge.alice', origin: '' });
  equal(parseInvitation('x#y'), { place: 'x#y', origin: '' });
});

test('a guest passes on the name that is the same for everybody', () => {
  const guest = { key: 'W'.repeat(52), role: 'guest', ego: 'bob' };
  equal(invitations({ ...guest, name: `lounge.${key}` }, [], 'P'), [{ place: `lounge.${key}` }]);
  equal(invitations({ ...guest, name: 'lounge.alice' }, [], 'P'), []);
});

test('what is offered is a file', () => {
  const kinds = (method) => [isFile({ method }), isOffer({ method })];
  equal(kinds('_file'), [true, false]);
  equal(kinds('_notice_place_file'), [true, true]);
  for (const method of ['_request_place_file', '_notice_place_files', '_filed', '_converse'])
    equal(kinds(method), [false, false]);
});

test('the token is taken out of the address', () => {
  sessionStorage.removeItem('social.token');
  equal(hasToken(), false);
  location.hash = '#token=se%2Bcret';
  equal(takeToken(), true);
  equal([location.hash, sessionStorage.getItem('social.token')], ['', 'se+cret']);
  equal(takeToken(), false);
});
