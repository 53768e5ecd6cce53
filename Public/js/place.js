// a[data-in-place=spot]: the form of the page that it leads to opens here, in place of what has that [data-spot].
document.addEventListener("click", event => {
  const link = event.target.closest("a[data-in-place]");
  const isPlain = !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && event.button === 0;
  if (link && isPlain) {
    event.preventDefault();
    open(link).catch(() => location.assign(link.href));
  }
  const form = event.target.closest("[data-close]")?.closest("form[data-place]");
  if (form?.place) {
    event.preventDefault();
    close(form);
  }
});
document.addEventListener("keydown", event => {
  const form = event.key === "Escape" && event.target.closest("form[data-place]");
  if (form?.place) close(form);
});

async function open(link) {
  const spot = document.querySelector(`[data-spot="${link.dataset.inPlace}"]`);
  if (spot.hidden) return;
  const answer = await fetch(link.href);
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const form = document.adoptNode(page.querySelector("form[data-place]"));
  form.place = { spot, link };
  spot.hidden = true;
  spot.after(form);
  const area = form.querySelector("textarea");
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}

function close(form) {
  form.place.spot.hidden = false;
  form.remove();
  form.place.link.focus();
}
