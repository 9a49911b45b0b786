// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Elements. Text goes in as text nodes, never as markup; there is no other way
// in here.
import { pieces } from './text.js';

const put = (element, children) => {
  for (const child of children.flat(9))
    if (child !== null && child !== undefined && child !== false)
      element.append(child instanceof Node ? child : String(child));
  return element;
};

const set = (element, name, value) => {
  if (value === null || value === undefined || value === false)
    return;
  if (name.startsWith('on'))
    element.addEventListener(name.slice(2), value);
  else if (name === 'value')
    element.value = value;
  else
    element.setAttribute(name, value === true ? '' : value);
};

// h('p', { class: 'x', onclick: f }, 'text', element, …)
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties))
    set(element, name, value);
  return put(element, children);
}

// The same for pictures made of lines.
export function svg(tag, properties = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(properties))
    set(element, name, value);
  return put(element, children);
}

export const fill = (element, ...children) => {
  element.replaceChildren();
  return put(element, children);
};

// Text of others: what would do something is shown as its name instead.
export const safeText = (text, kept) =>
  pieces(text, kept).map((piece) => piece.text
    ?? h('span', { class: 'control' }, piece.control));

// The same, with the focus kept on what has the same data-act.
export function refill(element, ...children) {
  const held = element.contains(document.activeElement)
    ? document.activeElement.dataset.act : undefined;
  fill(element, ...children);
  if (held)
    element.querySelector(`[data-act="${held}"]`)?.focus();
}

// Makes the children of `list` those of `items` ({key, mark, make}) and keeps
// each element whose mark is what it was: focus and scrolling stay.
export class Rows {
  #list;
  #rows = new Map();

  constructor(list) {
    this.#list = list;
  }

  show(items) {
    this.#drop(new Set(items.map(({ key }) => key)));
    const rows = new Map();
    let before = this.#list.firstChild;
    for (const { key, mark, make } of items) {
      const old = this.#rows.get(key);
      const element = old && old.mark === mark ? old.element : make();
      rows.set(key, { mark, element });
      let hadFocus = false;
      if (old && old.element !== element) {
        hadFocus = old.element.contains(document.activeElement);
        if (before === old.element)
          before = old.element.nextSibling;
        old.element.remove();
      }
      if (element === before)
        before = before.nextSibling;
      else
        this.#list.insertBefore(element, before);
      if (hadFocus)
        (element.querySelector('a, button') ?? element).focus();
    }
    this.#rows = rows;
  }

  // First of all: what stays need not be moved then.
  #drop(keys) {
    for (const [key, { element }] of this.#rows)
      if (!keys.has(key)) {
        element.remove();
        this.#rows.delete(key);
      }
  }

  element(key) {
    return this.#rows.get(key)?.element;
  }
}
