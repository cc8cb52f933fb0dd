// Creates and changes elements. Text is never markup: strangers choose user ids and addresses.

export const byId = (id) => document.getElementById(id);

export function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.map((child) => (typeof child === 'number' ? String(child) : child)));
  return node;
}

export function svg(tag, attributes = {}, text = '') {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text) node.textContent = text;
  return node;
}

// Only if it changes: selections stay, and screen readers do not repeat it.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Updates a list's children to match `items`. Keeps the elements of remaining items, and with them the focus; their order must
// not change.
export function reconcile(list, items, { keyOf, make, update = () => {} }) {
  const wanted = new Set(items.map(keyOf));
  const known = new Map();
  for (const child of [...list.children]) {
    if (wanted.has(child.dataset.key)) known.set(child.dataset.key, child);
    else child.remove();
  }
  let place = list.firstElementChild;
  for (const item of items) {
    let node = known.get(keyOf(item));
    if (!node) {
      node = make(item);
      node.dataset.key = keyOf(item);
    }
    update(node, item);
    if (node === place) place = place.nextElementSibling;
    else list.insertBefore(node, place);
  }
}

export function facts(list, pairs) {
  reconcile(list, pairs.filter(([, value]) => value !== null), {
    keyOf: ([name]) => name,
    make: ([name]) => element('div', '', element('dt', '', name), element('dd')),
    update: (node, [, value]) => setText(node.lastElementChild, value),
  });
}

// Runs `work` at most once per interval, and never while the page is hidden.
export function seldom(work, everyMs = 200) {
  let timer = null;
  return () => {
    timer ??= setTimeout(() => {
      timer = null;
      if (document.visibilityState === 'visible') work();
    }, everyMs);
  };
}
