// [data-stream=address]: an answer that grows. The browser reconnects by itself and says where it was.
for (const article of document.querySelectorAll("[data-stream]")) follow(article);

function follow(article) {
  const text = article.querySelector("[data-blocks]");
  const source = new EventSource(article.dataset.stream);
  const on = (name, change) => source.addEventListener(name, event => keepingTheEnd(() => change(JSON.parse(event.data))));
  source.onopen = () => article.querySelector("[data-lost]").hidden = true;
  source.onerror = () => {
    if (!article.isConnected) return source.close(); // It has ended; a title may have followed.
    article.querySelector("[data-lost]").hidden = false;
    if (source.readyState === EventSource.CLOSED) setTimeout(() => follow(article), 5000);
  };
  on("block", change => {
    replaceFrom(text, change.first, change.blocks);
    say(article, text, text.children.length - 1);
  });
  on("reset", () => { text.replaceChildren(); article.dataset.said = 0; });
  on("status", change => article.querySelector("[data-line]").innerHTML = change.html);
  for (const name of ["tree", "questions"])
    on(name, change => article.querySelector(`[data-${name}]`).dispatchEvent(new CustomEvent("replace", { bubbles: true, detail: change.html })));
  on("said", change => article.insertAdjacentHTML("beforebegin", change.html));
  on("pending", change => document.querySelector("[data-pending]").innerHTML = change.html);
  on("next", () => location.reload());
  on("talks", change => replaceTalks(document.querySelector("[data-talks]"), change.html));
  on("done", change => {
    say(article, text, text.children.length);
    article.outerHTML = change.html;
    for (const one of document.querySelectorAll("[data-while-running]")) one.hidden = true;
    for (const one of document.querySelectorAll("[data-when-idle]")) one.hidden = false;
    for (const one of document.querySelectorAll("[data-idle-placeholder]")) one.placeholder = one.dataset.idlePlaceholder;
  });
}

function replaceFrom(text, first, blocks) {
  while (text.children.length > first) text.lastElementChild.remove();
  text.insertAdjacentHTML("beforeend", blocks.join(""));
}

// Whoever was on a link with the keyboard stays there.
function replaceTalks(rail, html) {
  if (!rail) return; // A page without the list.
  const address = rail.contains(document.activeElement) && document.activeElement.getAttribute("href");
  rail.innerHTML = html;
  const title = rail.querySelector("[aria-current] b");
  for (const one of document.querySelectorAll("[data-title]")) one.textContent = (title ?? one).textContent;
  if (address) rail.querySelector(`[href="${address}"]`)?.focus();
}

// Paragraphs are read out when they are whole, each once.
function say(article, text, end) {
  const begin = Number(article.dataset.said ?? 0);
  if (begin >= end) return;
  document.querySelector("[data-say]").textContent = [...text.children].slice(begin, end).map(one => one.textContent).join(" ");
  article.dataset.said = end;
}

// Nothing moves under a reader who has scrolled up.
function keepingTheEnd(change) {
  const page = document.documentElement;
  const isAtEnd = innerHeight + scrollY >= page.scrollHeight - 96;
  change();
  if (isAtEnd) scrollTo({ top: page.scrollHeight, behavior: "instant" });
}
