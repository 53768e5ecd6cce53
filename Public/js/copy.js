// A copy button for every code block, and [data-copy=selector] for anything else.
const model = document.querySelector("template[data-copy-button]");
if (model && navigator.clipboard) {
  addButtons();
  new MutationObserver(addButtons).observe(document.body, { childList: true, subtree: true });
  document.addEventListener("click", event => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });
} else {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = true;
}

function addButtons() {
  for (const header of document.querySelectorAll(".prose .code > header:not(:has(button))")) {
    header.append(model.content.cloneNode(true));
  }
}

async function copy(button) {
  const source = button.dataset.copy
    ? document.querySelector(button.dataset.copy)
    : button.closest(".code").querySelector("code");
  await navigator.clipboard.writeText(source.innerText.trimEnd());
  const word = button.querySelector("[data-word]") ?? button;
  const before = word.textContent;
  button.classList.add("copied");
  word.textContent = button.dataset.copied;
  setTimeout(() => {
    button.classList.remove("copied");
    word.textContent = before;
  }, 2000);
}
