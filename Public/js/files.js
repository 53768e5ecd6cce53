// [data-files]: a file field shows as a paper clip, with the names of what was chosen; files can be pasted or dropped.
for (const field of document.querySelectorAll("[data-files]")) {
  const form = field.form;
  field.dataset.quiet = "";
  field.addEventListener("change", () => tell(field));
  form.addEventListener("paste", event => add(field, event, event.clipboardData));
  form.addEventListener("dragover", event => event.dataTransfer.types.includes("Files") && event.preventDefault());
  form.addEventListener("drop", event => add(field, event, event.dataTransfer));
  tell(field);
}

function tell(field) {
  const names = [...field.files].map(file => file.name);
  const place = field.parentElement.querySelector("[data-names]");
  place.textContent = names.length > 1 ? field.dataset.many.replace("{n}", names.length) : names.join("");
  place.title = names.join("\n");
}

function add(field, event, data) {
  if (!data?.files.length) return;
  event.preventDefault();
  const all = new DataTransfer();
  for (const file of [...field.files, ...data.files]) all.items.add(file);
  field.files = all.files;
  tell(field);
}
