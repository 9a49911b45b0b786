// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who waits at the door, who is in, who was.
import { callPlace } from '../api.js';
import { confirm, field } from '../dialog.js';
import { fill, h, safeText } from '../dom.js';
import { tell } from '../notices.js';
import { hueOf, initial, nameText, shortKey, valueText } from '../text.js';
import { Lookup } from './lookup.js';
import { openInvite, openName } from './meet.js';

const person = (nym, ...below) => {
  const name = nameText(nym.name, nym.key);
  return h('li', { class: 'person' },
    h('span', { class: `face hue-${hueOf(nym.key)}`, 'aria-hidden': 'true' },
      initial(nym.name, nym.key)),
    h('div', {}, h('p', { class: 'names', title: nym.key },
      h('bdi', { class: 'label' }, name),
      valueText(nym.name) && h('span', { class: 'under' }, shortKey(nym.key))),
    ...below));
};

const section = (title, rows) => rows.length > 0 && h('section', {},
  h('h3', {}, title, ' ', h('span', { class: 'faint' }, rows.length)),
  h('ul', { class: 'people', role: 'list' }, rows));

export class People extends Lookup {
  constructor(root, store, place) {
    super(root, store, place, 'people');
  }

  async ask() {
    return (await callPlace(this.place, 'GET', 'nyms')).nyms;
  }

  show(nyms) {
    if (this.isShown(nyms))
      return;
    const of = (state) => nyms.filter((nym) => nym.state === state);
    fill(this.root,
      this.place.role === 'guest' && h('p', { class: 'hint' },
        'Those who have said something. Only the host knows of others.'),
      section('At the door', of('waiting').map((nym) => this.#waiting(nym))),
      section('Here', of('present').map((nym) => this.#present(nym))),
      section('Were here', [...of('left'), ...of('ejected')].map((nym) =>
        person(nym, h('p', { class: 'faint' }, nym.state === 'ejected' ? 'ejected' : 'left')))),
      this.place.role === 'host' && nyms.length === 0 && h('div', { class: 'empty' },
        h('p', {}, 'Nobody is here but you.'),
        h('button', { type: 'button', class: 'primary',
          onclick: () => openInvite(this.store, this.place) }, 'Invite')));
  }

  #nameButton(nym) {
    const isOwn = this.store.egos.some((ego) => ego.key === nym.key);
    return !isOwn && h('button', { type: 'button', class: 'link',
      onclick: () => openName(this.store, this.place, nym) }, 'Give a name');
  }

  #waiting(nym) {
    const words = h('input', { placeholder: 'A word to them (optional)',
      'aria-label': `Answer to ${nameText(nym.name, nym.key)}` });
    const error = h('p', { class: 'error', role: 'alert' });
    const answer = (admit) => async (event) => {
      const buttons = event.currentTarget.parentNode.querySelectorAll('button');
      buttons.forEach((button) => { button.disabled = true; });
      try {
        const body = { admit };
        if (words.value.trim())
          body.message = words.value.trim();
        await callPlace(this.place, 'POST', `door/${nym.key}`, { body });
        tell(`${nameText(nym.name, nym.key)} was ${admit ? 'let in' : 'refused'}.`);
        await this.store.lookAtDoor(this.place);
      } catch (problem) {
        fill(error, problem.message);
        buttons.forEach((button) => { button.disabled = false; });
      }
    };
    const said = valueText(nym.message);
    return person(nym,
      said ? h('blockquote', { dir: 'auto' }, safeText(said.slice(0, 2000)))
        : h('p', { class: 'faint' }, 'said nothing'),
      words,
      h('p', { class: 'buttons' },
        h('button', { type: 'button', class: 'primary', onclick: answer(true) }, 'Let in'),
        h('button', { type: 'button', onclick: answer(false) }, 'Refuse')),
      error);
  }

  #present(nym) {
    if (this.place.role === 'guest')
      return person(nym, this.#nameButton(nym) || h('p', { class: 'faint' }, 'you'));
    const name = nameText(nym.name, nym.key);
    const words = h('input', {});
    return person(nym, h('p', { class: 'buttons' }, this.#nameButton(nym),
      h('button', { type: 'button', class: 'link danger', onclick: () =>
        confirm(`Throw out ${name}?`,
          `${name} hears nothing from here any more, and may knock again.`, 'Throw out', async () => {
            await callPlace(this.place, 'DELETE', `nyms/${nym.key}`,
              { words: { message: words.value.trim() } });
            this.store.tell('people');
          }, field('A word to them', words, 'Optional.')) }, 'Throw out')));
  }
}
