// details.menu: closes on a press elsewhere, on Escape, and when the focus leaves it.
document.addEventListener("click", event => closeAll(event.target.closest("details.menu")));
document.addEventListener("focusin", event => closeAll(event.target.closest("details.menu")));
document.addEventListener("keydown", event => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

function closeAll(but) {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== but) menu.open = false;
}
