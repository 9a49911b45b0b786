// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the page knows: identities, places, messages, who waits at which door,
// what is being sent. Views hear of changes by topic: 'places', 'talk',
// 'people', 'objects', 'files', 'route', 'connection'; of single things by
// 'progress', 'arrival' and 'knock'.
import { Problem, call, callPlace, randomKey } from './api.js';
import { Log } from './log.js';
import { isFile, valueText } from './text.js';
import { upload } from './transfer.js';

const readItem = 'social.read';
const againMs = 2000;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const isUnderWay = (item) => item.state === 'queued' || item.state === 'sent';

export const placeId = (place) => `${place.key}/${place.ego}`;
// In the page's own address; an ego's name may hold anything.
export const placeAddress = (place, panel) =>
  `#/place/${place.key}/${encodeURIComponent(place.ego)}${panel ? `/${panel}` : ''}`;

const remembered = (item) => {
  try {
    return JSON.parse(localStorage.getItem(item)) ?? {};
  } catch {
    return {};
  }
};

export class Store {
  #listeners = new Map();
  #read = remembered(readItem); // place id: id of the newest message read
  #newest = new Map();          // place key: id of the newest message there is
  #logs = new Map();
  egos = [];
  status = null;
  places = new Map();
  waiting = new Map();   // place key: nyms at its door
  outgoing = new Map();  // place id: what is on its way
  drafts = new Map();    // place id: {text, reply}
  route = { name: 'home' };
  isLoaded = false;
  connection = { isFine: true, detail: '' };
  unreadFrom = null;     // first unread id of the open place when it was opened

  on(topics, listener) {
    for (const topic of topics.split(' ')) {
      const all = this.#listeners.get(topic) ?? new Set();
      this.#listeners.set(topic, all.add(listener));
    }
    return () => topics.split(' ').forEach((topic) =>
      this.#listeners.get(topic).delete(listener));
  }

  tell(topic, detail) {
    for (const listener of [...(this.#listeners.get(topic) ?? [])])
      listener(detail);
  }

  // ------------------------------------------------------------- all of it

  async load() {
    const [egos, places, status] = await Promise.all([
      call('GET', 'egos'), call('GET', 'places'), call('GET', 'status'),
    ]);
    this.egos = egos.egos;
    this.status = status;
    const known = new Map();
    for (const place of places.places)
      known.set(placeId(place), place);
    this.places = known;
    for (const place of known.values())
      this.#onPlaceSeen(place);
    this.isLoaded = true;
    this.tell('places');
    await Promise.all([...known.values()].map((place) => this.lookAtDoor(place)));
  }

  // After an outage: what is shown is read anew, what was typed stays.
  async reload() {
    this.#logs.clear();
    await this.load();
    this.tell('talk');
    this.tell('people');
    this.tell('objects');
  }

  get usableEgos() {
    return this.egos.filter((ego) => ego.usable !== false);
  }

  get openPlace() {
    return this.route.name === 'place' ? this.places.get(this.route.id) : undefined;
  }

  setRoute(route) {
    this.route = route;
    const place = this.openPlace;
    this.unreadFrom = place && this.unread(place)
      ? this.#read[placeId(place)] + 1 : null;
    this.tell('route');
  }

  // ---------------------------------------------------------------- places

  #onPlaceSeen(place) {
    const newest = Math.max(place.messages, this.#newest.get(place.key) ?? 0);
    this.#newest.set(place.key, newest);
    if (this.#read[placeId(place)] === undefined)
      this.markRead(place);
    this.#logs.get(placeId(place))?.setPlace(place);
  }

  setPlace(place) {
    const before = this.places.get(placeId(place));
    this.places.set(placeId(place), place);
    this.#onPlaceSeen(place);
    this.tell('places');
    if (before && before.state !== place.state)
      ['talk', 'objects', 'people'].forEach((topic) => this.tell(topic));
  }

  async refreshPlaces() {
    const { places } = await call('GET', 'places');
    this.places = new Map(places.map((place) => [placeId(place), place]));
    places.forEach((place) => this.#onPlaceSeen(place));
    this.tell('places');
  }

  unread(place) {
    return Math.max(0, (this.#newest.get(place.key) ?? 0)
      - (this.#read[placeId(place)] ?? 0));
  }

  markRead(place) {
    const newest = this.#newest.get(place.key) ?? 0;
    if (this.#read[placeId(place)] === newest)
      return;
    this.#read[placeId(place)] = newest;
    try {
      localStorage.setItem(readItem, JSON.stringify(this.#read));
    } catch {
      // Private windows may keep nothing: then it holds for this page.
    }
    this.tell('places');
  }

  // ------------------------------------------------------------------ talk

  log(place) {
    const id = placeId(place);
    if (!this.#logs.has(id))
      this.#logs.set(id, new Log(place));
    return this.#logs.get(id);
  }

  draft(place) {
    const id = placeId(place);
    if (!this.drafts.has(id))
      this.drafts.set(id, { text: '', reply: null });
    return this.drafts.get(id);
  }

  sending(place) {
    return this.outgoing.get(placeId(place)) ?? [];
  }

  #addOutgoing(place, item) {
    const id = placeId(place);
    const whole = { key: randomKey(), state: 'sending', id: null, ...item };
    this.outgoing.set(id, [...this.sending(place), whole]);
    this.tell('talk');
    return whole;
  }

  discard(place, item) {
    item.abort?.abort();
    this.outgoing.set(placeId(place),
      this.sending(place).filter((other) => other !== item));
    this.tell('talk');
  }

  say(place, text, reply) {
    const body = { text };
    if (reply)
      body.reply = reply;
    return this.send(place, this.#addOutgoing(place, { body, text, reply }));
  }

  sendFile(place, file) {
    return this.send(place, this.#addOutgoing(place, {
      file, share: 0, abort: new AbortController(),
    }));
  }

  // Also again: the key makes it one message.
  async send(place, item) {
    item.state = 'sending';
    item.error = null;
    this.tell('talk');
    try {
      await (item.file ? this.#upload(place, item) : this.#say(place, item));
    } catch (error) {
      if (error.name === 'AbortError')
        return;
      item.state = 'failed';
      item.error = error;
    }
    this.tell('talk');
  }

  // Asked again, the gateway tells how far it is: until it is where it counts.
  async #say(place, item) {
    while (this.sending(place).includes(item)) {
      this.#onSent(place, item, await callPlace(place, 'POST', 'messages', {
        body: item.body, headers: { 'Idempotency-Key': item.key },
      }));
      if (!isUnderWay(item))
        return;
      await pause(againMs);
    }
  }

  #onSent(place, item, sent) {
    item.id = sent.id;
    item.state = sent.state;
    if (sent.id && this.log(place).get(sent.id))
      this.discard(place, item);
    this.tell('talk');
  }

  async #upload(place, item) {
    const sent = await upload(place, item.file, {
      key: item.key,
      signal: item.abort.signal,
      onProgress: (share) => {
        item.share = share;
        this.tell('progress', item);
      },
    });
    this.#onSent(place, item, sent);
  }

  #onMessage(message) {
    this.#newest.set(message.place,
      Math.max(message.id, this.#newest.get(message.place) ?? 0));
    for (const place of this.places.values()) {
      if (place.key !== message.place)
        continue;
      this.log(place).onMessage(message, place === this.openPlace);
      if (message.mine) {
        this.#forgetSent(place, message);
        if (this.unread(place) === 1)
          this.markRead(place); // our own is not news to us
      }
    }
    if (Object.keys(message.vars).some((name) => '=+-@'.includes(name[0])))
      this.tell('objects');
  }

  // A file of somebody else: it stands in the talk from its beginning on. True:
  // it was not there yet.
  #onArriving(event) {
    let isNew = false;
    for (const place of this.places.values()) {
      if (place.key !== event.place || event.mine || !isFile(event)
          || this.log(place).get(event.id))
        continue;
      isNew = true;
      this.#onMessage({ ...event, type: 'message' });
    }
    return isNew;
  }

  #forgetSent(place, message) {
    const sent = this.sending(place).find((item) => item.id === message.id)
      ?? this.sending(place).find((item) => item.id === null && isUnderWay(item)
        && item.file && item.file.name === valueText(message.vars._name_file));
    if (sent)
      this.discard(place, sent);
  }

  // ---------------------------------------------------------------- people

  waitingAt(place) {
    return place.role === 'host' ? this.waiting.get(place.key) ?? [] : [];
  }

  async lookAtDoor(place) {
    if (place.role !== 'host' || place.state !== 'entered')
      return;
    try {
      const { nyms } = await callPlace(place, 'GET', 'door');
      this.waiting.set(place.key, nyms);
      this.tell('people');
      this.tell('places');
    } catch (error) {
      if (!(error instanceof Problem))
        throw error;
    }
  }

  #onNym(nym) {
    const others = (this.waiting.get(nym.place) ?? [])
      .filter((other) => other.key !== nym.key);
    this.waiting.set(nym.place,
      nym.state === 'waiting' ? [...others, nym] : others);
    if (nym.state === 'waiting')
      this.tell('knock', nym);
  }

  // ---------------------------------------------------------------- events

  onEvents(events) {
    const topics = new Set();
    for (const event of events) {
      if (event.type === 'message') {
        this.#onMessage(event);
        this.tell('arrival', event);
        topics.add('talk').add('places');
        if (isFile(event))
          topics.add('files');
      } else if (event.type === 'arriving') {
        if (this.#onArriving(event))
          topics.add('talk').add('places');
        this.tell('arrival', event);
      } else if (event.type === 'cancelled') {
        for (const place of this.places.values())
          if (place.key === event.place)
            this.log(place).remove(event.id);
        topics.add('talk');
      } else if (event.type === 'gap') {
        for (const place of this.places.values())
          if (place.key === event.place)
            this.log(place).onGap(event);
        topics.add('talk');
      } else if (event.type === 'place') {
        this.setPlace(event);
        topics.add('places').add('people');
      } else if (event.type === 'nym') {
        this.#onNym(event);
        topics.add('people').add('places');
      }
    }
    for (const topic of topics)
      this.tell(topic);
  }

  setConnection(isFine, detail = '') {
    if (this.connection.isFine === isFine && this.connection.detail === detail)
      return;
    this.connection = { isFine, detail };
    this.tell('connection');
  }
}
