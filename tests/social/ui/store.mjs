// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the page knows: what is unread, who knocks, what is on its way.
import { equal, json, test, withServer } from './harness.mjs';
import { Store, placeAddress, placeId } from '../../../src/social/ui/store.js';

const lounge = { type: 'place', key: 'K1', name: 'lounge.alice', role: 'host', ego: 'alice',
  policy: 'private', state: 'entered', messages: 10, nyms: 1, connected: true, outbox: 0 };
const salon = { ...lounge, key: 'K2', name: 'salon.bob', role: 'guest' };
const said = (id, place, more = {}) => ({ type: 'message', id, place, method: '_converse',
  mine: false, vars: {}, text: `text ${id}`, ...more });

function gateway(more = () => false) {
  const posts = [];
  return {
    posts,
    answer(request, url, response) {
      if (more(request, url, response))
        return;
      const lists = {
        '/social/egos': { egos: [{ name: 'alice', key: 'A' }, { name: 'old', key: 'O', usable: false }] },
        '/social/places': { places: [lounge, salon] },
        '/social/status': { peer: 'P' },
        '/social/places/K1/door': { nyms: [{ type: 'nym', place: 'K1', key: 'N', state: 'waiting' }] },
        '/social/places/K1/messages': { messages: [] },
      };
      if (request.method === 'POST')
        posts.push(request.headers['idempotency-key']);
      json(response, lists[url.pathname] ?? {});
    },
  };
}

const loaded = async (work, more) => {
  localStorage.removeItem('social.read');
  const { answer, posts } = gateway(more);
  await withServer(answer, async () => {
    const store = new Store();
    await store.load();
    await work(store, posts);
  });
};

test('what was there at first is read, what comes is not', () => loaded((store) => {
  equal([store.unread(lounge), store.unread(salon)], [0, 0]);
  store.onEvents([said(11, 'K1'), said(12, 'K1')]);
  equal([store.unread(lounge), store.unread(salon)], [2, 0]);
  store.markRead(lounge);
  equal(store.unread(lounge), 0);
  const later = new Store();
  later.places = store.places;
  later.onEvents([{ ...lounge, messages: 13 }]);
  equal(later.unread(lounge), 1);
}));

test('our own words are no news to us', () => loaded((store) => {
  store.onEvents([said(11, 'K1', { mine: true })]);
  equal(store.unread(lounge), 0);
}));

test('who comes to the door is known, and gone when let in', () => loaded((store) => {
  equal(store.waitingAt(lounge).map(({ key }) => key), ['N']);
  equal(store.waitingAt(salon), []);
  const knocks = [];
  store.on('knock', (nym) => knocks.push(nym.key));
  const nym = { type: 'nym', place: 'K1', key: 'M', state: 'waiting' };
  store.onEvents([nym, nym]);
  equal(store.waitingAt(lounge).map(({ key }) => key), ['N', 'M']);
  store.onEvents([{ ...nym, state: 'present' }]);
  equal(store.waitingAt(lounge).map(({ key }) => key), ['N']);
  equal(knocks, ['M', 'M']);
}));

test('EdDSA egos cannot act', () => loaded((store) =>
  equal(store.usableEgos.map(({ name }) => name), ['alice'])));

const posting = (answers) => (request, url, response) => {
  if (request.method !== 'POST')
    return false;
  const [status, body] = answers.length > 1 ? answers.shift() : answers[0];
  json(response, body, status);
  return true;
};

test('what is sent goes from the list when it is there, whichever comes first', async () => {
  for (const isEventFirst of [true, false])
    await loaded(async (store) => {
      await store.log(lounge).loadNewest();
      const event = said(11, 'K1', { mine: true });
      if (isEventFirst)
        store.onEvents([event]);
      await store.say(lounge, 'text 11', null);
      if (!isEventFirst) {
        equal(store.sending(lounge).length, 1);
        store.onEvents([event]);
      }
      equal(store.sending(lounge), []);
      equal(store.log(lounge).messages.length, 1);
    }, posting([[201, { id: 11, state: 'stored' }]]));
});

test('what failed stays, and goes again under its key', () => {
  const keys = [];
  const answers = [[504, { code: 'no_answer', detail: 'nobody' }], [201, { id: 11, state: 'stored' }]];
  const post = posting(answers);
  return loaded(async (store) => {
    await store.log(lounge).loadNewest();
    await store.say(lounge, 'x', 3);
    const [item] = store.sending(lounge);
    equal([item.state, item.error.message], ['failed', 'nobody']);
    store.onEvents([said(11, 'K1', { mine: true })]);
    await store.send(lounge, item);
    equal(store.sending(lounge), []);
    equal([keys.length, keys[0] === keys[1], keys[0].length], [2, true, 32]);
  }, (request, url, response) => {
    if (request.method === 'POST')
      keys.push(request.headers['idempotency-key']);
    return post(request, url, response);
  });
});

test('what waits in the outbox is followed until it is there', () =>
  loaded(async (store) => {
    await store.log(lounge).loadNewest();
    const saying = store.say(lounge, 'x', null);
    const states = new Set();
    store.on('talk', () => states.add(store.sending(lounge)[0]?.state));
    await saying;
    equal([...states].includes('queued'), true);
    equal(store.sending(lounge)[0].id, 11);
  }, posting([[202, { id: null, state: 'queued' }], [201, { id: 11, state: 'accepted' }]])));

test('an address may hold any ego', () => {
  const place = { ...lounge, ego: 'a/b c%' };
  const [, , key, ego, panel] = placeAddress(place, 'people').split('/');
  equal([`${key}/${decodeURIComponent(ego)}`, panel], [placeId(place), 'people']);
});
