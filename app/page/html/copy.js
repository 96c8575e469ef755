// Has buttons copy what they name with data-copy; where the browser does not allow that, it is selected.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const from = document.getElementById(button.dataset.copy);
  const news = document.getElementById("news");
  const label = button.dataset.label ??= button.textContent;
  let said = "Copied";
  try {
    await navigator.clipboard.writeText(from.value ?? from.textContent);
  } catch {
    if (from.select) from.select();
    else getSelection().selectAllChildren(from);
    said = "Press Ctrl+C";
  }
  button.textContent = said;
  if (news) news.textContent = said + ".";
  setTimeout(() => { button.textContent = label; }, 4000);
});
