// time[data-ago]: how long ago, kept true while the page stays open. The words come with the page.
const words = document.body.dataset;
setInterval(refresh, 30_000);
document.addEventListener("visibilitychange", refresh);

function refresh() {
  if (document.hidden) return;
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60_000);
    if (minutes < 1) time.textContent = words.agoNow;
    else if (minutes < 60) time.textContent = words.agoMinutes.replace("{n}", minutes);
    else if (minutes < 1440) time.textContent = words.agoHours.replace("{n}", Math.floor(minutes / 60));
  }
}
