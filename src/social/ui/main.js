// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The web UI begins here: takes the token out of the address, follows what is
// new, and shows what the address names: #/place/KEY/EGO, with /people, /files
// or /about behind it for what stands beside the talk.
import { dropToken, hasToken, takeToken } from './api.js';
import { follow } from './events.js';
import { placeNotices, tell } from './notices.js';
import { placeLabel } from './places.js';
import { Store, placeAddress, placeId } from './store.js';
import { nameText } from './text.js';
import { showTheme } from './theme.js';
import { showHome, showLocked } from './views/home.js';
import { openEnter } from './views/meet.js';
import { Panel, isPanel } from './views/panel.js';
import { mountSidebar } from './views/sidebar.js';
import { Talk } from './views/talk.js';

const invitationItem = 'social.invitation';
const element = (id) => document.getElementById(id);
const store = new Store();
let talk = null;
let panel = null;
const isNarrow = matchMedia('(max-width: 1099px)'); // the panel covers the talk

// ------------------------------------------------------------------ address

// "#enter=NAME" is kept until somebody with the token sees it: the link may
// have been opened in a browser window that has none.
function takeInvitation() {
  const words = new URLSearchParams(location.hash.slice(1));
  const place = words.get('enter');
  if (!place)
    return;
  const invitation = { place, origin: words.get('origin') ?? '' };
  localStorage.setItem(invitationItem, JSON.stringify(invitation));
  history.replaceState(null, '', location.pathname);
}

const hasInvitation = () => localStorage.getItem(invitationItem) !== null;

function offerInvitation() {
  if (!hasInvitation())
    return;
  const text = localStorage.getItem(invitationItem);
  localStorage.removeItem(invitationItem);
  try {
    openEnter(store, JSON.parse(text));
  } catch {
    // It was no invitation of ours.
  }
}

// Egos' names may hold anything that an address may not.
function parseRoute() {
  const [kind, key, ego, name] = location.hash.replace(/^#\//, '').split('/');
  if (kind !== 'place' || !key)
    return { name: 'home', panel: null };
  let id = `${key}/${ego ?? ''}`;
  try {
    id = `${key}/${decodeURIComponent(ego ?? '')}`;
  } catch {
    // Then it is meant as it stands.
  }
  return { name: 'place', id, panel: isPanel(name) ? name : null };
}

// -------------------------------------------------------------------- views

function showTalk() {
  const place = store.openPlace;
  const id = place ? placeId(place) : null;
  if (talk && talk.id === id)
    return;
  talk?.close();
  talk = null;
  if (place) {
    talk = new Talk(element('talk'), store, place);
    talk.focus();
  } else if (store.isLoaded)
    showHome(element('talk'), store);
}

function showPanel() {
  const place = store.openPlace;
  const name = place ? store.route.panel : null;
  const mark = name ? `${placeId(place)} ${name} ${place.state}` : '';
  if ((panel?.mark ?? '') === mark)
    return;
  const before = panel;
  panel?.close();
  panel = null;
  element('panel').replaceChildren();
  element('panel').hidden = !name;
  if (!name) {
    if (talk?.id === before.place)
      talk.heading.focus(before.name);
    return;
  }
  panel = new Panel(element('panel'), store, place, name);
  panel.mark = mark;
  panel.place = placeId(place);
  if (isNarrow.matches)
    element('panel').focus();
}

function show() {
  const app = element('app');
  app.dataset.view = store.openPlace ? 'place' : 'list';
  app.dataset.panel = store.openPlace && store.route.panel ? 'open' : 'closed';
  showTalk();
  showPanel();
}

function lock(detail) {
  dropToken();
  talk?.close();
  talk = null;
  element('app').dataset.view = 'locked';
  element('places').replaceChildren();
  element('panel').hidden = true;
  showLocked(element('talk'), detail, hasInvitation());
}

// --------------------------------------------------------------------- life

async function run() {
  let isFirst = true;
  mountSidebar(element('places'), store);
  store.on('places', () => {
    // The place of the address is there once the lists are.
    if (isFirst && store.isLoaded) {
      isFirst = false;
      store.setRoute(parseRoute());
      offerInvitation();
    }
    show();
  });
  store.on('route', show);
  store.on('knock', (nym) => {
    const place = [...store.places.values()].find((each) => each.key === nym.place);
    const where = place ? placeLabel(place) : 'a place';
    tell(`${nameText(nym.name, nym.key)} is at the door of ${where}.`);
  });
  addEventListener('hashchange', onAddress);
  show();
  const problem = await follow(store);
  removeEventListener('hashchange', onAddress);
  lock(problem.message);
}

function onAddress() {
  if (takeToken())
    location.reload();
  takeInvitation();
  store.setRoute(parseRoute());
  offerInvitation();
}

showTheme();
placeNotices(element('notices'));
element('panel').addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && store.openPlace)
    location.hash = placeAddress(store.openPlace);
});
element('skip').addEventListener('click', () => element('talk').focus());
takeInvitation();
takeToken();
if (hasToken())
  run();
else {
  lock('');
  addEventListener('hashchange', () => takeToken() && location.reload());
}
