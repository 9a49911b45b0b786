// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Hears of what is new, over outages and restarts of all services. Ends when
// the token is refused. Browsers open but six connections to the gateway: of
// several tabs one waits there, and wakes the others, which ask and go.
import { Problem, call } from './api.js';

const pauseMost = 15000;
const pollSeconds = 30;
const name = 'social.events';
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Whether this tab is the one that waits at the gateway.
class Watch {
  isFirst = true;
  #channel = null;
  #hasNews = false;
  #wake = () => {};
  #release = () => {};

  constructor() {
    if (!globalThis.navigator?.locks || !globalThis.BroadcastChannel)
      return;
    this.isFirst = false;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = () => this.#onNews();
    const held = new Promise((done) => { this.#release = done; });
    navigator.locks.request(name, () => {
      this.isFirst = true;
      this.#onNews();
      return held;
    });
  }

  #onNews() {
    this.#hasNews = true;
    this.#wake();
  }

  tellOthers() {
    this.#channel?.postMessage('');
  }

  // Until there may be something.
  async wait() {
    if (!this.#hasNews)
      await Promise.race([pause(pollSeconds * 1000),
        new Promise((done) => { this.#wake = done; })]);
    this.#hasNews = false;
  }

  close() {
    this.#channel?.close();
    this.#release();
  }
}

async function newsSince(since, watch) {
  if (watch.isFirst) {
    const news = await call('GET', 'events', { words: { since, timeout: pollSeconds } });
    if (news.reset || news.events.length)
      watch.tellOthers();
    return news;
  }
  const news = await call('GET', 'events', { words: { since, timeout: 0 } });
  if (!news.reset && !news.events.length)
    await watch.wait();
  return news;
}

// Each step may fail while services restart; it is taken up where it stopped.
export async function follow(store) {
  const watch = new Watch();
  let since = null;
  let wait = 500;
  for (;;) {
    try {
      if (since === null) {
        // The token first: nothing falls between the lists and the poll.
        const { next } = await call('GET', 'events');
        await (store.isLoaded ? store.reload() : store.load());
        since = next;
      } else {
        const news = await newsSince(since, watch);
        if (news.reset)
          since = null;
        else {
          since = news.next;
          store.onEvents(news.events);
        }
      }
      store.setConnection(true);
      wait = 500;
    } catch (error) {
      if (error.status === 401 || error.status === 403) {
        watch.close();
        return error;
      }
      if (!(error instanceof Problem))
        console.error(error); // a fault of ours: the page goes on all the same
      else if (watch.isFirst)
        watch.tellOthers(); // they see for themselves
      store.setConnection(false, error.message);
      await pause(wait);
      wait = Math.min(pauseMost, wait * 2);
    }
  }
}
