// [data-composer=key]: Enter sends, Shift+Enter makes a new line, and what was typed outlives a lost page.
for (const form of document.querySelectorAll("[data-composer]")) compose(form);

function compose(form) {
  const area = form.querySelector("textarea");
  const key = "draft:" + form.dataset.composer;
  forgetSent([key, "draft:new"]);
  if (!area.value) area.value = sessionStorage.getItem(key) ?? "";
  fit(area);
  area.addEventListener("input", () => {
    if (area.value) sessionStorage.setItem(key, area.value);
    else sessionStorage.removeItem(key);
    fit(area);
  });
  area.addEventListener("keydown", event => {
    const isSend = event.key === "Enter" && !event.shiftKey && !event.altKey && !event.isComposing && event.keyCode !== 229;
    if (!isSend || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    if (isFilled(form, area)) form.requestSubmit(sender(form));
  });
  form.addEventListener("submit", event => {
    const isStop = event.submitter?.hasAttribute("formaction");
    if (isStop) return;
    if (form.dataset.sent || !isFilled(form, area)) return event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 3000);
  });
}

// Files alone are something to send, too.
function isFilled(form, area) {
  return area.value.trim() || form.querySelector("[name=attachment]:checked") || form.querySelector("[data-files]")?.files.length;
}

function sender(form) { return form.querySelector("[data-send]:not([hidden])"); }

// A draft is forgotten only when the page shows it among the messages: then it has arrived.
function forgetSent(keys) {
  const said = new Set([...document.querySelectorAll("[data-said]")].map(one => plain(one.textContent)));
  for (const key of keys) {
    const draft = sessionStorage.getItem(key);
    if (draft && said.has(plain(draft))) sessionStorage.removeItem(key);
  }
}

function plain(text) { return text.replaceAll("\r", "").trim(); }

// Browsers without field-sizing need the height told.
function fit(area) {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.blockSize = "auto";
  area.style.blockSize = area.scrollHeight + "px";
}
