// A "replace" event brings an element its new content as HTML: what the reader has opened, typed or selected stays.
document.addEventListener("replace", ({ target, detail }) => {
  const next = document.createElement("template");
  next.innerHTML = detail;
  const selection = getSelection();
  if (!selection.isCollapsed && target.contains(selection.anchorNode)) return;
  if (target.querySelector("[data-keep]") || next.content.querySelector("[data-keep]")) merge(target, next.content);
  else replace(target, next.content);
});

// [data-keep=name]: parts that stay as they are while the new content has them.
function merge(place, content) {
  const wanted = new Map([...content.children].map(one => [one.dataset.keep, one]));
  for (const one of [...place.children]) if (!wanted.delete(one.dataset.keep)) one.remove();
  place.append(...wanted.values());
  if (!place.children.length) place.replaceChildren();
}

// [data-fold=name]: opened or closed by the reader, they stay so; [data-open] is how the server would have it.
function replace(place, content) {
  const chosen = new Map();
  for (const fold of place.querySelectorAll("[data-fold]"))
    if (fold.open !== fold.hasAttribute("data-open")) chosen.set(fold.dataset.fold, fold.open);
  for (const fold of content.querySelectorAll("[data-fold]"))
    if (chosen.has(fold.dataset.fold)) fold.open = chosen.get(fold.dataset.fold);
  const way = place.contains(document.activeElement) && wayTo(document.activeElement);
  place.replaceChildren(...content.children);
  if (way) place.querySelector(way)?.focus({ preventScroll: true });
}

// A selector for where the keyboard stands.
function wayTo(element) {
  if (element.hasAttribute("href")) return `[href="${CSS.escape(element.getAttribute("href"))}"]`;
  const fold = element.closest("[data-fold]");
  return fold && `[data-fold="${CSS.escape(fold.dataset.fold)}"] > summary`;
}
