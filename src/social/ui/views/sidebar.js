// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The list of places: name, what is unread, who waits at the door; below it
// identity and colours.
import { Rows, fill, h } from '../dom.js';
import { icon } from '../icons.js';
import { placeName, stateWord } from '../places.js';
import { placeAddress, placeId } from '../store.js';
import { hueOf, plural } from '../text.js';
import { nextTheme, theme } from '../theme.js';
import { openEnter, openHost } from './meet.js';

const countText = (count) => count > 999 ? '999+' : String(count);

const order = (a, b) =>
  (a.state === 'archived' || a.state === 'closed')
  - (b.state === 'archived' || b.state === 'closed')
  || placeName(a).label.localeCompare(placeName(b).label)
  || a.key.localeCompare(b.key);

function placeRow(store, place, isOpen) {
  const { label, zone } = placeName(place);
  const unread = store.unread(place);
  const waiting = store.waitingAt(place).length;
  const word = stateWord(place);
  const role = store.usableEgos.length < 2 ? 'yours' : `yours, as ${place.ego}`;
  const under = [place.role === 'host' ? role : zone && `of ${zone}`, word]
    .filter(Boolean).join(' · ');
  return h('li', {}, h('a', {
    href: placeAddress(place),
    class: `place${unread ? ' has-unread' : ''}`,
    'aria-current': isOpen ? 'page' : null,
  },
  h('span', { class: `face hue-${hueOf(place.key)}`, 'aria-hidden': 'true' },
    [...label][0].toUpperCase()),
  h('span', { class: 'names' },
    h('bdi', { class: 'label' }, label),
    h('span', { class: 'under' }, under)),
  waiting > 0 && h('span', { class: 'badge door' }, icon('door'), countText(waiting),
    h('span', { class: 'unseen' }, ' at the door')),
  unread > 0 && h('span', { class: 'badge' }, countText(unread),
    h('span', { class: 'unseen' }, ' unread'))));
}

const emptyText = (isLoaded) => isLoaded
  ? [h('p', {}, 'No places yet.'),
    h('p', {}, 'Open one of your own, or enter one that somebody told you about.')]
  : [h('p', {}, 'Looking for your places…')];

function themeButton() {
  const names = { auto: 'as the system', light: 'light', dark: 'dark' };
  const show = (button, name) => {
    fill(button, icon(name));
    button.setAttribute('aria-label', `Colours: ${names[name]}`);
    button.title = `Colours: ${names[name]}`;
  };
  const button = h('button', {
    type: 'button', class: 'plain',
    onclick: () => show(button, nextTheme()),
  });
  show(button, theme());
  return button;
}

export function mountSidebar(root, store) {
  let ego = '';
  const list = h('ul', { class: 'place-list', role: 'list' });
  const rows = new Rows(list);
  const empty = h('div', { class: 'empty' });
  const egoSelect = h('select', {
    'aria-label': 'Show the places of',
    onchange: () => {
      ego = egoSelect.value;
      show();
    },
  });
  const lost = h('p', { class: 'lost', role: 'status' });

  const showEgos = () => {
    const egos = store.usableEgos;
    if (egoSelect.options.length !== egos.length + 1)
      fill(egoSelect, h('option', { value: '' }, 'All identities'),
        egos.map((each) => h('option', { value: each.name }, each.name)));
    egoSelect.hidden = egos.length < 2;
  };

  const show = () => {
    const places = [...store.places.values()]
      .filter((place) => !ego || place.ego === ego).sort(order);
    const open = store.route.name === 'place' ? store.route.id : '';
    rows.show(places.map((place) => ({
      key: placeId(place),
      mark: JSON.stringify([place, store.unread(place),
        store.waitingAt(place).length, placeId(place) === open]),
      make: () => placeRow(store, place, placeId(place) === open),
    })));
    empty.hidden = places.length > 0;
    fill(empty, emptyText(store.isLoaded));
    showEgos();
    const unread = places.reduce((sum, place) => sum + store.unread(place), 0);
    const title = store.openPlace ? placeName(store.openPlace).label : 'Places';
    document.title = unread ? `(${countText(unread)}) ${title}` : title;
    list.setAttribute('aria-label', unread
      ? `Places, ${plural(unread, 'unread message', 'unread messages')}` : 'Places');
  };

  fill(root,
    h('header', {}, h('h1', {}, h('a', { href: '#/' }, 'Places')),
      h('button', { type: 'button', class: 'plain', 'aria-label': 'Enter a place',
        title: 'Enter a place', onclick: () => openEnter(store) }, icon('door')),
      h('button', { type: 'button', class: 'plain', 'aria-label': 'Open a place of your own',
        title: 'Open a place of your own', onclick: () => openHost(store) }, icon('add'))),
    lost, h('div', { class: 'scroller' }, list, empty),
    h('footer', {}, egoSelect, themeButton()));
  store.on('places route', show);
  store.on('connection', () => fill(lost, store.connection.isFine ? ''
    : store.connection.detail));
  show();
}
