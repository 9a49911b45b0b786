// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Above the talk: the place's name, its topic or state, and the ways to what
// stands beside it.
import { objectsOf } from '../api.js';
import { h, refill, safeText } from '../dom.js';
import { icon } from '../icons.js';
import { placeName, policyWord, stateWord } from '../places.js';
import { placeAddress, placeId } from '../store.js';
import { valueText } from '../text.js';
import { openInvite } from './meet.js';

export class Heading {
  #stops;
  #topic = '';

  constructor(root, store, place) {
    Object.assign(this, { root, store, id: placeId(place) });
    this.#stops = [
      store.on('places people route', () => this.show()),
      store.on('objects', () => this.#lookAtTopic()),
    ];
    this.show();
    this.#lookAtTopic();
  }

  close() {
    this.#stops.forEach((stop) => stop());
  }

  get place() {
    return this.store.places.get(this.id);
  }

  focus(name) {
    this.root.querySelector(`[data-act="${name}"]`)?.focus();
  }

  show() {
    const { place, store } = this;
    if (!place)
      return;
    const { label, zone } = placeName(place);
    const waiting = store.waitingAt(place).length;
    const panel = store.route.panel;
    const button = (name, word, badge) => h('a', {
      href: placeAddress(place, panel === name ? null : name),
      class: 'button plain',
      'data-act': name,
      'aria-label': badge ? `${word}, ${badge} at the door` : word, title: word,
      'aria-current': panel === name ? 'true' : null,
    }, icon(name), badge > 0 && h('span', { class: 'badge' }, badge));
    const whose = place.role === 'host' ? `yours, ${policyWord(place.policy)}`
      : zone && `of ${zone}`;
    const under = [whose,
      store.usableEgos.length > 1 && `you are ${place.ego}`, stateWord(place),
      place.outbox > 0 && `${place.outbox} waiting to be sent`].filter(Boolean).join(' · ');
    const mark = JSON.stringify([label, under, waiting, panel, this.#topic, place.state]);
    if (this.mark === mark)
      return;
    this.mark = mark;
    refill(this.root,
      h('a', {
        href: '#/', class: 'button plain back', 'aria-label': 'Back to the places',
      }, icon('back')),
      h('div', { class: 'title' },
        h('h2', {}, h('bdi', {}, label)),
        h('p', { class: 'under' }, this.#topic
          ? h('bdi', { class: 'topic' }, safeText(this.#topic, '')) : under,
        this.#topic && stateWord(place) && ` · ${stateWord(place)}`)),
      place.state === 'entered' && h('button', {
        type: 'button', class: 'plain', 'data-act': 'invite',
        'aria-label': 'Invite', title: 'Invite',
        onclick: () => openInvite(store, this.place),
      }, icon('invite')),
      button('people', 'People', waiting), button('files', 'Files'),
      button('about', 'About this place'));
  }

  async #lookAtTopic() {
    try {
      const topic = (await objectsOf(this.place)).find((object) => object.name === '_topic');
      this.#topic = topic ? valueText(topic.value) : '';
      this.show();
    } catch {
      // It is an ornament: the next change asks again.
    }
  }
}
