// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The messages at hand: whatever is loaded, comes and is forgotten in whatever
// order, each is there once and in its order.
import { equal, json, random, test, withServer } from './harness.mjs';
import { Log } from '../../../src/social/ui/log.js';

const place = (messages, more = {}) =>
  ({ key: 'K', ego: 'alice', role: 'host', state: 'entered', messages, ...more });
const message = (id) => ({ type: 'message', id, vars: {} });

// A gateway with these ids here, and those at the host.
function gateway(here, atHost = new Set()) {
  const asked = [];
  const answer = (request, url, response) => {
    const words = Object.fromEntries(url.searchParams);
    asked.push(words);
    const known = [...here, ...(words.remote ? atHost : [])].sort((a, b) => a - b);
    const ids = words.last ? known.slice(-Number(words.last))
      : known.filter((id) => id >= Number(words.from) && id <= Number(words.to));
    if (words.remote)
      ids.forEach((id) => here.add(id));
    json(response, { messages: ids.map(message) });
  };
  return { answer, asked };
}

const upTo = (count) => new Set(Array.from({ length: count }, (_, i) => i + 1));
const ids = (log) => log.messages.map(({ id }) => id);

async function readAll(log) {
  for (let i = 0; !log.isAtStart && i < 1000; i++) {
    await log.loadOlder();
    if (log.error)
      throw log.error;
  }
}

test('the newest first, then all that is older', async () => {
  const { answer, asked } = gateway(upTo(300));
  await withServer(answer, async () => {
    const log = new Log(place(300));
    await log.loadNewest();
    equal(ids(log), [...upTo(300)].slice(-50));
    equal(log.isAtStart, false);
    await readAll(log);
    equal(ids(log), [...upTo(300)]);
    equal(asked.every(({ ego }) => ego === 'alice'), true);
  });
});

test('an empty place is at its start', async () => {
  await withServer(gateway(new Set()).answer, async () => {
    const log = new Log(place(0));
    await log.loadNewest();
    equal([ids(log), log.isLoaded, log.isAtStart], [[], true, true]);
  });
});

test('a guest fetches from the host what is not here', async () => {
  const here = new Set([298, 299, 300]);
  await withServer(gateway(here, upTo(297)).answer, async () => {
    const log = new Log(place(300, { role: 'guest' }));
    await log.loadNewest();
    await readAll(log);
    equal(ids(log), [...upTo(300)]);
  });
});

test('what is nowhere to be had ends the search', async () => {
  const { answer, asked } = gateway(new Set([100_000]));
  await withServer(answer, async () => {
    const log = new Log(place(100_000, { role: 'guest' }));
    await log.loadNewest();
    await readAll(log);
    equal([ids(log), log.isAtStart], [[100_000], true]);
    equal(asked.length < 10, true);
  });
});

test('who was let in late finds what was said before', async () => {
  const here = new Set();
  await withServer(gateway(here, upTo(120)).answer, async () => {
    for (const isTold of [true, false]) {
      here.clear();
      const pending = place(0, { role: 'guest', state: 'pending' });
      const log = new Log(pending);
      await log.loadNewest();
      equal(log.isAtStart, true);
      const entered = place(isTold ? 120 : 0, { role: 'guest' });
      log.setPlace(entered);
      here.add(121);
      log.onMessage(message(121), true);
      await readAll(log);
      equal(ids(log), [...upTo(121)]);
    }
  });
});

test('while the host is away nobody waits for it', async () => {
  const here = new Set([200]);
  await withServer(gateway(here, upTo(199)).answer, async () => {
    const log = new Log(place(200, { role: 'guest', connected: false }));
    await log.loadNewest();
    await log.loadOlder();
    equal([log.error?.code, log.isAtStart], ['not_connected', false]);
    log.setPlace(place(200, { role: 'guest', connected: true }));
    await readAll(log);
    equal(ids(log), [...upTo(200)]);
  });
});

test('sparse ids are found without a request for each', async () => {
  const here = new Set([1, 2, 50_000, 100_000]);
  const { answer, asked } = gateway(here);
  await withServer(answer, async () => {
    const log = new Log(place(100_000));
    await log.loadNewest();
    await readAll(log);
    equal(ids(log), [1, 2, 50_000, 100_000]);
    equal(asked.length < 60, true);
  });
});

test('a refusal is told and can be tried again', async () => {
  let isDown = true;
  const { answer } = gateway(upTo(10));
  await withServer((request, url, response) => isDown
    ? json(response, { code: 'no_answer', detail: 'nobody is there' }, 504)
    : answer(request, url, response), async () => {
    const log = new Log(place(10));
    await log.loadNewest();
    equal([log.isLoaded, log.error.message, log.error.isUnreachable],
      [false, 'nobody is there', true]);
    isDown = false;
    await log.loadNewest();
    equal([ids(log), log.error], [[...upTo(10)], null]);
  });
});

test('in whatever order it comes, each is there once', async () => {
  for (let round = 0; round < 30; round++) {
    const count = 60 + random(200);
    const here = upTo(count);
    const { answer } = gateway(here);
    await withServer(answer, async () => {
      const log = new Log(place(count));
      const reading = log.loadNewest();
      let newest = count;
      for (let i = 0; i < 40; i++) {
        if (random(3) === 0)
          await log.loadOlder();
        if (random(4) === 0)
          log.trim(10 + random(50));
        here.add(++newest);
        log.onMessage(message(newest), random(2) === 0);
        log.onMessage(message(newest), true);
      }
      await reading;
      await readAll(log);
      const got = ids(log);
      equal(got, [...upTo(newest)]);
    });
  }
});

test('what nobody looks at does not grow', async () => {
  await withServer(gateway(upTo(50)).answer, async () => {
    const log = new Log(place(50));
    await log.loadNewest();
    for (let id = 51; id < 5000; id++)
      log.onMessage(message(id), false);
    for (let id = 1; id < 5000; id++)
      log.onGap({ from: id, to: id });
    equal(log.size <= 100 && log.gaps.length <= 200, true);
  });
});
