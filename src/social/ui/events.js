// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The long poll: hears of what is new, over outages and restarts of all
// services. Ends when the token is refused.
import { Problem, call } from './api.js';

const pauseMost = 15000;
const pollSeconds = 30;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Each step may fail while services restart; it is taken up where it stopped.
export async function follow(store) {
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
        const news = await call('GET', 'events',
          { words: { since, timeout: pollSeconds } });
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
      if (error.status === 401 || error.status === 403)
        return error;
      if (!(error instanceof Problem))
        console.error(error); // a fault of ours: the page goes on all the same
      store.setConnection(false, error.message);
      await pause(wait);
      wait = Math.min(pauseMost, wait * 2);
    }
  }
}
