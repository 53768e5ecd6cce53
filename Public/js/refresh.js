// [data-refresh]: what is in it is loaded anew every few seconds, as long as somebody looks and touches nothing in it.
const spot = document.querySelector("[data-refresh]");
if (spot) setInterval(() => refresh().catch(() => {}), 3000);

async function refresh() {
  if (document.hidden || spot.contains(document.activeElement)) return;
  const answer = await fetch(location.href);
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-refresh]");
  if (fresh && !spot.contains(document.activeElement)) spot.replaceChildren(...fresh.childNodes);
}
