/* The queue by keys (only while the focus is in it, or on the main part, where the way past the
   navigation leads), and a canned reason put where it can be changed. The pages work without. */
const queue = document.querySelector("[data-queue]");
if (queue) {
  document.querySelector("[data-keys]").hidden = false;
  const links = [...queue.querySelectorAll("h3 a")];
  const main = queue.closest("main");
  main.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !["j", "k"].includes(event.key)) return;
    if (event.target !== main && !queue.contains(event.target)) return;
    const here = links.findIndex((link) => link.closest("li").contains(event.target));
    links[here + (event.key === "j" ? 1 : -1)]?.focus();
  });
}

/* Going through the list by arrow keys changes it at every step: each choice takes the place of
   the one before, and what was typed stays. */
const canned = document.querySelector("#canned");
let put = "";
canned?.addEventListener("change", () => {
  const reason = document.querySelector("#reason");
  const typed = put && reason.value.endsWith(put) ? reason.value.slice(0, -put.length) : reason.value;
  const text = canned.value ? canned.selectedOptions[0].textContent : "";
  put = text && typed.trim() ? `\n${text}` : text;
  reason.value = typed + put;
});
