// SPDX-License-Identifier: AGPL-3.0-or-later
//
// About a place: topic and objects, invitation and names, leaving and closing.
import { callPlace, objectsOf } from '../api.js';
import { confirm, field, form, openDialog } from '../dialog.js';
import { fill, h, safeText } from '../dom.js';
import { tell, tellError } from '../notices.js';
import { placeLabel, policyWord } from '../places.js';
import { valueText, visibleLine } from '../text.js';
import { Lookup } from './lookup.js';
import { openInvite, openPublish } from './meet.js';

const act = (word, work, kind = '') =>
  h('button', { type: 'button', class: kind, onclick: work }, word);

export class About extends Lookup {
  constructor(root, store, place) {
    super(root, store, place, 'objects');
  }

  ask() {
    return objectsOf(this.place);
  }

  get #mayChange() {
    return this.place.role === 'host' && this.place.state === 'entered';
  }

  async #change(changes) {
    await callPlace(this.place, 'PATCH', 'objects', { body: changes });
    this.store.tell('objects');
  }

  show(objects) {
    if (this.isShown([objects, this.place.state]))
      return;
    const topic = objects.find((object) => object.name === '_topic');
    fill(this.root,
      this.#topic(topic ? valueText(topic.value) : ''),
      this.#objects(objects.filter((object) => object !== topic)),
      this.#facts(), this.#ends());
  }

  #topic(text) {
    if (!this.#mayChange)
      return h('section', {}, h('h3', {}, 'Topic'),
        h('p', { dir: 'auto', class: text ? 'text' : 'faint' }, text ? safeText(text) : 'None.'));
    const input = h('input', { value: text, placeholder: 'What is it about here?' });
    return h('section', {}, h('form', {
      class: 'inline',
      onsubmit: async (event) => {
        event.preventDefault();
        try {
          await this.#change({ _topic: input.value.trim() });
          tell('The topic is set.');
        } catch (error) {
          tellError(error);
        }
      },
    }, field('Topic', input), h('button', {}, 'Set')));
  }

  #objects(objects) {
    const row = ({ name, value }) => h('li', {},
      h('code', {}, visibleLine(name)),
      h('span', { class: 'value', dir: 'auto' }, safeText(valueText(value).slice(0, 1000), '')),
      this.#mayChange && h('button', {
        type: 'button', class: 'link', 'aria-label': `Change ${visibleLine(name)}`,
        onclick: () => this.#edit(name, valueText(value)),
      }, 'Change'));
    return h('section', {}, h('h3', {}, 'Objects'),
      h('p', { class: 'hint' }, 'Values that everybody here shares.'),
      objects.length ? h('ul', { class: 'objects', role: 'list' }, objects.map(row))
        : h('p', { class: 'faint' }, 'None.'),
      this.#mayChange && act('Add one', () => this.#edit('', '')));
  }

  #edit(name, value) {
    openDialog(name ? `Change ${visibleLine(name)}` : 'Add an object', (close) => {
      const nameInput = h('input', {
        required: true, pattern: '[+@\\-]?_[A-Za-z0-9_]+', value: name,
        readonly: name !== '', placeholder: '_list_tags', spellcheck: 'false',
        autocomplete: 'off',
      });
      const input = h('textarea', { rows: 3, value });
      return form('Set', () => this.#change({ [nameInput.value.trim()]: input.value }), close,
        field('Name', nameInput, 'Begins with “_”. _list… are lists like |tea|coffee, '
          + '_dict… like {tea}green.'),
        field('Value', input, 'An empty one removes the object.'));
    });
  }

  #facts() {
    const { place, store } = this;
    return h('section', {}, h('h3', {}, 'Place'),
      h('dl', { class: 'facts' },
        h('dt', {}, 'Role'),
        h('dd', {}, place.role === 'host' ? 'You host it' : 'You are a guest'),
        h('dt', {}, 'You are'), h('dd', {}, h('bdi', {}, visibleLine(place.ego))),
        place.role === 'host' && [h('dt', {}, 'Kind'), h('dd', {}, policyWord(place.policy))],
        h('dt', {}, 'Name'), h('dd', { class: 'key' }, visibleLine(valueText(place.name)) || 'none'),
        h('dt', {}, 'Key'), h('dd', { class: 'key' }, place.key)),
      place.state === 'entered' && h('p', { class: 'buttons' },
        act('Invite', () => openInvite(store, place)),
        place.role === 'host' && act('Another name', () => openPublish(place))));
  }

  #ends() {
    const { place, store } = this;
    const label = placeLabel(place);
    const leave = (words) => async () => {
      await callPlace(place, 'DELETE', '', { words });
      await store.refreshPlaces();
      store.tell('route');
    };
    if (place.role === 'host' && place.state === 'entered')
      return h('section', {}, act('Close this place', () =>
        confirm(`Close ${label} for good?`,
          'Everybody is sent home, and nobody can enter any more. What was said stays with '
          + 'those who have it.', 'Close it', leave({ close: true })), 'danger'));
    if (place.role === 'guest' && ['entered', 'pending'].includes(place.state))
      return h('section', {}, act('Leave', () =>
        confirm(`Leave ${label}?`,
          'You hear nothing from there any more. What you have read stays here.',
          'Leave', leave({})), 'danger'));
    return null;
  }
}
